"""The checks of `greenroom doctor`, each a function that says what it found or raises."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path

import psutil
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.backends import opening
from bot.backends.catalog import Artefact, Catalog, State, locate
from bot.errors import CallerError, FixSetup, GreenroomError
from bot.settings import Settings
from store import engine
from ui.console import bytes_text

_LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
_OLDEST = (3, 11)
_ROOM_TO_RUN = 1_000_000_000  # bytes of memory beside the model's own size: pages, context, speech
_ROOM_TO_KEEP = 500_000_000  # bytes of disk for interviews and logs


@dataclass(frozen=True)
class Check:
    """One thing to look at: `look` returns what it found, or raises a GreenroomError."""

    name: str
    look: Callable[[], str]


@dataclass(frozen=True)
class Finding:
    """What one check found; `remedy` is empty when all is well."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


Probe = Callable[[Settings], object]
StoreCheck = Callable[[str], engine.Health]


def findings(checks: Sequence[Check]) -> Iterator[Finding]:
    """Yield what each check found, as it is found. No check's failure stops the others."""
    for check in checks:
        try:
            yield Finding(check.name, True, check.look())
        except GreenroomError as error:
            yield Finding(check.name, False, error.message, error.remedy)
        except Exception as error:
            said = f"The check itself failed: {type(error).__name__}: {error}"
            yield Finding(check.name, False, said, "This is a bug: please report it.")


def checks(
    settings: Settings, *, probe: Probe = opening.probe, look_at_store: StoreCheck = engine.check
) -> list[Check]:
    """Return what `greenroom doctor` looks at, in order.

    `probe` tells, in one line of text, which model answers and what it can do;
    it raises a GreenroomError if none does.
    """
    catalog = Catalog.load()
    listed = [Check("Python", _python), Check("packages", partial(_packages, _LOCK))]
    listed += [
        Check(f"model {artefact.name}", partial(_model, catalog, artefact, settings))
        for artefact in catalog.artefacts
        if artefact in catalog.needed(settings) or _is_here(artefact, settings)
    ]
    listed.append(Check("model service", partial(_service, probe, settings)))
    listed.append(Check("database", partial(_database, look_at_store, settings)))
    listed.append(Check("memory", partial(_memory, catalog, settings)))
    listed.append(Check("disk", partial(_disk, catalog, settings)))
    return listed


def _python() -> str:
    version = platform.python_version()
    if sys.version_info < _OLDEST:
        raise FixSetup(
            f"This is Python {version}; Greenroom needs 3.11 or newer.",
            "Install a newer Python and run `make setup` again.",
        )
    return f"{version}, {sys.executable}"


def _packages(lock: Path) -> str:
    if not lock.exists():
        return "no lock to compare with: not running from a work tree"
    wanted = {
        canonicalize_name(requirement.name): requirement
        for requirement in map(Requirement, _pins(lock.read_text(encoding="utf-8")))
        if requirement.marker is None or requirement.marker.evaluate()
    }
    wrong = []
    for name, requirement in wanted.items():
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            wrong.append(f"{name} is {version}, locked is {requirement.specifier}")
    if wrong:
        more = f", and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise FixSetup(f"{'; '.join(wrong[:3])}{more}.", "Run `make setup`.")
    return f"all {len(wanted)} as locked"


def _pins(lock: str) -> list[str]:
    starts = [line for line in lock.splitlines() if line[:1].isalnum()]
    return [line.removesuffix("\\").strip() for line in starts]


def _is_here(artefact: Artefact, settings: Settings) -> bool:
    return (settings.artefacts / artefact.name).is_dir()


def _model(catalog: Catalog, artefact: Artefact, settings: Settings) -> str:
    place = catalog.path(artefact.name, settings)
    hashes = ", ".join(file.sha256[:12] for file in artefact.files[:1])
    more = f" and {len(artefact.files) - 1} more" if len(artefact.files) > 1 else ""
    return f"{bytes_text(artefact.size)}, SHA-256 {hashes}…{more} verified, {place}"


def _service(probe: Probe, settings: Settings) -> str:
    return str(probe(settings))


def _database(look: StoreCheck, settings: Settings) -> str:
    health = look(settings.database)
    if health.fault is not None:
        raise FixSetup(health.fault.message, health.fault.remedy)
    if not health.writable:
        raise FixSetup(
            f"The database {health.where} can't be written.",
            "Make its folder writable, or set GREENROOM_DATA_DIR to another one.",
        )
    if not health.exists:
        return f"{health.where}, made at the first interview, writable"
    version = f"schema version {health.version}"
    if health.version != health.expected:
        version += f", brought to {health.expected} when it is next opened"
    size = "" if health.size is None else f", {bytes_text(health.size)}"
    return f"{health.where}, writable, {version}{size}"


def _memory(catalog: Catalog, settings: Settings) -> str:
    memory = psutil.virtual_memory()
    wanted = _ROOM_TO_RUN + _model_size(catalog, settings)
    said = f"{bytes_text(memory.available)} free of {bytes_text(memory.total)}"
    if memory.available < wanted:
        raise FixSetup(
            f"{said}; an interview with this model takes about {bytes_text(wanted)}.",
            "Close other programs, or set GREENROOM_MODEL=qwen2.5-coder-0.5b.",
        )
    return said


def _model_size(catalog: Catalog, settings: Settings) -> int:
    if settings.remote:
        return 0
    try:
        return catalog.artefact(settings.model).size
    except CallerError:
        return 0


def _disk(catalog: Catalog, settings: Settings) -> str:
    missing = sum(
        file.size
        for artefact in catalog.needed(settings)
        for file in artefact.files
        if locate(artefact, file, settings.artefacts)[1] is not State.READY
    )
    free = shutil.disk_usage(_nearest(settings.data_dir)).free
    said = f"{bytes_text(free)} free at {settings.data_dir}"
    wanted = _ROOM_TO_KEEP + missing
    if free < wanted:
        raise FixSetup(
            f"{said}; {bytes_text(wanted)} are wanted for interviews and missing models.",
            "Make room, or set GREENROOM_DATA_DIR to a folder on a larger disk.",
        )
    return said


def _nearest(folder: Path) -> Path:
    return next(place for place in (folder, *folder.absolute().parents) if place.exists())
