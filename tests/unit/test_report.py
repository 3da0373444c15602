from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.debrief import report_of
from bot.report import Report, percent
from rubrics.loader import Library
from rubrics.schema import Question
from store.records import Grading, Interview, Quote, Verdict
from tests.unit.asked import plan, said

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
HOSTILE = "# Big\n<script>alert(1)</script> [x](http://y) | a | **b** `c` ~d~ $e$ ![i](j)"


@pytest.fixture(scope="module")
def question(library: Library) -> Question:
    return library.question("colleague-disagreement")[1]


def grading(no: int, question: Question, state: str = "done", error: str | None = None) -> Grading:
    return Grading("i", no, question.id, state, 0, error, NOW)  # type: ignore[arg-type]


def verdicts(no: int, question: Question, status: str, score: float | None) -> list[Verdict]:
    quote = (Quote("I asked him", 2 + no, 0, 11),) if status in ("met", "partial") else ()
    return [
        Verdict(
            "i", no, c.id, status, score, None, "Because.", quote, "rules", "m", "p", "k", "d", NOW
        )
        for c in question.criteria
    ]


def report(
    library: Library, question: Question, gradings: list[Grading], *given: list[Verdict]
) -> Report:
    planned = plan(2)
    ids = [q.model_copy(update={"question_id": question.id}) for q in planned.rounds[0].questions]
    round_ = planned.rounds[0].model_copy(update={"questions": tuple(ids)})
    planned = planned.model_copy(update={"rounds": (round_,)})
    record = Interview(
        "i", NOW, NOW, "toyco/engineer", "toyco", "engineer", "mid", {}, "1", "p", "m",
        "finished", NOW, "completed",
    )  # fmt: skip
    turns = [said(f"I asked him. {HOSTILE}", seq=2 + n, question_no=n) for n in range(2)]
    return report_of(record, planned, turns, [v for vs in given for v in vs], gradings, library)


def test_a_whole_report(library: Library, question: Question) -> None:
    gradings = [grading(0, question), grading(1, question)]
    made = report(
        library,
        question,
        gradings,
        verdicts(0, question, "met", 1.0),
        verdicts(1, question, "partial", 0.5),
    )
    assert (made.points, made.signal) == (0.75, "yes")
    assert made.headline == "Yes: 5 of 10 criteria met, over 2 questions."
    assert [q.points for q in made.rounds[0].questions] == [1.0, 0.5]
    assert made.to_practise[0].drill in {c.practise for c in question.criteria if c.weight == 3}
    assert made.areas[0].points == 0.75
    assert json.loads(json.dumps(made.to_json()))["started_at"] == "2026-11-21T09:30:00+00:00"


def test_a_quote_that_does_not_stand_is_dropped_on_the_way_out(
    library: Library, question: Question
) -> None:
    invented = [
        replace(v, quotes=(Quote("I asked her", 2, 0, 11),))
        for v in verdicts(0, question, "met", 1.0)
    ]
    made = report(library, question, [grading(0, question)], invented)
    assert (made.points, made.signal, made.unscored) == (None, None, len(question.criteria))
    assert "honest signal" in made.headline


def test_what_failed_is_named_and_what_is_pending_counted(
    library: Library, question: Question
) -> None:
    failed = grading(1, question, "failed", "The model took longer than the time limit. Retry.")
    made = report(
        library, question, [grading(0, question), failed], verdicts(0, question, "met", 1.0)
    )
    assert [f.error for f in made.failed] == ["The model took longer than the time limit. Retry."]
    page = made.to_markdown()
    assert "## Could not be graded" in page and "longer than the time limit" in page
    waiting = report(library, question, [grading(0, question, "pending")])
    assert waiting.headline == "Being graded: 0 of 1 questions done."
    assert "Still being graded." in waiting.to_markdown()


def test_nothing_answered_is_a_report_too(library: Library, question: Question) -> None:
    made = report(library, question, [])
    assert made.signal is None
    assert made.headline == "No question was answered, so there is nothing to grade."
    assert made.to_markdown().startswith("# Toyco, Engineer: no signal yet")


def test_what_was_said_draws_nothing_in_markdown(library: Library, question: Question) -> None:
    quote = (Quote(HOSTILE, 2, 13, 13 + len(HOSTILE)),)
    said_so = [replace(v, quotes=quote, reason=HOSTILE) for v in verdicts(0, question, "met", 1.0)]
    page = report(library, question, [grading(0, question)], said_so).to_markdown()
    assert page.count("alert(1)") == 2 * len(question.criteria)
    live = re.sub(r"\\.", "", page)  # what is left once the escaped marks are gone
    assert not re.findall(r"<|`|\[x|\*\*b|!\[|~d|\$e|\| a", live)
    assert not any(line.startswith("# Big") for line in page.splitlines())


def test_a_question_that_left_its_pack_does_not_stop_the_report(
    library: Library, question: Question
) -> None:
    gone = replace(grading(1, question, "failed", "In no pack."), question_id="gone")
    made = report(
        library, question, [grading(0, question), gone], verdicts(0, question, "met", 1.0)
    )
    assert [f.question_title for f in made.failed] == ["gone"]
    assert made.signal == "strong yes"


def test_percent() -> None:
    assert [percent(p) for p in (None, 0.0, 0.745, 1.0)] == ["not scored", "0%", "74%", "100%"]
