from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from store.archive import Archive
from store.errors import Finished, NotStored, TurnTaken
from store.journal import Journal
from store.records import Interview, NewInterview, NewTurn, Turn

Answer = Callable[..., Turn]


def reply(seq: int, text: str = "Go on.", kind: str = "follow_up") -> NewTurn:
    return NewTurn(seq, text, kind, round_no=0, question_no=0, question_id="drift")


def test_what_was_begun_is_what_is_stored(interview: Interview, archive: Archive) -> None:
    stored = archive.interview(interview.id)
    assert dataclasses.replace(stored, updated_at=interview.updated_at) == interview
    assert stored.plan == {"rounds": [{"questions": ["drift", "queues"]}]}
    assert stored.status == "active"
    assert stored.created_at.tzinfo is UTC
    assert abs(datetime.now(UTC) - stored.created_at) < timedelta(minutes=1)


def test_beginning_twice_with_one_id_begins_one(journal: Journal, archive: Archive) -> None:
    new = NewInterview("t", "c", "r", "l", {"n": 1}, "1", "d", "m")
    first = journal.begin(new)
    again = journal.begin(dataclasses.replace(new, plan={"n": 2}))
    assert again == first
    assert len(archive.interviews(10)) == 1


def test_turns_come_back_as_they_were_returned(
    interview: Interview, journal: Journal, archive: Archive, answer: Answer
) -> None:
    accepted = answer(interview.id, 1, "I'd compare the feature distributions.")
    said = journal.say(
        interview.id,
        [
            dataclasses.replace(
                reply(2), criterion_id="alerts", detail={"coverage": [0.25, 1]}, seconds=1.5
            )
        ],
    )
    stored = archive.turns(interview.id)
    assert stored[1:] == [accepted, *said]
    assert [turn.speaker for turn in stored] == ["interviewer", "candidate", "interviewer"]
    assert accepted.kind == "answer"
    assert said[0].detail == {"coverage": [0.25, 1]}
    assert said[0].seconds == 1.5
    assert archive.interview(interview.id).updated_at == said[0].at


def test_the_same_key_returns_the_stored_answer(
    interview: Interview, journal: Journal, archive: Archive, answer: Answer
) -> None:
    first = answer(interview.id, 1, "One", key="k")
    assert answer(interview.id, 1, "Two", key="k") == first
    journal.say(interview.id, [reply(2)])
    assert answer(interview.id, 3, "Two", key="k") == first, "wherever it is sent again"
    assert len(archive.turns(interview.id)) == 3


def test_another_key_is_told_what_stands_there(interview: Interview, answer: Answer) -> None:
    first = answer(interview.id, 1, "From one tab")
    with pytest.raises(TurnTaken) as caught:
        answer(interview.id, 1, "From the other tab")
    assert caught.value.existing == first
    assert caught.value.expected == 2


@pytest.mark.parametrize("seq", [-1, 2, 7])
def test_an_answer_leaves_no_gap(
    seq: int, interview: Interview, archive: Archive, answer: Answer
) -> None:
    with pytest.raises(TurnTaken, match="before turn 1") as caught:
        answer(interview.id, seq)
    assert caught.value.existing is None
    assert caught.value.expected == 1
    assert len(archive.turns(interview.id)) == 1


def test_one_key_may_be_used_in_two_interviews(
    begin: Callable[..., Interview], answer: Answer
) -> None:
    turns = [answer(begin().id, 0, key="k") for _ in range(2)]
    assert turns[0].interview_id != turns[1].interview_id


def test_a_finished_interview_takes_no_answer(
    interview: Interview, journal: Journal, answer: Answer
) -> None:
    first = answer(interview.id, 1)
    journal.finish(interview.id, "the candidate left")
    with pytest.raises(Finished, match="the candidate left"):
        answer(interview.id, 2, "One more thing")
    with pytest.raises(Finished):
        journal.say(interview.id, [reply(2)])
    assert answer(interview.id, 1) == first, "an answer that is stored stays acknowledged"


def test_classify_sets_what_the_answer_was(
    interview: Interview, journal: Journal, archive: Archive, answer: Answer
) -> None:
    answer(interview.id, 1, "What is our traffic?")
    journal.classify(interview.id, 1, "clarification", {"fact": "traffic"})
    turn = archive.last_turn(interview.id)
    assert turn is not None
    assert (turn.kind, turn.detail) == ("clarification", {"fact": "traffic"})
    assert turn.text == "What is our traffic?"


@pytest.mark.parametrize("seq", [0, 1])
def test_only_the_candidates_turns_are_classified(
    seq: int, interview: Interview, journal: Journal
) -> None:
    with pytest.raises(NotStored, match=f"no turn {seq}"):
        journal.classify(interview.id, seq, "clarification", {})


def test_saying_it_again_changes_nothing(
    interview: Interview, journal: Journal, archive: Archive, answer: Answer
) -> None:
    answer(interview.id, 1)
    said = journal.say(
        interview.id, [reply(2), reply(3, "Next:", "question")], queue=[(0, "drift")]
    )
    before = archive.export(interview.id)
    other = journal.say(interview.id, [reply(2, "Other"), reply(3, "Words")], queue=[(0, "drift")])
    assert other == said
    assert archive.export(interview.id) == before


def test_a_reply_half_repeated_is_completed(
    interview: Interview, journal: Journal, archive: Archive, answer: Answer
) -> None:
    answer(interview.id, 1)
    first = journal.say(interview.id, [reply(2)])
    both = journal.say(interview.id, [reply(2), reply(3)])
    assert both[0] == first[0]
    assert [turn.seq for turn in archive.turns(interview.id)] == [0, 1, 2, 3]


def test_the_interviewer_never_speaks_over_the_candidate(
    interview: Interview, journal: Journal, archive: Archive, answer: Answer
) -> None:
    mine = answer(interview.id, 1)
    with pytest.raises(TurnTaken) as caught:
        journal.say(interview.id, [reply(1)])
    assert caught.value.existing == mine
    with pytest.raises(TurnTaken):
        journal.say(interview.id, [reply(2), reply(4)], queue=[(0, "drift")], finish="over")
    assert len(archive.turns(interview.id)) == 2, "not even the part that would have fitted"
    assert archive.gradings(interview.id) == []
    assert archive.interview(interview.id).status == "active"


def test_the_last_words_end_the_interview(
    interview: Interview, journal: Journal, archive: Archive
) -> None:
    said = journal.say(interview.id, [reply(1, "Goodbye.")], finish="all rounds done")
    ended = archive.interview(interview.id)
    assert (ended.status, ended.ended_because) == ("finished", "all rounds done")
    assert ended.ended_at == said[0].at
    assert journal.say(interview.id, [reply(1)], finish="again") == said
    journal.finish(interview.id, "again")
    assert archive.interview(interview.id) == ended


def test_an_unknown_interview_is_named(journal: Journal, archive: Archive, answer: Answer) -> None:
    for call in (
        lambda: answer("nowhere", 0),
        lambda: journal.say("nowhere", [reply(0)]),
        lambda: journal.classify("nowhere", 0, "answer", {}),
        lambda: journal.finish("nowhere", "why"),
        lambda: journal.save_verdicts("nowhere", 0, []),
        lambda: journal.fail_grading("nowhere", 0, "why"),
        lambda: journal.requeue("nowhere", None),
        lambda: journal.save_report("nowhere", {}),
        lambda: archive.interview("nowhere"),
        lambda: archive.export("nowhere"),
        lambda: archive.delete("nowhere"),
    ):
        with pytest.raises(NotStored, match="nowhere"):
            call()
    assert archive.turns("nowhere") == []
    assert archive.report("nowhere") is None


def test_of_many_threads_one_answers(
    interview: Interview, archive: Archive, answer: Answer
) -> None:
    def attempt(tab: int) -> Turn | TurnTaken:
        try:
            return answer(interview.id, 1, f"From tab {tab}")
        except TurnTaken as taken:
            return taken

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))
    won = [outcome for outcome in outcomes if isinstance(outcome, Turn)]
    lost = [outcome.existing for outcome in outcomes if isinstance(outcome, TurnTaken)]
    assert len(won) == 1
    assert lost == won * 7
    assert archive.last_turn(interview.id) == won[0]
