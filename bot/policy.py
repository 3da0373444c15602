"""What to do next: pure functions of the cursor, the clock and what the answer touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain import Plan, PlannedQuestion
from bot.state import Cursor
from rubrics.schema import Criterion, Question

# Below this share of its anchors a criterion counts as not touched (docs/how-grading-works.md).
TOUCHED = 0.5
# A gap between turns counts as thinking up to this; beyond it the candidate was away.
LONGEST_THOUGHT_SECONDS = 5 * 60.0
NUDGES_PER_QUESTION = 2
CANDIDATE_QUESTIONS = 3


class Move(StrEnum):
    """What the interviewer does after an answer."""

    FOLLOW_UP = "follow_up"
    NEXT_QUESTION = "next_question"
    NEXT_ROUND = "next_round"
    CLOSE = "close"


@dataclass(frozen=True)
class Decision:
    """A move; a follow-up also names its criterion and which of its probes to use."""

    move: Move
    criterion: Criterion | None = None
    probe: str | None = None


def follow_ups_allowed(minutes: int) -> int:
    """Return how many follow-ups a question has room for: one in five minutes, 4 at most."""
    return max(1, min(4, round(minutes / 5)))


def passed(seconds: float) -> float:
    """Return how much of a gap between two turns counts as interview time."""
    return min(max(seconds, 0.0), LONGEST_THOUGHT_SECONDS)


def next_probe(
    question: Question,
    coverage: Mapping[str, float],
    asked: Sequence[str],
    given_up: Sequence[str] = (),
) -> tuple[Criterion, str] | None:
    """Return the criterion to go after, and the probe to do it with.

    Among criteria that the answer has not touched, it is the one with the most
    weight still open; ties go to the one least touched. A criterion is asked
    about again, with its other probe, only when every other open one was asked,
    and never once the candidate has `given_up` on it.
    """
    open_ = [
        c for c in question.criteria if coverage.get(c.id, 0.0) < TOUCHED and c.id not in given_up
    ]
    for times in (0, 1):
        left = [c for c in open_ if asked.count(c.id) == times < len(c.probes)]
        if left:
            best = max(left, key=lambda c: c.weight * (1.0 - coverage.get(c.id, 0.0)))
            return best, best.probes[times]
    return None


def decide(
    plan: Plan,
    cursor: Cursor,
    question: Question,
    coverage: Mapping[str, float],
    *,
    follow: bool = True,
) -> Decision:
    """Return the next move. `follow=False` leaves the question, as after a skip."""
    planned = planned_question(plan, cursor)
    if follow and not round_is_over(plan, cursor):
        room = len(cursor.asked) < follow_ups_allowed(planned.minutes)
        in_time = cursor.question_seconds < planned.minutes * 60.0
        probe = None
        if room and in_time:
            probe = next_probe(question, coverage, cursor.asked, cursor.given_up)
        if probe is not None:
            return Decision(Move.FOLLOW_UP, *probe)
    return Decision(_leave(plan, cursor))


def _leave(plan: Plan, cursor: Cursor) -> Move:
    first = sum(len(r.questions) for r in plan.rounds[: cursor.round_no])
    last_in_round = cursor.question_no - first + 1 >= len(plan.rounds[cursor.round_no].questions)
    if not last_in_round and not round_is_over(plan, cursor):
        return Move.NEXT_QUESTION
    return Move.NEXT_ROUND if cursor.round_no + 1 < len(plan.rounds) else Move.CLOSE


def round_is_over(plan: Plan, cursor: Cursor) -> bool:
    """Whether the round's time box is used up."""
    return cursor.active_seconds >= plan.rounds[cursor.round_no].minutes * 60.0


def first_question_of(plan: Plan, round_no: int) -> int:
    """Return the number, counted over the whole interview, of a round's first question."""
    return sum(len(r.questions) for r in plan.rounds[:round_no])


def planned_question(plan: Plan, cursor: Cursor) -> PlannedQuestion:
    """Return the planned question that the cursor stands at."""
    return plan.question_at(cursor.question_no)[1]
