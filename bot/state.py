"""Where an interview stands: ids and counters only, small enough to store with every reply.

The cursor is written in the same transaction as the words it belongs to (see
docs/adr/0002-the-cursor-lives-in-the-journal.md), so the two can't disagree.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict


class Phase(StrEnum):
    """What the candidate's next turn will be a reply to."""

    ASKING = "asking"
    CANDIDATE_QUESTIONS = "candidate_questions"
    DONE = "done"


class Cursor(BaseModel):
    """The interview's place after the interviewer's latest words.

    `question_no` counts over the whole interview. `question_seq` is the turn
    that asked it, `round_seq` the turn that opened its round. `asked` holds the
    criteria followed up on this question, one entry for each probe used; `given_up`
    those of which the candidate said that they don't know;
    `said` counts how often each family of phrases was used, so that none wears out.
    `active_seconds` is the time spent in this round, without long breaks.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    phase: Phase = Phase.ASKING
    round_no: int = 0
    question_no: int = 0
    question_seq: int = 0
    round_seq: int = 0
    asked: tuple[str, ...] = ()
    given_up: tuple[str, ...] = ()
    hinted: tuple[str, ...] = ()
    nudges: int = 0
    candidate_questions: int = 0
    said: dict[str, int] = {}
    active_seconds: float = 0.0
    question_seconds: float = 0.0

    def but(self, **changes: Any) -> Cursor:
        """Return this cursor with some fields changed."""
        return self.model_copy(update=changes)
