"""Questions, plans and turns, made on the spot, for tests of the interviewer's pure parts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain import CANDIDATE, INTERVIEWER, Plan, PlannedQuestion, PlannedRound, Turn
from rubrics.schema import Level, Question
from tests.unit import packs

BEGIN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def question(name: str = "a-change", **changes: object) -> Question:
    """Return a question of three criteria that weigh 3, 2 and 1; each has one probe."""
    return Question.model_validate(packs.question(name, **changes))


def two_probes(**changes: object) -> Question:
    """Return the same question with two probes for each criterion."""
    data = packs.question(**changes)
    for criterion in data["criteria"]:
        criterion["probes"] = [f"{criterion['id']}, first?", f"{criterion['id']}, second?"]
    return Question.model_validate(data)


def plan(*rounds: int, minutes: int = 10) -> Plan:
    """Return a plan with so many questions in each round, q0, q1, … of `minutes` each."""
    planned, number = [], 0
    for at, count in enumerate(rounds):
        questions = tuple(
            PlannedQuestion(question_id=f"q{number + i}", minutes=minutes, why="because")
            for i in range(count)
        )
        number += count
        planned.append(
            PlannedRound(
                round_id=f"r{at}",
                title=f"Round {at}",
                minutes=minutes * count,
                interviewer="Sam",
                interviewer_role="engineer",
                opening="Hello.",
                closing="Thanks.",
                questions=questions,
            )
        )
    return Plan(
        track="toyco/engineer",
        company="Toyco",
        role_title="Engineer",
        level=Level.MID,
        pack_version="2026.11.1",
        pack_digest="p" * 64,
        rounds=tuple(planned),
    )


def said(text: str, seq: int = 2, *, kind: str = "answer", question_no: int = 0) -> Turn:
    """Return something the candidate said."""
    at = BEGIN + timedelta(seconds=30 * seq)
    return Turn(seq, CANDIDATE, kind, text, at, 0, question_no, "a-change")


def asked(
    text: str, seq: int = 1, *, kind: str = "question", criterion_id: str | None = None
) -> Turn:
    """Return something the interviewer said."""
    at = BEGIN + timedelta(seconds=30 * seq)
    return Turn(seq, INTERVIEWER, kind, text, at, 0, 0, "a-change", criterion_id)
