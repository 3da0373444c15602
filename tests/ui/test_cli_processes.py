"""The command as a program of its own: a chat in a terminal, and the pages it serves."""

from __future__ import annotations

import os
import pty
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from bot.domain import CANDIDATE
from bot.errors import FixSetup
from bot.settings import Settings
from tests.graph import stage
from ui import cli
from ui.commands import serve

TRACK = "atlassian/ml-engineer"
ROOT = Path(cli.__file__).parents[1]

CHAT = """
import sys
from pathlib import Path
from tests.graph import stage
from ui import cli, wiring
house = stage.open_house(Path(sys.argv[1]))
wiring.interviews = lambda *, grading=True: house
cli.main(sys.argv[2:])
"""


class Terminal:
    """`greenroom` in a terminal of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        ours, theirs = pty.openpty()
        self.end = ours
        self.process = subprocess.Popen(
            [sys.executable, "-c", CHAT, str(folder), *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=ROOT,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        )
        os.close(theirs)
        self.seen = ""

    def until(self, text: str, seconds: float = 60.0) -> str:
        """Read until `text` shows after what was seen before; return what came."""
        end, new = time.monotonic() + seconds, ""
        while text not in new:
            assert time.monotonic() < end, f"no {text!r} in {new!r}"
            if select.select([self.end], [], [], 0.1)[0]:
                try:
                    new += os.read(self.end, 4096).decode("utf-8", "replace")
                except OSError as error:
                    raise AssertionError(f"it ended, without {text!r}: {new!r}") from error
        self.seen += new
        return new

    def type(self, text: str) -> None:
        os.write(self.end, text.encode())


def test_a_chat_in_a_terminal(tmp_path: Path) -> None:
    chosen = ("--rounds", "values", "--questions", "1")
    terminal = Terminal(tmp_path / "data", "interview", TRACK, *chosen)
    terminal.until("you> ")
    assert "Grace Thompson" in terminal.seen
    terminal.type("/hnt\n")
    assert "There is no /hnt" in terminal.until("you> ")
    terminal.type("\n")
    terminal.until("you> ")
    terminal.type("We talked it over\nfor a week or so,\nand then some more.\n")
    terminal.until("you> ")
    terminal.type("/hint\n")
    terminal.until("you> ")
    time.sleep(0.5)  # a signal in the instant before it reads would wait for the next key
    os.killpg(terminal.process.pid, signal.SIGINT)
    said = terminal.until("greenroom resume ")
    terminal.process.wait(timeout=20)
    assert terminal.process.returncode == 130, said

    (entry,) = stage.open_house(tmp_path / "data").history()
    turns = stage.open_house(tmp_path / "data").view(entry.id).turns
    assert [t.text for t in turns if t.speaker == CANDIDATE] == [
        "We talked it over\nfor a week or so,\nand then some more.",
        "(asked for a hint)",
    ]
    terminal = Terminal(tmp_path / "data", "resume", entry.id[:8])
    terminal.until("you> ")
    assert " ".join(turns[-1].text.split()[:5]) in " ".join(terminal.seen.split())
    terminal.type("/end\n")
    terminal.until(f"greenroom report {entry.id[:8]}")
    assert terminal.process.wait(timeout=20) == 0


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        chosen = Settings(data_dir=tmp_path, host="127.0.0.1", port=port)
        with pytest.raises(FixSetup, match=rf"port {port}: .*in use.* GREENROOM_PORT"):
            serve.require_free(chosen, serve.address_of(chosen))


def test_addresses_are_those_that_a_browser_takes(tmp_path: Path) -> None:
    def address(host: str) -> str:
        return serve.address_of(Settings(data_dir=tmp_path, host=host, port=8600))

    assert address("127.0.0.1") == "http://127.0.0.1:8600"
    assert address("0.0.0.0") == "http://localhost:8600"
    assert address("::1") == "http://[::1]:8600"


def test_the_page_is_served_and_asks_for_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    home = {"HOME": str(tmp_path), "GREENROOM_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "ui"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=tmp_path,
        env={**environment, **home, "PYTHONPATH": str(ROOT)},
    )
    try:
        health = f"http://127.0.0.1:{port}/_stcore/health"
        assert answered(health, process) == "ok"
    finally:
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    assert out.splitlines()[0] == f"Greenroom is at http://127.0.0.1:{port} (Ctrl-C stops it)"
    assert "Traceback" not in out
    assert "mail" not in out.lower()
    assert not (tmp_path / ".streamlit").exists()


def answered(address: str, process: subprocess.Popen[str]) -> str:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2) as reply:
                return str(reply.read().decode())
        except OSError:
            time.sleep(0.2)
    return f"nothing; the process ended with {process.poll()}"
