"""What the pages and the command are shown: frozen, ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain import Plan, Turn
from rubrics.schema import Kind, Level


@dataclass(frozen=True)
class RoundInfo:
    """A round of a loop, as it can be chosen."""

    id: str
    title: str
    minutes: int
    questions: int


@dataclass(frozen=True)
class TrackInfo:
    """A loop, as it can be chosen; `facts` say where their company's facts come from."""

    name: str
    company: str
    title: str
    about: str
    default_level: Level
    rounds: tuple[RoundInfo, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class QuestionInfo:
    """A question of the bank, without what would spoil it."""

    id: str
    title: str
    kind: Kind
    level: Level
    minutes: int
    prompt: str
    company: str
    area_id: str
    area: str
    source: str
    source_note: str
    criteria: int


@dataclass(frozen=True)
class View:
    """Where an interview stands.

    `waiting_for_reply` says that the candidate has spoken last: the reply is
    being made, or making it failed and `Interviews.retry` is due.
    """

    id: str
    plan: Plan
    status: str
    turns: tuple[Turn, ...]
    next_seq: int
    waiting_for_reply: bool
    round_no: int
    question_no: int
    seconds_left_in_round: float
    hints_used: int
    phase: str
    ended_because: str | None


@dataclass(frozen=True)
class ModelStatus:
    """What the model is and whether what is said leaves the machine."""

    state: str  # loading, ready, failed or remote
    label: str
    detail: str
    leaves_machine: bool
    remedy: str = ""


@dataclass(frozen=True)
class Started:
    """When an interview began and what led it."""

    at: datetime
    model: str
