"""Runs `greenroom` in children that test_kill.py kills: the real command, on a scripted model.

Reads one JSON object a line: the command's arguments, the data folder, and the
seconds after which the child is killed (null: never). Writes what came of it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bot import interview
from store.records import NewInterview
from tests.graph import stage
from ui import cli, wiring

ID = "abcdef0123456789" * 2


def child(arguments: list[str], folder: Path, out: Path) -> None:
    # One id for all, so that the interviewer's phrases come in one order.
    interview.NewInterview = partial(NewInterview, id=ID)  # type: ignore[attr-defined,assignment]
    house = stage.open_house(folder)
    house.start_worker()
    wiring.interviews = lambda *, grading=True: house
    with out.open("a", encoding="utf-8") as told:
        os.dup2(told.fileno(), 1)
        os.dup2(told.fileno(), 2)
        sys.stdout = os.fdopen(1, "w", buffering=1)
        cli.main(arguments)


def run(order: dict[str, object]) -> dict[str, object]:
    folder = Path(str(order["folder"]))
    out = folder.with_suffix(".out")
    out.write_text("", encoding="utf-8")
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            child(list(order["arguments"]), folder, out)  # type: ignore[call-overload]
        except SystemExit as end:
            status = int(end.code or 0)
        finally:
            sys.stdout.flush()
            os._exit(status)
    after = order["after"]
    if isinstance(after, int | float):
        time.sleep(after)
        os.kill(pid, signal.SIGKILL)
    _, ended = os.waitpid(pid, 0)
    return {
        "killed": os.WIFSIGNALED(ended),
        "status": None if os.WIFSIGNALED(ended) else os.WEXITSTATUS(ended),
        "seconds": time.monotonic() - began,
        "out": out.read_text(encoding="utf-8"),
    }


def warm_up(question: str) -> None:
    """Embed what the runs need, so that kills fall into the interview and not into loading."""
    with TemporaryDirectory() as folder:
        house = stage.open_house(Path(folder))
        house.view(house.start(house.plan("atlassian/ml-engineer", rounds=["values"])))
        house.grade(question, stage.library().question(question)[1].strong_answer())


def main() -> None:
    warm_up("launch-week-request")
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
