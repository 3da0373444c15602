"""Which model files there are, where each belongs, and whether what is there is the real thing.

`Catalog.path` is what the back ends call: it returns a verified file or folder
or raises, and never lets a file with a wrong hash be loaded. A verified file
gets a small stamp beside it, so that a start need not hash a gigabyte again.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from bot.errors import ArtefactCorrupt, ArtefactMissing, NotFound
from bot.settings import Settings

_BLOCK = 1 << 20


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_Frozen):
    """A run of a file's bytes, carried as one member of a wheel (``name==version``)."""

    wheel: str
    member: str
    size: int
    sha256: str


class ModelFile(_Frozen):
    """One file of an artefact: `size` in bytes, and its address and parts, in that order."""

    name: str
    size: int
    sha256: str
    url: str | None = None
    parts: tuple[Part, ...] = ()


class Artefact(_Frozen):
    """A model, or another large file, as the catalogue knows it."""

    name: str
    title: str
    role: Literal["chat", "encoder", "ears", "sandbox"]
    groups: tuple[str, ...]
    licence: str
    files: tuple[ModelFile, ...] = Field(alias="file", min_length=1)

    @property
    def size(self) -> int:
        """All its files, in bytes."""
        return sum(f.size for f in self.files)

    @property
    def remedy(self) -> str:
        return f"Fetch it: greenroom models fetch {self.name}"


class State(StrEnum):
    """What was found where a file belongs."""

    READY = "ready"
    MISSING = "missing"
    CORRUPT = "corrupt"


class Catalog:
    """The artefacts of catalog.toml, in its order."""

    def __init__(self, artefacts: Iterable[Artefact]) -> None:
        self.artefacts = tuple(artefacts)

    @classmethod
    def load(cls, file: Path | None = None) -> Self:
        """Read the shipped catalogue, or another one of the same form."""
        source = file or resources.files("bot.backends") / "catalog.toml"
        data = tomllib.loads(source.read_text(encoding="utf-8"))
        return cls(Artefact.model_validate(item) for item in data["artefact"])

    def artefact(self, name: str) -> Artefact:
        """Return the artefact of this name. Raises NotFound with the names there are."""
        for artefact in self.artefacts:
            if artefact.name == name:
                return artefact
        names = [a.name for a in self.artefacts]
        near = get_close_matches(name, names, n=2, cutoff=0.5)
        remedy = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(names)}."
        raise NotFound(f"There is no model named '{name}'.", remedy)

    def needed(self, settings: Settings) -> tuple[Artefact, ...]:
        """Return what Greenroom needs with these settings: the default set and the model named."""
        return tuple(
            a
            for a in self.artefacts
            if "default" in a.groups or (a.role == "chat" and a.name == settings.model)
        )

    def path(self, name: str, settings: Settings) -> Path:
        """Return where an artefact is, verified: its file, or its folder if it has several.

        Raises NotFound for an unknown name, ArtefactMissing, and ArtefactCorrupt
        when a file's size or hash is not the catalogue's.
        """
        artefact = self.artefact(name)
        found = [self._verified(artefact, file, settings.artefacts) for file in artefact.files]
        return found[0] if len(found) == 1 else found[0].parent

    def _verified(self, artefact: Artefact, file: ModelFile, models: Path) -> Path:
        place, state = locate(artefact, file, models)
        if state is State.MISSING:
            raise ArtefactMissing(
                f"The model {artefact.name} is not on this machine: there is no {place}.",
                artefact.remedy,
            )
        if state is State.CORRUPT:
            raise ArtefactCorrupt(
                f"{place} is not the file {file.name} of {artefact.name}: its size or SHA-256 is "
                "wrong, so it is not loaded.",
                artefact.remedy,
            )
        return place


def home(artefact: Artefact, file: ModelFile, models: Path) -> Path:
    """Return where Greenroom itself keeps a file."""
    return models / artefact.name / file.name


def locate(
    artefact: Artefact, file: ModelFile, models: Path, *, tick: Callable[[int], None] | None = None
) -> tuple[Path, State]:
    """Return where a file is, or belongs, and its state; `tick` hears the bytes hashed.

    A model of one file may also lie in the models folder itself, as people
    keep their own; if that one is wrong it is passed over, for it is not ours.
    """
    ours = home(artefact, file, models)
    if not ours.is_file() and len(artefact.files) == 1:
        theirs = models / file.name
        if theirs.is_file() and is_verified(file, theirs, tick=tick):
            return theirs, State.READY
    if not ours.is_file():
        return ours, State.MISSING
    return ours, State.READY if is_verified(file, ours, tick=tick) else State.CORRUPT


def is_verified(file: ModelFile, place: Path, *, tick: Callable[[int], None] | None = None) -> bool:
    """Say whether the file at `place` is the catalogue's, hashing it unless its stamp is fresh."""
    if place.stat().st_size != file.size:
        return False
    if _stamped(place) == _facts(place, file.sha256):
        return True
    before = _facts(place, "")
    if sha256_of(place, tick=tick) != file.sha256 or _facts(place, "") != before:
        return False
    stamp(file, place)
    return True


def stamp(file: ModelFile, place: Path) -> None:
    """Note that `place` was just verified. In a folder that can't be written, go without."""
    try:
        _stamp_of(place).write_text(json.dumps(_facts(place, file.sha256)), encoding="utf-8")
    except OSError:
        return  # a read-only folder of models: it is hashed at each start instead


def sha256_of(place: Path, *, tick: Callable[[int], None] | None = None) -> str:
    """Return the hash of a file, in hex; `tick` hears the bytes done so far."""
    total = hashlib.sha256()
    done = 0
    with place.open("rb") as handle:
        while block := handle.read(_BLOCK):
            total.update(block)
            done += len(block)
            if tick is not None:
                tick(done)
    return total.hexdigest()


def _stamp_of(place: Path) -> Path:
    return place.with_name(f".{place.name}.verified")


def _stamped(place: Path) -> object:
    try:
        return json.loads(_stamp_of(place).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _facts(place: Path, sha256: str) -> dict[str, object]:
    status = place.stat()
    return {"size": status.st_size, "mtime_ns": status.st_mtime_ns, "sha256": sha256}
