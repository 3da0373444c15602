"""From what a step says to what the journal keeps: lines numbered, the cursor beside the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bot.domain import Act, Line, Turn
from bot.nodes import Step
from bot.policy import planned_question
from bot.state import Cursor, Phase
from store.records import NewTurn


def cursor_of(turns: Sequence[Turn]) -> Cursor | None:
    """Return the cursor that was stored with the latest words of the interviewer's."""
    for turn in reversed(turns):
        if "cursor" in turn.detail:
            return Cursor.model_validate(turn.detail["cursor"])
    return None


def new_turns(step: Step, after: Step, seconds: float) -> list[NewTurn]:
    """Number the lines, and put the cursor with the last of them."""
    cursor, plan = after["cursor"], step["plan"]
    at = step["turn"].seq + 1 if step["turn"] is not None else 0
    lines: tuple[Line, ...] = after["lines"]
    before = step["cursor"]
    new: list[NewTurn] = []
    for i, line in enumerate(lines):
        if line.act is Act.OPENING:
            cursor = cursor.but(round_seq=at + i)
        if line.act is Act.QUESTION:
            cursor = cursor.but(question_seq=at + i)
        # Words that close a question still belong to it; the rest to where the cursor is now.
        place = before if line.act in (Act.TRANSITION, Act.CLOSING) else cursor
        asking = place.phase is Phase.ASKING and line.act is not Act.OPENING
        new.append(
            NewTurn(
                seq=at + i,
                text=line.text,
                kind=line.act.value,
                round_no=place.round_no,
                question_no=place.question_no if asking else None,
                question_id=planned_question(plan, place).question_id if asking else None,
                criterion_id=line.criterion_id,
                seconds=round(seconds, 3),
            )
        )
    last = asdict(new[-1])
    detail: dict[str, Any] = {"cursor": cursor.model_dump(mode="json", exclude_defaults=True)}
    if after.get("coverage"):
        detail["touched"] = {k: round(v, 2) for k, v in after["coverage"].items()}
    new[-1] = NewTurn(**{**last, "detail": detail})
    return new
