"""The worker: nothing is done twice, nothing is lost, one call at a time for each interview."""

from __future__ import annotations

from threading import Event

import pytest

from bot.backends.encoder import Encoder
from bot.domain import CANDIDATE, Action
from bot.errors import AnsweredElsewhere, BadAnswer, Bug, StoreBusy
from bot.interview import LONGEST_ANSWER, Interviews
from tests.ui.pages import SAID, Desk, wait_for
from ui.live import Live, Reply


def answers(desk: Desk, interview: str) -> list[str]:
    turns = desk.interviews.view(interview).turns
    return [t.text for t in turns if t.speaker == CANDIDATE]


def test_one_key_is_one_answer_however_often_it_is_sent(desk: Desk) -> None:
    interview = desk.begin()
    for _ in range(5):
        desk.worker.answer(interview, SAID, seq=2, key="one")
    desk.wait(interview)
    desk.worker.answer(interview, SAID, seq=2, key="one")
    desk.wait(interview)
    assert answers(desk, interview) == [SAID]
    attempt = desk.worker.attempt("one")
    assert attempt is not None and attempt.done and not attempt.failed


def test_of_two_tabs_one_is_heard_and_the_other_keeps_its_words(desk: Desk) -> None:
    interview = desk.begin()
    desk.worker.answer(interview, SAID, seq=2, key="left")
    desk.worker.answer(interview, "Mine was another.", seq=2, key="right")
    desk.wait(interview)
    both = {key: desk.worker.attempt(key) for key in ("left", "right")}
    lost = [a for a in both.values() if a is not None and a.failed]
    assert len(lost) == 1
    assert isinstance(lost[0].error, AnsweredElsewhere)
    assert len(answers(desk, interview)) == 1
    assert lost[0].draft not in answers(desk, interview)


def test_a_failed_attempt_can_be_made_again_with_its_key(desk: Desk) -> None:
    interview = desk.begin()
    desk.worker.answer(interview, "x" * (LONGEST_ANSWER + 1), seq=2, key="one")
    desk.wait(interview)
    first = desk.worker.attempt("one")
    assert first is not None and isinstance(first.error, BadAnswer)
    desk.worker.answer(interview, SAID, seq=2, key="one")
    desk.wait(interview)
    again = desk.worker.attempt("one")
    assert again is not None and not again.failed
    assert answers(desk, interview) == [SAID]


def test_buttons_count_once_too(desk: Desk) -> None:
    interview = desk.begin()
    desk.worker.act(interview, Action.REPEAT, seq=2, key="one")
    desk.worker.act(interview, Action.REPEAT, seq=2, key="one")
    desk.wait(interview)
    assert len(answers(desk, interview)) == 1


def test_what_nobody_foresaw_is_a_bug_with_a_way_on(
    desk: Desk, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    interview = desk.begin()

    def broken(_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:  # no input makes the encoder fail; a broken disk might
        patch.setattr(encoder, "embed", broken)
        desk.worker.answer(interview, SAID, seq=2, key="one")
        desk.wait(interview)
    attempt = desk.worker.attempt("one")
    assert attempt is not None and isinstance(attempt.error, Bug)
    assert "ZeroDivisionError" in attempt.error.message
    assert answers(desk, interview) == [SAID]  # stored before anything else happened
    desk.worker.retry(interview, "two")
    desk.wait(interview)
    assert not desk.interviews.view(interview).waiting_for_reply


def test_interviews_do_not_wait_for_each_other() -> None:
    started, go_on = Event(), Event()

    class Slow(Interviews):
        """Waits to be told, which no real model can be made to do."""

        def __init__(self) -> None:
            pass

        def retry(self, interview_id: str) -> list:  # type: ignore[type-arg]
            if interview_id == "slow":
                started.set()
                assert go_on.wait(20)
            return []

    worker = Live(Slow())
    worker.retry("slow", "a")
    assert started.wait(20)
    worker.retry("quick", "b")
    wait_for(lambda: (b := worker.attempt("b")) is not None and b.done)
    under_way = worker.under_way("slow")
    assert under_way is not None and under_way.key == "a"
    go_on.set()
    wait_for(lambda: worker.under_way("slow") is None)


def test_words_come_one_turn_after_the_other() -> None:
    reply = Reply(seqs=(3, 4), words=(10, 10), began=0.0)
    assert reply.shown(0.0) == {3: 1, 4: 0}
    assert reply.shown(0.5) == {3: 10, 4: 5}
    assert reply.shown(60.0) == {}


def test_an_error_is_remembered_until_it_is_forgotten(desk: Desk) -> None:
    desk.worker.retry("no-such-interview", "one")
    wait_for(lambda: (a := desk.worker.attempt("one")) is not None and a.done)
    attempt = desk.worker.attempt("one")
    assert attempt is not None and attempt.failed and not isinstance(attempt.error, StoreBusy)
    desk.worker.forget("one")
    assert desk.worker.attempt("one") is None
