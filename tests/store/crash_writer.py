"""Writers that are killed: run by test_crash.py, which sends a database's address for each round.

It loads the store once and forks for every writer, so that a round costs a few
milliseconds instead of an import.

    crash_writer.py interview    one writer, killed at a random moment
    crash_writer.py opening      the same while it makes and opens the database
    crash_writer.py race         two writers, let go at once at the same turn
    crash_writer.py crowd        four that make and open the same database at once
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import NoReturn

import store.upgrade  # noqa: F401 (so that no writer spends its life importing it)
from store.archive import Archive
from store.engine import open_store
from store.errors import TurnTaken
from store.journal import Journal
from store.records import NewInterview, NewTurn, NewVerdict

ID = "c" * 32


def told(pipe: int, **what: object) -> None:
    """Acknowledge: in one write, which a kill can't cut in two."""
    os.write(pipe, json.dumps(what).encode() + b"\n")


def converse(url: str, pipe: int) -> NoReturn:
    """Go on with the interview from wherever the one before was killed, for ever."""
    engine = open_store(url)
    journal, archive = Journal(engine), Archive(engine)
    journal.begin(NewInterview("t", "c", "r", "l", {}, "1", "d", "m", id=ID))
    last = archive.last_turn(ID)
    if last is not None and last.speaker == "candidate":
        # The sender never heard whether its answer was stored, and sends it again.
        assert last.key is not None
        assert accept(journal, last.seq, last.key) == last.seq
    seq = 0 if last is None else last.seq + 1
    while True:
        if seq % 3 == 0:
            accept(journal, seq, f"key {seq}")
            told(pipe, seq=seq, speaker="candidate")
            seq += 1
        question = seq // 3
        said = journal.say(
            ID,
            [NewTurn(seq, f"reply {seq}", "reply"), NewTurn(seq + 1, "next", "question")],
            queue=[(question, f"q{question}")],
        )
        told(pipe, seq=said[-1].seq, speaker="interviewer")
        verdict = NewVerdict("c", "met", "r", (), "closed", "m", "a", "b", "c")
        journal.save_verdicts(ID, question, [verdict])
        told(pipe, graded=question)
        seq += 2


def accept(journal: Journal, seq: int, key: str) -> int:
    place = {"round_no": 0, "question_no": seq // 3, "question_id": None}
    return journal.accept(ID, seq=seq, text=f"answer {seq} " * 20, key=key, **place).seq


def open_for_ever(url: str, pipe: int) -> NoReturn:
    open_store(url).dispose()
    told(pipe, opened=True)
    while True:
        open_store(url).dispose()


def open_together(url: str, pipe: int, gate: int) -> None:
    told(pipe, ready=True)
    os.read(gate, 1)
    open_store(url).dispose()
    told(pipe, opened=True)


def contend(url: str, pipe: int, gate: int) -> None:
    """Wait until the gate closes, then answer; say who stands there in the end."""
    engine = open_store(url)
    journal = Journal(engine)
    seq = (Archive(engine).last_turn(ID) or _begun(journal)).seq + 1
    told(pipe, ready=True)
    os.read(gate, 1)
    key = f"from {os.getpid()}"
    try:
        accept(journal, seq, key)
        told(pipe, won=key, seq=seq)
    except TurnTaken as taken:
        told(pipe, lost_to=taken.existing.key if taken.existing else None, seq=seq)


def _begun(journal: Journal) -> NewTurn:
    journal.begin(NewInterview("t", "c", "r", "l", {}, "1", "d", "m", id=ID))
    first = NewTurn(0, "Hello", "opening")
    journal.say(ID, [first])
    return first


def forked(work: Callable[[int], object]) -> tuple[int, int]:
    """Start `work` in a child; return its id and the end of the pipe that it writes to."""
    heard, spoken = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        try:
            work(spoken)
        except BaseException as error:  # shown by the test, as the child can't
            told(spoken, failed=repr(error))
        finally:
            os._exit(0)
    os.close(spoken)
    return child, heard


def lines(pipe: int) -> list[dict[str, object]]:
    with os.fdopen(pipe) as file:
        return [json.loads(line) for line in file]


def killed(work: Callable[[int], object]) -> list[dict[str, object]]:
    child, heard = forked(work)
    time.sleep(10 ** random.uniform(-2.7, -0.3))  # from 2 ms to 0.5 s, half of them below 0.03
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return lines(heard)


def at_once(work: Callable[[int, int], object], number: int) -> list[dict[str, object]]:
    """Start so many children, and close the gate that they wait at once all are ready."""
    gate, hold = os.pipe()

    def wait_first(pipe: int) -> None:
        os.close(hold)
        work(pipe, gate)

    children = [forked(wait_first) for _ in range(number)]
    os.close(gate)
    for _, heard in children:
        while os.read(heard, 1) != b"\n":
            pass
    os.close(hold)
    for child, _ in children:
        os.waitpid(child, 0)
    return [line for _, heard in children for line in lines(heard)]


def warm_up() -> None:
    """Use the store once, elsewhere, so that each writer need not prepare what it all needs."""
    with TemporaryDirectory() as folder:
        engine = open_store(f"sqlite:///{folder}/warm.db")
        _begun(Journal(engine))
        Archive(engine).export(ID)
        engine.dispose()


def main() -> None:
    rounds: dict[str, Callable[[str], list[dict[str, object]]]] = {
        "interview": lambda url: killed(lambda pipe: converse(url, pipe)),
        "opening": lambda url: killed(lambda pipe: open_for_ever(url, pipe)),
        "race": lambda url: at_once(lambda pipe, gate: contend(url, pipe, gate), 2),
        "crowd": lambda url: at_once(lambda pipe, gate: open_together(url, pipe, gate), 4),
    }
    play = rounds[sys.argv[1]]
    warm_up()
    for line in sys.stdin:
        print(json.dumps(play(line.strip())), flush=True)


if __name__ == "__main__":
    main()
