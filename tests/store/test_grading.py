from __future__ import annotations

import dataclasses

import pytest

from store.archive import Archive
from store.errors import NotStored
from store.journal import Journal
from store.records import Grading, Interview, NewVerdict, Quote

VERDICT = NewVerdict(
    criterion_id="alerts",
    status="met",
    reason="Names a threshold and who is woken.",
    quotes=(Quote("page the owner", 1, 10, 24), Quote("at 2%", 1, 30, 35)),
    strategy="closed",
    model="qwen",
    prompt_digest="a",
    pack_digest="b",
    model_digest="c",
    score=0.75,
    confidence=0.5,
)


@pytest.fixture
def queued(interview: Interview, journal: Journal) -> Interview:
    journal.say(interview.id, [], queue=[(0, "drift"), (1, "queues")])
    return interview


def states(archive: Archive, interview_id: str) -> dict[int, tuple[str, int, str | None]]:
    return {g.question_no: (g.state, g.attempts, g.error) for g in archive.gradings(interview_id)}


def test_verdicts_come_back_whole(queued: Interview, journal: Journal, archive: Archive) -> None:
    other = dataclasses.replace(
        VERDICT, criterion_id="baseline", status="unscored", quotes=(), score=None, confidence=None
    )
    journal.save_verdicts(queued.id, 0, [other, VERDICT])
    stored = archive.verdicts(queued.id)
    kept = {field.name for field in dataclasses.fields(NewVerdict)}
    given = [NewVerdict(**{name: getattr(verdict, name) for name in kept}) for verdict in stored]
    assert given == [VERDICT, other]
    assert {(v.interview_id, v.question_no) for v in stored} == {(queued.id, 0)}
    assert states(archive, queued.id) == {0: ("done", 0, None), 1: ("pending", 0, None)}


def test_a_second_grading_replaces_the_first(
    queued: Interview, journal: Journal, archive: Archive
) -> None:
    baseline = dataclasses.replace(VERDICT, criterion_id="baseline")
    journal.save_verdicts(queued.id, 0, [VERDICT, baseline])
    journal.save_verdicts(queued.id, 1, [VERDICT])
    journal.save_verdicts(queued.id, 0, [dataclasses.replace(VERDICT, status="missing")])
    found = {(v.question_no, v.criterion_id): v.status for v in archive.verdicts(queued.id)}
    assert found == {(0, "alerts"): "missing", (0, "baseline"): "met", (1, "alerts"): "met"}


def test_a_report_goes_when_a_verdict_changes(
    queued: Interview, journal: Journal, archive: Archive
) -> None:
    journal.save_report(queued.id, {"signal": "no"})
    journal.save_report(queued.id, {"signal": "yes", "levels": [1, 2.5]})
    report = archive.report(queued.id)
    assert report is not None
    assert report.document == {"signal": "yes", "levels": [1, 2.5]}
    journal.save_verdicts(queued.id, 0, [VERDICT])
    assert archive.report(queued.id) is None


def test_failures_are_counted_until_they_are_queued_again(
    queued: Interview, journal: Journal, archive: Archive
) -> None:
    journal.fail_grading(queued.id, 0, "timeout")
    journal.fail_grading(queued.id, 0, "not JSON")
    journal.save_verdicts(queued.id, 1, [VERDICT])
    assert states(archive, queued.id) == {0: ("failed", 2, "not JSON"), 1: ("done", 0, None)}
    assert journal.requeue(queued.id, None) == 1, "what is done is not done again"
    assert states(archive, queued.id) == {0: ("pending", 0, None), 1: ("done", 0, None)}
    assert journal.requeue(queued.id, 1) == 1, "unless it is named"
    assert states(archive, queued.id)[1] == ("pending", 0, None)
    assert len(archive.verdicts(queued.id)) == 1, "until the new verdicts are there"


def test_the_queue_is_read_across_interviews_longest_waiting_first(
    queued: Interview, journal: Journal, archive: Archive
) -> None:
    journal.fail_grading(queued.id, 0, "timeout")
    journal.requeue(queued.id, 0)

    def pending() -> list[Grading]:
        return archive.gradings(state="pending")

    assert [grading.question_id for grading in pending()] == ["queues", "drift"]
    assert archive.gradings(state="failed") == []


def test_queueing_again_leaves_what_is_graded_alone(
    queued: Interview, journal: Journal, archive: Archive
) -> None:
    journal.save_verdicts(queued.id, 0, [VERDICT])
    journal.say(queued.id, [], queue=[(0, "drift"), (2, "cost")])
    assert states(archive, queued.id) == {
        0: ("done", 0, None),
        1: ("pending", 0, None),
        2: ("pending", 0, None),
    }


def test_a_question_never_queued_is_named(queued: Interview, journal: Journal) -> None:
    for call in (
        lambda: journal.save_verdicts(queued.id, 5, [VERDICT]),
        lambda: journal.fail_grading(queued.id, 5, "why"),
        lambda: journal.requeue(queued.id, 5),
    ):
        with pytest.raises(NotStored, match="Question 5"):
            call()
