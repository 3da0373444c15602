"""Whatever is called, in whatever order: what is stored stays, and a repeat adds nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from store.archive import Archive
from store.engine import open_store
from store.errors import Finished, TurnTaken
from store.journal import Journal
from store.records import NewInterview, NewTurn, Turn

_numbers = count()


@dataclass(frozen=True)
class Accept:
    ahead: int
    key: str

    def call(self, journal: Journal, interview_id: str, following: int) -> list[Turn]:
        return [
            journal.accept(
                interview_id,
                seq=following + self.ahead,
                text=f"words under {self.key}",
                key=self.key,
                round_no=0,
                question_no=0,
                question_id=None,
            )
        ]


@dataclass(frozen=True)
class Say:
    ahead: int
    turns: int
    queue: int | None
    finish: bool

    def call(self, journal: Journal, interview_id: str, following: int) -> list[Turn]:
        first = following + self.ahead
        return journal.say(
            interview_id,
            [NewTurn(first + n, f"reply {n}", "reply") for n in range(self.turns)],
            queue=[] if self.queue is None else [(self.queue, "q")],
            finish="enough" if self.finish else None,
        )


AHEAD = st.sampled_from([0, 0, 0, 0, -1, -2, 1])
CALLS = st.one_of(
    st.builds(Accept, AHEAD, st.sampled_from("abcdef")),
    st.builds(
        Say,
        AHEAD,
        st.integers(0, 2),
        st.none() | st.integers(0, 2),
        st.sampled_from([False] * 9 + [True]),
    ),
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    path: Path = tmp_path_factory.mktemp("replay") / "greenroom.db"
    return open_store(f"sqlite:///{path}")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls=st.lists(CALLS, max_size=12))
def test_what_is_stored_stays_and_repeating_adds_nothing(
    shared: Engine, calls: list[Accept | Say]
) -> None:
    journal, archive = Journal(shared), Archive(shared)
    interview_id = f"{next(_numbers):032}"
    journal.begin(NewInterview("t", "c", "r", "l", {}, "1", "d", "m", id=interview_id))
    for call in calls:
        before = archive.turns(interview_id)
        status = archive.interview(interview_id).status
        try:
            given_back = call.call(journal, interview_id, len(before))
        except (TurnTaken, Finished):
            assert archive.turns(interview_id) == before, "a refusal stores nothing"
            assert archive.interview(interview_id).status == status
            continue
        after = archive.turns(interview_id)
        assert after[: len(before)] == before
        assert [turn.seq for turn in after] == list(range(len(after)))
        assert {turn.key for turn in given_back} <= {turn.key for turn in after}
        assert all(after[turn.seq] == turn for turn in given_back)
        keys = [turn.key for turn in after if turn.key is not None]
        assert len(set(keys)) == len(keys)

        exported = archive.export(interview_id)
        assert call.call(journal, interview_id, len(before)) == given_back
        assert archive.export(interview_id) == exported
