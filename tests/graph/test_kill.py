"""`kill -9` at any instant: what was answered is there, once, and the interview goes on from it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.domain import CANDIDATE
from bot.interview import Interviews
from bot.views import View
from tests.graph import stage
from tests.graph.killed_run import ID

KILLS = 20
ANSWERS: list[dict[str, str]] = [
    {"text": "I read the support tickets first, and two banks were behind the request."},
    {"action": "hint"},
    {"text": "We put it at four days with a colleague, and one more for retesting."},
    {"text": "Could you repeat the question?"},
    {"text": "Fine."},
    {"text": "Rather than the button I offered a script that an engineer would run by hand."},
    {"action": "skip"},
    {"text": "I don't know."},
    {"text": "I wrote to the sales lead that same afternoon, with the reason in three lines."},
    {"action": "skip"},
    {"text": "Which cloud and tools do you work with?"},
    {"text": "No, that's all."},
]
START = ["interview", "atlassian/ml-engineer", "--rounds", "values", "--questions", "3"]
Runner = Callable[..., dict[str, Any]]


@contextmanager
def runner() -> Iterator[Runner]:
    """Yield a function that runs `greenroom` once, killed after so many seconds or not at all."""
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.graph.killed_run"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def run(folder: Path, *arguments: str, after: float | None = None) -> dict[str, Any]:
        order = {"arguments": arguments, "folder": str(folder), "after": after}
        process.stdin.write(f"{json.dumps(order)}\n")
        process.stdin.flush()
        told: dict[str, Any] = json.loads(process.stdout.readline())
        return told

    try:
        yield run
    finally:
        process.communicate()


def transcript(view: View) -> list[tuple[object, ...]]:
    # What the last turn was taken for stands in it only once the reply is thought out.
    heard = {view.turns[-1].seq} if view.waiting_for_reply and view.turns else set()
    return [
        (t.seq, t.speaker, t.text, t.round_no, t.question_no, t.question_id, t.criterion_id)
        + ((t.kind,) if t.seq not in heard else ())
        for t in view.turns
    ]


def begins(whole: View, part: View) -> bool:
    """Whether `part` is the beginning of `whole`."""
    pairs = zip(transcript(whole), transcript(part), strict=False)
    return all(a[: len(b)] == b for a, b in pairs) and len(part.turns) <= len(whole.turns)


@lru_cache
def house_in(folder: Path) -> Interviews:
    return stage.open_house(folder)


def stored(folder: Path) -> View | None:
    house = house_in(folder)
    return house.view(ID) if house.history() else None


def graded(folder: Path) -> list[tuple[object, ...]]:
    report = house_in(folder).report(ID)
    return [
        (q.question_no, c.id, c.status, round(c.score or 0.0, 4), c.quotes)
        for r in report.rounds
        for q in r.questions
        for c in q.criteria
    ]


def test_killed_and_resumed_it_is_the_same_interview(tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text("".join(f"{json.dumps(a)}\n" for a in ANSWERS), encoding="utf-8")
    options = ["--answers", str(answers), "--json"]
    rng = random.Random(20261121)
    with runner() as run:
        whole = run(tmp_path / "whole", *START, *options)
        assert whole["status"] == 0, whole["out"]
        expected = stored(tmp_path / "whole")
        assert expected is not None
        assert expected.ended_because == "completed"
        kills, round_, stopped_at = 0, 0, set()
        while kills < KILLS:
            round_ += 1
            folder = tmp_path / f"killed{round_}"
            told: dict[str, Any] = {"killed": True}
            while told["killed"]:
                before = stored(folder) if folder.exists() else None
                command = ["resume", ID[:8]] if before else START
                after = rng.uniform(0.0, 0.8 * whole["seconds"]) if kills < KILLS else None
                told = run(folder, *command, *options, after=after)
                view = stored(folder)
                kills += told["killed"]
                if view is not None:
                    stopped_at.add(view.turns[-1].speaker if view.turns else "begun")
                    assert begins(expected, view)
                    assert before is None or len(view.turns) >= len(before.turns)
            assert told["status"] == 0, told["out"]
            view = stored(folder)
            assert view is not None
            assert transcript(view) == transcript(expected)
            said = [t for t in view.turns if t.speaker == CANDIDATE]
            assert len(said) == len(ANSWERS), "no answer is lost or doubled"
            assert graded(folder) == graded(tmp_path / "whole")
    assert len(stopped_at) > 1, "it was killed at either's turn"
