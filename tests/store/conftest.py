from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from store.archive import Archive
from store.engine import open_store
from store.journal import Journal
from store.records import Interview, NewInterview, NewTurn, Turn


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "greenroom.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_store(url, busy_timeout=0.2)
    yield engine
    engine.dispose()


@pytest.fixture
def journal(engine: Engine) -> Journal:
    return Journal(engine)


@pytest.fixture
def archive(engine: Engine) -> Archive:
    return Archive(engine)


@pytest.fixture
def begin(journal: Journal) -> Callable[..., Interview]:
    """Begin an interview, of this track if one is named."""

    def begin(track: str = "atlassian/ml-engineer") -> Interview:
        return journal.begin(
            NewInterview(
                track=track,
                company="Atlassian",
                role="ML engineer",
                level="P50",
                plan={"rounds": [{"questions": ["drift", "queues"]}]},
                pack_version="2026.11.1",
                pack_digest="p" * 64,
                model="scripted",
            )
        )

    return begin


@pytest.fixture
def interview(begin: Callable[..., Interview], journal: Journal) -> Interview:
    """An interview whose turn 0 is said: the question numbered 0, `drift`."""
    interview = begin()
    question = NewTurn(
        0, "How would you notice drift?", "question", round_no=0, question_no=0, question_id="drift"
    )
    journal.say(interview.id, [question])
    return interview


@pytest.fixture
def answer(journal: Journal) -> Callable[..., Turn]:
    """Accept an answer to question 0; its key is its text unless another is given."""

    def answer(interview_id: str, seq: int, text: str = "By watching it.", key: str = "") -> Turn:
        return journal.accept(
            interview_id,
            seq=seq,
            text=text,
            key=key or text,
            round_no=0,
            question_no=0,
            question_id="drift",
        )

    return answer
