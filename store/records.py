"""What goes into the store and comes out of it: frozen values, never live rows.

Every datetime is aware and in UTC. Documents (`plan`, `detail`, `document`) are
what `json.loads` returns; the store never looks inside them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

Speaker = Literal["interviewer", "candidate"]
Status = Literal["active", "finished"]
GradingState = Literal["pending", "done", "failed"]
Document = dict[str, Any]


def new_id() -> str:
    """Return a fresh interview id: 32 hexadecimal digits."""
    return uuid4().hex


@dataclass(frozen=True)
class NewInterview:
    """An interview about to begin. The same `id` twice begins one interview."""

    track: str
    company: str
    role: str
    level: str
    plan: Document
    pack_version: str
    pack_digest: str
    model: str
    id: str = field(default_factory=new_id)


@dataclass(frozen=True)
class Interview:
    """One interview, as stored. `model` is the label of the model that led it."""

    id: str
    created_at: datetime
    updated_at: datetime
    track: str
    company: str
    role: str
    level: str
    plan: Document
    pack_version: str
    pack_digest: str
    model: str
    status: Status
    ended_at: datetime | None
    ended_because: str | None


@dataclass(frozen=True)
class HistoryEntry:
    """One line of the history: an interview without its plan, and what it holds.

    `turns` counts both speakers; `answered` counts the questions that have at
    least one turn of kind ``answer``.
    """

    id: str
    created_at: datetime
    updated_at: datetime
    track: str
    company: str
    role: str
    level: str
    model: str
    status: Status
    ended_at: datetime | None
    ended_because: str | None
    turns: int
    answered: int


@dataclass(frozen=True)
class NewTurn:
    """What the interviewer is about to say. `seconds`: since the answer arrived."""

    seq: int
    text: str
    kind: str
    round_no: int | None = None
    question_no: int | None = None
    question_id: str | None = None
    criterion_id: str | None = None
    detail: Document = field(default_factory=dict)
    seconds: float | None = None


@dataclass(frozen=True)
class Turn:
    """One thing said. `seq` counts from 0 without gaps within an interview."""

    interview_id: str
    seq: int
    at: datetime
    speaker: Speaker
    kind: str
    round_no: int | None
    question_no: int | None
    question_id: str | None
    criterion_id: str | None
    text: str
    detail: Document
    seconds: float | None
    key: str | None


@dataclass(frozen=True)
class Quote:
    """The candidate's own words: ``text == turn.text[start:end]`` of the turn `seq`."""

    text: str
    seq: int
    start: int
    end: int


@dataclass(frozen=True)
class NewVerdict:
    """What the judge found for one criterion. `score` and `confidence` are from 0 to 1."""

    criterion_id: str
    status: str
    reason: str
    quotes: tuple[Quote, ...]
    strategy: str
    model: str
    prompt_digest: str
    pack_digest: str
    model_digest: str
    score: float | None = None
    confidence: float | None = None


@dataclass(frozen=True)
class Verdict:
    """A stored verdict on one criterion of the question `question_no`."""

    interview_id: str
    question_no: int
    criterion_id: str
    status: str
    score: float | None
    confidence: float | None
    reason: str
    quotes: tuple[Quote, ...]
    strategy: str
    model: str
    prompt_digest: str
    pack_digest: str
    model_digest: str
    graded_at: datetime


@dataclass(frozen=True)
class Grading:
    """One entry of the grading queue. `attempts` counts the failures since it was queued."""

    interview_id: str
    question_no: int
    question_id: str
    state: GradingState
    attempts: int
    error: str | None
    updated_at: datetime


@dataclass(frozen=True)
class Report:
    """The report as it was last made; gone when a later verdict makes it stale."""

    interview_id: str
    document: Document
    made_at: datetime
