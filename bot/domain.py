"""The words that the program thinks in: frozen values without behaviour of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from rubrics.schema import Level


class Status(StrEnum):
    """How far an answer meets one criterion."""

    MISSING = "missing"
    PARTIAL = "partial"
    MET = "met"
    UNSCORED = "unscored"


class Signal(StrEnum):
    """What an interviewer would put on the form after the whole loop."""

    STRONG_NO = "strong no"
    NO = "no"
    YES = "yes"
    STRONG_YES = "strong yes"


class Act(StrEnum):
    """What the interviewer does with one turn."""

    OPENING = "opening"
    QUESTION = "question"
    FOLLOW_UP = "follow_up"
    CLARIFICATION = "clarification"
    HINT = "hint"
    NUDGE = "nudge"
    REPEAT = "repeat"
    TRANSITION = "transition"
    CLOSING = "closing"
    INVITATION = "invitation"
    COMPANY_ANSWER = "company_answer"
    FAREWELL = "farewell"


class Intent(StrEnum):
    """What the candidate's turn turned out to be."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    HINT = "hint"
    REPEAT = "repeat"
    UNKNOWN = "unknown"
    REFUSE = "refuse"
    SKIP = "skip"
    STOP = "stop"
    EMPTY = "empty"
    NOISE = "noise"
    THIN = "thin"
    PASTED = "pasted"
    OTHER_LANGUAGE = "other_language"
    NOTHING_TO_ASK = "nothing_to_ask"


class Action(StrEnum):
    """What the candidate can ask for with a button rather than in words."""

    HINT = "hint"
    REPEAT = "repeat"
    SKIP = "skip"
    END = "end"


INTERVIEWER = "interviewer"
CANDIDATE = "candidate"


@dataclass(frozen=True)
class Typed:
    """An answer that was typed. `key` is the caller's own name for this attempt.

    The same key sent twice is the same answer; another key for a turn that has
    its answer is a second tab's.
    """

    text: str
    key: str


@dataclass(frozen=True)
class Turn:
    """One thing said, as the journal keeps it."""

    seq: int
    speaker: str
    kind: str
    text: str
    at: datetime
    round_no: int | None = None
    question_no: int | None = None
    question_id: str | None = None
    criterion_id: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    seconds: float | None = None


@dataclass(frozen=True)
class Line:
    """Something the interviewer is about to say."""

    act: Act
    text: str
    criterion_id: str | None = None


@dataclass(frozen=True)
class Quote:
    """Words of the candidate's: ``turn.text[start:end] == text``, always."""

    text: str
    seq: int
    start: int
    end: int


@dataclass(frozen=True)
class Verdict:
    """How one answer met one criterion, and on what grounds.

    `score` is from 0 to 1, None when unscored; `hints` counts those given.
    """

    criterion_id: str
    status: Status
    score: float | None
    reason: str
    quotes: tuple[Quote, ...]
    strategy: str
    model: str
    model_digest: str
    prompt_digest: str
    pack_digest: str
    confidence: float | None = None
    hints: int = 0


@dataclass(frozen=True)
class QuestionScore:
    """One question's verdicts added up. `points` is from 0 to 1, None if nothing was scored."""

    question_no: int
    question_id: str
    points: float | None
    level: int | None
    verdicts: tuple[Verdict, ...]
    state: str  # pending, done or failed
    error: str | None = None


@dataclass(frozen=True)
class RoundScore:
    """One round's questions added up; `level` is 1 to 4."""

    round_id: str
    title: str
    points: float | None
    level: int | None
    questions: tuple[QuestionScore, ...]


@dataclass(frozen=True)
class Scorecard:
    """The whole interview added up, with the criteria that decided it."""

    points: float | None
    signal: Signal | None
    rounds: tuple[RoundScore, ...]
    decided_by: tuple[tuple[str, str], ...]  # (question id, criterion id), heaviest first
    unscored: int
    pending: int


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlannedQuestion(_Document):
    """A question chosen for this interview."""

    question_id: str
    minutes: int
    why: str


class PlannedRound(_Document):
    """A round of this interview, its words already filled in."""

    round_id: str
    title: str
    minutes: int
    interviewer: str
    interviewer_role: str
    opening: str
    closing: str
    questions: tuple[PlannedQuestion, ...]


class Plan(_Document):
    """What this interview will be; stored with it, so that a changed pack can't change it."""

    track: str
    company: str
    role_title: str
    level: Level
    pack_version: str
    pack_digest: str
    rounds: tuple[PlannedRound, ...]

    @property
    def minutes(self) -> int:
        return sum(r.minutes for r in self.rounds)

    @property
    def question_count(self) -> int:
        return sum(len(r.questions) for r in self.rounds)

    def question_at(self, question_no: int) -> tuple[int, PlannedQuestion]:
        """Return the round number and question for a number counted over the whole interview."""
        left = question_no
        for round_no, round_ in enumerate(self.rounds):
            if left < len(round_.questions):
                return round_no, round_.questions[left]
            left -= len(round_.questions)
        raise IndexError(question_no)
