"""The door: answers that come twice, too soon, or too long, and an answer of the longest kind."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.domain import Act, Typed
from bot.errors import AnsweredElsewhere, BadAnswer, NotFound, TryAgain
from bot.interview import LONGEST_ANSWER, Interviews
from store.engine import open_store
from store.journal import Journal
from tests.graph.stage import open_house

ANSWER = "I asked him over lunch why he held to it, and we agreed on a trial in six shops."


@pytest.fixture
def house(tmp_path: Path) -> Interviews:
    return open_house(tmp_path)


@pytest.fixture
def begun(house: Interviews) -> str:
    return house.start(house.plan("general/software-engineer", rounds=["behaviour"]))


def crash_after_accepting(folder: Path, interview_id: str, seq: int, question_id: str) -> None:
    """Store an answer as a program does that is killed before it can reply."""
    engine = open_store(f"sqlite:///{folder / 'greenroom.db'}")
    place = {"round_no": 0, "question_no": 0, "question_id": question_id}
    Journal(engine).accept(interview_id, seq=seq, text=ANSWER, key="lost", **place)
    engine.dispose()


def test_an_answer_before_the_reply_does_not_lose_the_place(
    house: Interviews, begun: str, tmp_path: Path
) -> None:
    before = house.view(begun)
    question = before.turns[-1].question_id
    assert question is not None
    crash_after_accepting(tmp_path, begun, before.next_seq, question)
    with pytest.raises(TryAgain, match=r"not replied yet.*safe"):
        house.answer(begun, Typed("And another thing.", "new"), seq=before.next_seq + 1)
    replies = house.retry(begun)
    assert [r.kind for r in replies] == [Act.FOLLOW_UP]
    assert {r.question_id for r in replies} == {question}
    assert house.view(begun).turns[before.next_seq].text == ANSWER
    assert house.retry(begun) == []


def test_the_same_answer_twice_is_one_answer(house: Interviews, begun: str) -> None:
    seq = house.view(begun).next_seq
    first = house.answer(begun, Typed(ANSWER, "k"), seq=seq)
    assert first and house.answer(begun, Typed(ANSWER, "k"), seq=seq) == []
    assert house.view(begun).next_seq == seq + 1 + len(first)


def test_another_tabs_answer_is_refused_and_nothing_is_lost(house: Interviews, begun: str) -> None:
    seq = house.view(begun).next_seq
    house.answer(begun, Typed(ANSWER, "one"), seq=seq)
    turns = house.view(begun).turns
    with pytest.raises(AnsweredElsewhere, match="another tab"):
        house.answer(begun, Typed("Something else.", "two"), seq=seq)
    assert house.view(begun).turns == turns


def test_an_answer_of_200_kb_is_refused_before_it_is_stored(house: Interviews, begun: str) -> None:
    turns = house.view(begun).turns
    with pytest.raises(BadAnswer, match=r"200,000 characters.*50,000"):
        house.answer(begun, Typed("x" * 200_000, "k"), seq=len(turns))
    assert house.view(begun).turns == turns


@pytest.mark.parametrize(
    "text", ["We tried it, and it held. ", "word ", "a, b; c: ", "\u202e<b>x</b>\x00 "]
)
def test_the_longest_answer_is_replied_to(house: Interviews, begun: str, text: str) -> None:
    seq = house.view(begun).next_seq
    long = (text * LONGEST_ANSWER)[:LONGEST_ANSWER]
    began = time.monotonic()
    assert house.answer(begun, Typed(long, "k"), seq=seq)
    assert time.monotonic() - began < 20.0
    assert house.view(begun).turns[seq].text == long


def test_an_interview_that_does_not_exist(house: Interviews) -> None:
    with pytest.raises(NotFound, match="no interview"):
        house.answer("0" * 32, Typed("Hello.", "k"), seq=1)
