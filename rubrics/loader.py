"""Load packs into frozen models; every error names file, line and key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from rubrics.schema import Company, Question, QuestionFile, Round, Track
from rubrics.source import Document, PackError, Problem, read

SHIPPED = Path(__file__).parent / "packs"
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Pack:
    """One company's loops and questions. `digest` changes whenever any of its words do."""

    folder: Path
    company: Company
    tracks: tuple[Track, ...]
    areas: tuple[QuestionFile, ...]
    digest: str

    def questions(self, area: str | None = None) -> Iterator[Question]:
        """Yield the pack's questions in file order, of one area or of all."""
        for file in self.areas:
            if area is None or file.area == area:
                yield from file.questions

    def area_of(self, question_id: str) -> QuestionFile:
        """Return the area that a question belongs to; KeyError if there is none."""
        for file in self.areas:
            if any(q.id == question_id for q in file.questions):
                return file
        raise KeyError(question_id)

    def questions_for(self, round_: Round) -> tuple[Question, ...]:
        """Return all the questions that a round may draw from, area by area."""
        return tuple(q for area in round_.areas for q in self.questions(area))


@dataclass(frozen=True)
class Library:
    """All packs at hand, looked up by the names that people type."""

    packs: tuple[Pack, ...]

    def track(self, name: str) -> tuple[Pack, Track]:
        """Return the pack and track for ``company/role``. Raises LookupError with near names."""
        for pack in self.packs:
            for track in pack.tracks:
                if f"{pack.company.id}/{track.role}" == name:
                    return pack, track
        raise LookupError(_no_such("track", name, self.track_names()))

    def track_names(self) -> list[str]:
        """Return every ``company/role``, in order."""
        return [f"{p.company.id}/{t.role}" for p in self.packs for t in p.tracks]

    def question(self, question_id: str) -> tuple[Pack, Question]:
        """Return the pack and question with this id. Raises LookupError with near names."""
        for pack in self.packs:
            for question in pack.questions():
                if question.id == question_id:
                    return pack, question
        ids = [q.id for p in self.packs for q in p.questions()]
        raise LookupError(_no_such("question", question_id, ids))


def _no_such(what: str, name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=3, cutoff=0.4)
    ways = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"there is no {what} '{name}'{ways or '; `greenroom packs list` shows what there is'}"


def load_library(folders: Iterable[Path] = ()) -> Library:
    """Load the shipped packs and those in `folders` (each a pack, or a folder of packs).

    Raises PackError when any pack is unusable or two packs share an id.
    """
    packs = [load_pack(f) for root in (SHIPPED, *folders) for f in pack_folders(root)]
    problems = [*_shared_tracks(packs), *_shared_questions(packs)]
    if problems:
        raise PackError(problems)
    return Library(tuple(packs))


def _shared_tracks(packs: Iterable[Pack]) -> Iterator[Problem]:
    owners: dict[str, Pack] = {}
    for pack in packs:
        for track in pack.tracks:
            name = f"{pack.company.id}/{track.role}"
            other = owners.setdefault(name, pack)
            if other is not pack:
                file = pack.folder / "company.yaml"
                message = f"the track {name} is also in {other.folder}; give the company another id"
                yield read(file).problem(("id",), message)


def _shared_questions(packs: Iterable[Pack]) -> Iterator[Problem]:
    owners: dict[str, Pack] = {}
    for pack in packs:
        for question in pack.questions():
            other = owners.setdefault(question.id, pack)
            if other is not pack:
                yield _where(pack, question.id, f"this question id is also in {other.folder}")


def _where(pack: Pack, question_id: str, message: str) -> Problem:
    for file in sorted((pack.folder / "questions").glob("*.yaml")):
        document = read(file)
        for index, item in enumerate(document.data["questions"]):
            if item["id"] == question_id:
                return document.problem(("questions", index, "id"), message)
    return Problem(pack.folder, 1, question_id, message)  # the file changed since it was loaded


def pack_folders(root: Path) -> list[Path]:
    """Return `root` itself if it is a pack, else the packs directly inside it."""
    if (root / "company.yaml").exists():
        return [root]
    return sorted(p.parent for p in root.glob("*/company.yaml"))


def load_pack(folder: Path) -> Pack:
    """Load one pack folder. Raises PackError with everything found wrong with it."""
    problems: list[Problem] = []
    digest = hashlib.sha256()

    def load(file: Path, model: type[_Model]) -> _Loaded[_Model] | None:
        try:
            document = read(file)
            digest.update(json.dumps(document.data, sort_keys=True, default=str).encode())
            return _Loaded(validate(document, model), document)
        except PackError as error:
            problems.extend(error.problems)
            return None

    company = load(folder / "company.yaml", Company)
    found_tracks = [load(f, Track) for f in sorted((folder / "tracks").glob("*.yaml"))]
    found_areas = [load(f, QuestionFile) for f in sorted((folder / "questions").glob("*.yaml"))]
    tracks = [t for t in found_tracks if t is not None]
    areas = [a for a in found_areas if a is not None]
    whole = not problems
    problems.extend(_repeated_ids(areas))
    problems.extend(_repeated_names(tracks, areas))
    if whole:  # what asks for a file that didn't load would be reported twice
        problems.extend(_missing_parts(folder, tracks, areas))
    if problems or company is None:
        raise PackError(problems)
    return Pack(
        folder,
        company.model,
        tuple(t.model for t in tracks),
        tuple(a.model for a in areas),
        digest.hexdigest(),
    )


@dataclass(frozen=True)
class _Loaded(Generic[_Model]):
    """A model and the document that it was read from, which knows its lines."""

    model: _Model
    document: Document


def _repeated_ids(areas: Iterable[_Loaded[QuestionFile]]) -> Iterator[Problem]:
    seen: dict[str, Path] = {}
    for area in areas:
        for index, question in enumerate(area.model.questions):
            if question.id in seen:
                message = f"the question '{question.id}' is also in {seen[question.id].name}"
                yield area.document.problem(("questions", index, "id"), message)
            seen.setdefault(question.id, area.document.file)


def _repeated_names(
    tracks: Iterable[_Loaded[Track]], areas: Iterable[_Loaded[QuestionFile]]
) -> Iterator[Problem]:
    named = [("role", t.model.role, t.document) for t in tracks]
    named += [("area", a.model.area, a.document) for a in areas]
    seen: dict[tuple[str, str], Path] = {}
    for key, name, document in named:
        other = seen.setdefault((key, name), document.file)
        if other is not document.file:
            yield document.problem((key,), f"'{name}' is also the {key} of {other.name}")


def _missing_parts(
    folder: Path, tracks: list[_Loaded[Track]], areas: list[_Loaded[QuestionFile]]
) -> Iterator[Problem]:
    if not tracks:
        yield Problem(folder / "tracks", 1, "", "has no track; add tracks/<role>.yaml")
    counts = {a.model.area: len(a.model.questions) for a in areas}
    known = ", ".join(sorted(counts)) or "none"
    for track in tracks:
        for index, round_ in enumerate(track.model.rounds):
            at = ("rounds", index)
            unknown = [(n, a) for n, a in enumerate(round_.areas) if a not in counts]
            for number, area in unknown:
                message = f"there is no area '{area}' in questions/; areas are {known}"
                yield track.document.problem((*at, "areas", number), message)
            if not unknown and sum(counts[a] for a in round_.areas) < round_.questions:
                message = f"asks {round_.questions} questions and its areas hold fewer"
                yield track.document.problem((*at, "questions"), message)


def validate(document: Document, model: type[_Model]) -> _Model:
    """Return a document as one of the pack's models. Raises PackError naming line and key."""
    if not isinstance(document.data, dict):
        raise PackError([Problem(document.file, 1, "", "must hold keys and values")])
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        items = error.errors()
        inside = {item["loc"][:depth] for item in items for depth in range(len(item["loc"]))}
        problems = []
        for item in items:
            if item["type"] == "too_short" and item["loc"] in inside:
                continue  # pydantic counts only what was valid; what was not is told by itself
            message = item["msg"].removeprefix("Value error, ")
            if item["type"] == "extra_forbidden":
                message = "is not a key that a pack knows; check its spelling"
            problems.append(document.problem(tuple(item["loc"]), message))
        raise PackError(problems) from error
