"""The pack format: frozen models for companies, tracks, rounds, questions and criteria.

A pack is a folder: ``company.yaml``, ``tracks/<role>.yaml`` and
``questions/<area>.yaml``. `rubrics.loader` reads it, `rubrics.lint` judges its
content; this module only says what shape it has. ``greenroom packs schema``
prints the JSON Schema of these models for editors.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    model_validator,
)

SCHEMA_VERSION = 1


def _one_paragraph(text: str) -> str:
    return " ".join(text.split())


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=60)]
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=1200), AfterValidator(_one_paragraph)
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class Level(StrEnum):
    """How senior the candidate is; a question is written for one of these."""

    JUNIOR = "junior"
    MID = "mid"
    SENIOR = "senior"
    STAFF = "staff"


class Kind(StrEnum):
    """What sort of conversation a question opens."""

    CODING = "coding"
    DESIGN = "design"
    PROJECT = "project"
    BEHAVIOURAL = "behavioural"
    CONCEPT = "concept"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Frozen):
    """Where a question or fact comes from. Never left out: candidates ask."""

    kind: Literal["reported", "inferred"]
    note: Line
    date: date


class CompanyFact(_Frozen):
    """Something true of the company that an interviewer may say."""

    about: Line
    say: Line
    source: Source


class Fact(_Frozen):
    """What the interviewer answers when a clarifying question asks about it."""

    about: Line
    say: Line


class Criterion(_Frozen):
    """One observable thing a strong answer shows, independent of the others.

    `terms` are the words that would give it away: no probe may hold one.
    `said` are ways a candidate might put it aloud; with the outline they zero
    the small model (see docs/how-grading-works.md).
    """

    id: Slug
    name: Line
    strong: Line
    partial: Line
    weight: Annotated[int, Field(ge=1, le=5)]
    terms: Annotated[tuple[Line, ...], Field(min_length=2, max_length=12)]
    probes: Annotated[tuple[Line, ...], Field(min_length=1, max_length=2)]
    hint: Line
    said: Annotated[tuple[Line, ...], Field(min_length=2, max_length=4)]
    practise: Line


class OutlinePoint(_Frozen):
    """The part of a strong answer that serves one criterion."""

    criterion: Slug
    text: Line


class Question(_Frozen):
    """One question with all an interviewer needs to ask, probe, answer and grade it."""

    id: Slug
    title: Line
    kind: Kind
    level: Level
    minutes: Annotated[int, Field(ge=3, le=60)]
    prompt: Text
    vocabulary: Annotated[tuple[Line, ...], Field(min_length=4, max_length=40)]
    facts: Annotated[tuple[Fact, ...], Field(min_length=2, max_length=12)]
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=3, max_length=6)]
    outline: tuple[OutlinePoint, ...]
    source: Source

    @model_validator(mode="after")
    def _outline_serves_every_criterion_once(self) -> Question:
        ids = [c.id for c in self.criteria]
        if len(set(ids)) != len(ids):
            raise ValueError(f"criteria ids repeat: {', '.join(ids)}")
        served = [p.criterion for p in self.outline]
        if sorted(served) != sorted(ids):
            raise ValueError(
                "outline must have one point for each criterion; "
                f"criteria are {', '.join(ids)}, the outline serves {', '.join(served) or 'none'}"
            )
        return self

    @property
    def total_weight(self) -> int:
        return sum(c.weight for c in self.criteria)

    def criterion(self, criterion_id: str) -> Criterion:
        """Return the criterion with this id; KeyError if there is none."""
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise KeyError(criterion_id)

    def strong_answer(self, *, without: str | None = None) -> str:
        """Return the outline as one answer, optionally less one criterion's part."""
        return " ".join(p.text for p in self.outline if p.criterion != without)


class QuestionFile(_Frozen):
    """``questions/<area>.yaml``: the questions of one evaluation area."""

    area: Slug
    title: Line
    looks_for: Line
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]


class Interviewer(_Frozen):
    """Who sits opposite in a round."""

    name: Line
    role: Line


class Count(int):
    """A number as it is said: ``{questions:story|stories}`` gives "one story", "three stories"."""

    _WORDS = "no one two three four five six seven eight nine ten eleven twelve".split()

    def __format__(self, spec: str) -> str:
        word = self._WORDS[self] if 0 <= self < len(self._WORDS) else str(int(self))
        one, _, many = spec.partition("|")
        return f"{word} {one if self == 1 else many or one}".strip()


class Round(_Frozen):
    """One conversation of the loop.

    `opening` and `closing` may use {name}, {role}, {minutes} and {questions};
    the last takes its noun with it, as in ``{questions:problem|problems}``.
    """

    id: Slug
    title: Line
    minutes: Annotated[int, Field(ge=5, le=120)]
    interviewer: Interviewer
    areas: Annotated[tuple[Slug, ...], Field(min_length=1)]
    questions: Annotated[int, Field(ge=1, le=12)]
    opening: Line
    closing: Line
    source: Source


class Track(_Frozen):
    """``tracks/<role>.yaml``: a role's loop, rounds in order."""

    role: Slug
    title: Line
    about: Line
    default_level: Level
    facts: tuple[CompanyFact, ...] = ()
    rounds: Annotated[tuple[Round, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _rounds_are_distinct(self) -> Track:
        ids = [r.id for r in self.rounds]
        if len(set(ids)) != len(ids):
            raise ValueError(f"round ids repeat: {', '.join(ids)}")
        return self


class Company(_Frozen):
    """``company.yaml``: who the loops belong to, and what its interviewers may say of it."""

    schema_version: Literal[1]
    id: Slug
    name: Line
    version: Annotated[str, StringConstraints(pattern=r"^\d{4}\.\d{1,2}\.\d{1,2}$")]
    about: Line
    facts: tuple[CompanyFact, ...] = ()


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a pack's files: a company, a track, or an area's questions."""
    schema = TypeAdapter(Company | Track | QuestionFile).json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Pack file",
    } | schema
