"""An interview as events, for `--json`: one object a line, in the order things happen.

Every event has `event`, `interview_id`, `seq` (of the turn; null where it is
none), `text`, and `seconds` since the answer arrived (null where none did).
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bot.domain import CANDIDATE, Act, Turn
from bot.report import CriterionReport, QuestionReport, Report
from bot.views import ModelStatus, View

Event = dict[str, Any]
_NAMES = {Act.OPENING: "round", Act.QUESTION: "question", Act.FOLLOW_UP: "follow_up"}


def interview(view: View, model: ModelStatus, *, resumed: bool) -> Event:
    """Return the first event: what this interview will be."""
    plan = view.plan
    return {
        "event": "interview",
        "interview_id": view.id,
        "seq": None,
        "id": view.id,
        "resumed": resumed,
        "track": plan.track,
        "company": plan.company,
        "role": plan.role_title,
        "level": plan.level.value,
        "minutes": plan.minutes,
        "questions": plan.question_count,
        "rounds": [
            {
                "round_no": number,
                "round_id": round_.round_id,
                "title": round_.title,
                "minutes": round_.minutes,
                "interviewer": round_.interviewer,
                "questions": len(round_.questions),
            }
            for number, round_ in enumerate(plan.rounds)
        ],
        "model": {"label": model.label, "leaves_machine": model.leaves_machine},
        "text": summary(view),
        "seconds": None,
    }


def summary(view: View) -> str:
    """Return one line on what the interview is."""
    plan = view.plan
    return (
        f"{plan.company}, {plan.role_title}, {plan.level.value} level: "
        f"{_count(len(plan.rounds), 'round')}, {_count(plan.question_count, 'question')}, "
        f"{plan.minutes} minutes."
    )


def turn(view: View, said: Turn, *, repeated: bool = False) -> Event:
    """Return what the interviewer said as a `round`, `question`, `follow_up` or `reply`.

    `repeated` marks words that were said before, at the start of `resume`.
    """
    event: Event = {
        "event": _NAMES.get(Act(said.kind), "reply"),
        "interview_id": view.id,
        "seq": said.seq,
        "kind": said.kind,
        "round_no": said.round_no,
        "question_no": said.question_no,
        "question_id": said.question_id,
        "criterion_id": said.criterion_id,
    }
    if said.kind == Act.OPENING and said.round_no is not None:
        round_ = view.plan.rounds[said.round_no]
        event |= {
            "round_id": round_.round_id,
            "title": round_.title,
            "interviewer": round_.interviewer,
            "minutes": round_.minutes,
        }
    if repeated:
        event["repeated"] = True
    return event | {"text": said.text, "seconds": said.seconds}


def note(view: View, text: str) -> Event:
    """Return a `reply` that comes from the command and not from the interviewer."""
    return {
        "event": "reply",
        "interview_id": view.id,
        "seq": None,
        "kind": "note",
        "text": text,
        "seconds": None,
    }


def verdict(view: View, question: QuestionReport, criterion: CriterionReport) -> Event:
    """Return one criterion's verdict; `points` is from 0 to 1, null if unscored."""
    return {
        "event": "verdict",
        "interview_id": view.id,
        "seq": None,
        "question_no": question.question_no,
        "question_id": question.question_id,
        "criterion_id": criterion.id,
        "status": criterion.status,
        "points": criterion.score,
        "quotes": [asdict(q) for q in criterion.quotes],
        "reason": criterion.reason,
        "hints": criterion.hints,
        "strategy": criterion.strategy,
        "model": criterion.model,
        "text": f"{criterion.name}: {criterion.status}. {criterion.reason}",
        "seconds": _since(view, question.question_no),
    }


def report(view: View, made: Report) -> Event:
    """Return the last event: the whole report."""
    return {
        "event": "report",
        "interview_id": view.id,
        "seq": None,
        "report": made.to_json(),
        "text": made.headline,
        "seconds": _since(view, None),
    }


def _since(view: View, question_no: int | None) -> float | None:
    """Return the seconds since the candidate's last turn, in all or on one question."""
    times = [
        t.at for t in view.turns if t.speaker == CANDIDATE and question_no in (None, t.question_no)
    ]
    return round((datetime.now(UTC) - max(times)).total_seconds(), 3) if times else None


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
