"""What a turn costs besides the model, and whether that grows with the interview.

Plays an interview of 200 answers, 120 words each, on the scripted backend, with
a stub in place of the encoder that costs nothing; then the same with the real
encoder. Baseline: the same texts appended to a plain file, with an fsync after
the answer and one after the reply, as safe as a journal can be had.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from bench.free_encoder import FreeEncoder
from bench.table import Target, place, settle, show
from bot import settings
from bot.backends.catalog import Catalog
from bot.backends.encoder import Encoder
from bot.backends.scripted import ScriptedChat
from bot.domain import Plan, PlannedQuestion, PlannedRound, Typed
from bot.interview import Interviews
from bot.ports import SentenceEncoder
from bot.settings import Settings
from rubrics.loader import Library, load_library
from rubrics.schema import Level, Question
from ui.wiring import assemble, scripted_status

WORDS = 120
QUESTIONS_IN_A_ROUND = 5
SHARES = {"Yes": 0.7, "No": 0.3, "A": 0.7, "B": 0.3}


@dataclass(frozen=True)
class Run:
    """Seconds and processor seconds for each turn, each append of the baseline, and bytes."""

    turns: list[float]
    processor: list[float]
    appends: list[float]
    transcript: int
    database: int

    @property
    def bytes_ratio(self) -> float:
        return self.database / self.transcript

    @property
    def growth(self) -> float:
        """The median of the last ten turns over that of the first ten."""
        return statistics.median(self.turns[-10:]) / statistics.median(self.turns[:10])


def main(
    turns: Annotated[int, typer.Option(help="Answers to play")] = 200,
    real: Annotated[bool, typer.Option(help="Also with the real encoder")] = True,
    check: Annotated[bool, typer.Option(help="Exit with 1 when a target is missed")] = False,
) -> None:
    """Print what a turn costs, its growth, and the size of the database."""
    library = load_library()
    free = play(library, FreeEncoder(), turns)
    rows = [
        _row("a plain file with fsync (baseline)", free.appends),
        _row("ours, encoder stubbed", free.turns),
        _row("  of it, processor time", free.processor),
    ]
    if real:
        encoder = Encoder(Catalog.load().path("all-minilm-l6-v2", settings.load()))
        rows.append(_row("ours, with the real encoder", play(library, encoder, turns).turns))
    print(f"The cost of a turn besides the model, {turns} answers of {WORDS} words, {place()}")
    show("Milliseconds a turn", ["", "median", "95%", "first ten", "last ten"], rows)
    show(
        "Size",
        ["transcript", "database", "ratio"],
        [[f"{free.transcript:,}", f"{free.database:,}", f"{free.bytes_ratio:.2f}"]],
    )
    over = statistics.median(free.turns) / statistics.median(free.appends)
    print(f"\n  ours to the plain file, median: {over:.1f}")
    settle(
        [
            Target("our own cost, 95th percentile", 1000 * _high(free.turns), 20, " ms"),
            Target("last ten turns to first ten", free.growth, 1.3),
            Target("database bytes to transcript bytes", free.bytes_ratio, 4),
        ],
        check=check,
    )


def play(library: Library, encoder: SentenceEncoder, turns: int) -> Run:
    """Play an interview of so many answers, all graded at the end."""
    with TemporaryDirectory() as folder:
        chosen = Settings(data_dir=Path(folder))
        chat = ScriptedChat(otherwise=SHARES)
        status = scripted_status("scripted")
        interviews = assemble(chosen, library, encoder, chat, lambda: status)
        id_ = interviews.start(_plan(library, turns))
        _until_prepared()
        took = _answers(interviews, id_, library, turns, Path(folder) / "baseline.txt")
        interviews.finish_grading(id_)
        texts = [t.text for t in interviews.view(id_).turns]
        del interviews
        size = _size(Path(folder) / "greenroom.db")
    return Run(*took, sum(len(t.encode()) for t in texts), size)


def _answers(
    interviews: Interviews, id_: str, library: Library, turns: int, baseline: Path
) -> tuple[list[float], list[float], list[float]]:
    took: list[float] = []
    processor: list[float] = []
    appends: list[float] = []
    seq = interviews.view(id_).next_seq
    words = _words(library)
    with baseline.open("ab", buffering=0) as plain:
        for number in range(turns):
            text = " ".join(words[(number * 31 + i) % len(words)] for i in range(WORDS))
            began, work = time.perf_counter(), time.process_time()
            replies = interviews.answer(id_, Typed(text, f"key-{number}"), seq=seq)
            took.append(time.perf_counter() - began)
            processor.append(time.process_time() - work)
            seq = replies[-1].seq + 1
            began = time.perf_counter()
            for part in (text, "\n".join(r.text for r in replies)):
                plain.write(part.encode())
                os.fsync(plain.fileno())
            appends.append(time.perf_counter() - began)
    return took, processor, appends


def _until_prepared() -> None:
    """Wait for what is done once, in the background, while a candidate reads the question."""
    for thread in threading.enumerate():
        if thread.name == "preparing":
            thread.join()


def _words(library: Library) -> list[str]:
    """Return the words of every strong answer: text as candidates speak, never twice the same."""
    return [w for p in library.packs for q in p.questions() for w in q.strong_answer().split()]


def _plan(library: Library, turns: int) -> Plan:
    """Return a loop long enough for so many answers, through all questions of all packs."""
    questions = [q for p in library.packs for q in p.questions()]
    rounds = turns // QUESTIONS_IN_A_ROUND + 1  # each question takes one answer at least
    return Plan(
        track=library.track_names()[0],
        company="Bench",
        role_title="Bench",
        level=Level.MID,
        pack_version="1",
        pack_digest=library.packs[0].digest,
        rounds=tuple(_round(questions, n) for n in range(rounds)),
    )


def _round(questions: list[Question], number: int) -> PlannedRound:
    first = number * QUESTIONS_IN_A_ROUND
    picked = [questions[(first + i) % len(questions)] for i in range(QUESTIONS_IN_A_ROUND)]
    return PlannedRound(
        round_id=f"round-{number}",
        title=f"Round {number}",
        minutes=60,
        interviewer="Bench",
        interviewer_role="bench",
        opening="Hello, I am the bench.",
        closing="That was this round.",
        questions=tuple(
            PlannedQuestion(question_id=q.id, minutes=q.minutes, why="bench") for q in picked
        ),
    )


def _size(database: Path) -> int:
    """Return the bytes of a database on disk, its write-ahead log copied in."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return sum(f.stat().st_size for f in database.parent.glob(f"{database.name}*"))


def _high(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


def _row(name: str, seconds: list[float]) -> list[str]:
    marks = [
        statistics.median(seconds),
        _high(seconds),
        statistics.median(seconds[:10]),
        statistics.median(seconds[-10:]),
    ]
    return [name, *(f"{1000 * m:.1f}" for m in marks)]


if __name__ == "__main__":
    typer.run(main)
