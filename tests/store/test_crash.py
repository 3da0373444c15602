from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from store.archive import Archive
from store.engine import open_store

ID = "c" * 32
Round = Callable[[str], list[dict[str, Any]]]


@contextmanager
def writers(mode: str) -> Iterator[Round]:
    """Yield a function that runs one round of crash_writer.py and returns what was told."""
    script = Path(__file__).with_name("crash_writer.py")
    process = subprocess.Popen(
        [sys.executable, str(script), mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(script.parents[2])},
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def run(url: str) -> list[dict[str, Any]]:
        process.stdin.write(f"{url}\n")
        process.stdin.flush()
        told: list[dict[str, Any]] = json.loads(process.stdout.readline())
        assert [line for line in told if "failed" in line] == []
        return told

    try:
        yield run
    finally:
        process.communicate()


def sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)] and not broken


def test_killed_forty_times_it_loses_nothing_and_writes_nothing_twice(path: Path, url: str) -> None:
    open_store(url).dispose()
    told: list[dict[str, Any]] = []
    interrupted_after = {"candidate": 0, "interviewer": 0}
    with writers("interview") as run:
        for _ in range(40):
            told += run(url)
            assert sound(path)
            engine = open_store(url)
            archive = Archive(engine)
            turns, gradings, verdicts = (
                archive.turns(ID),
                archive.gradings(ID),
                archive.verdicts(ID),
            )
            engine.dispose()
            if turns:
                interrupted_after[turns[-1].speaker] += 1

            assert [turn.seq for turn in turns] == list(range(len(turns)))
            acknowledged = {line["seq"]: line["speaker"] for line in told if "seq" in line}
            assert acknowledged.items() <= {t.seq: t.speaker for t in turns}.items()
            answers = [turn for turn in turns if turn.speaker == "candidate"]
            assert [turn.key for turn in answers] == [f"key {turn.seq}" for turn in answers]
            # A reply, the question after it and the grading it queues come together.
            said = [turn.kind for turn in turns if turn.speaker == "interviewer"]
            assert said == ["reply", "question"] * (len(said) // 2)
            assert sorted(grading.question_no for grading in gradings) == list(
                range(len(said) // 2)
            )
            done = {grading.question_no for grading in gradings if grading.state == "done"}
            assert {verdict.question_no for verdict in verdicts} == done
            assert {line["graded"] for line in told if "graded" in line} <= done
    assert len(told) > 100, "it got somewhere between the kills"
    assert min(interrupted_after.values()) > 0, "and was killed at either's turn"


def test_killed_while_it_is_made_a_database_opens_the_next_time(tmp_path: Path) -> None:
    ready = 0
    with writers("opening") as run:
        for attempt in range(30):
            path = tmp_path / f"{attempt}.db"
            url = f"sqlite:///{path}"
            ready += bool(run(url))
            engine = open_store(url)
            assert Archive(engine).interviews(1) == []
            engine.dispose()
            assert sound(path)
    assert 0 < ready < 30, "some were killed before it was made, and some after"


def test_of_two_programs_answering_at_once_one_is_heard(path: Path, url: str) -> None:
    open_store(url).dispose()
    with writers("race") as run:
        for _ in range(12):
            told = run(url)
            won = [line["won"] for line in told if "won" in line]
            lost = [line["lost_to"] for line in told if "lost_to" in line]
            assert len(won) == 1
            assert lost == won, "the other is told who was"
            assert len({line["seq"] for line in told if "seq" in line}) == 1
    engine = open_store(url)
    assert len(Archive(engine).turns(ID)) == 13
    engine.dispose()


def test_programs_that_make_one_database_at_once_all_open_it(tmp_path: Path) -> None:
    with writers("crowd") as run:
        for attempt in range(6):
            path = tmp_path / f"{attempt}.db"
            assert run(f"sqlite:///{path}") == [{"opened": True}] * 4
            assert sound(path)
