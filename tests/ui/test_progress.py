"""How a fetch looks on a terminal and where there is none."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from ui import progress
from ui.progress import FetchProgress


def test_without_a_terminal_there_are_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    # Time is the input here: a line every five seconds, with a rate and what is left.
    now = iter([100.0, 101.0, 106.0, 106.0, 107.0, 110.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now))
    out = io.StringIO()
    with FetchProgress(Console(file=out)) as shown:
        shown.begin("toy.gguf", 100_000_000, 20_000_000)
        shown.at(25_000_000)
        shown.at(50_000_000)
        shown.note("the hub can't be reached [Errno -2]")
        shown.at(100_000_000)
        shown.end()
    assert out.getvalue().splitlines() == [
        "toy.gguf: 100.0 MB, 20.0 MB of them here",
        "toy.gguf: 50.0 MB of 100.0 MB, 5.0 MB/s, 10 s left",
        "the hub can't be reached [Errno -2]",
        "toy.gguf: all 100.0 MB, in 10 s",
    ]


def test_on_a_terminal_there_is_a_bar_with_bytes() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=120)
    with FetchProgress(console) as shown:
        shown.begin("toy.gguf", 100_000_000, 0)
        shown.at(50_000_000)
        shown.note("a line above the bar")
        shown.at(100_000_000)
        shown.end()
    text = out.getvalue()
    assert "toy.gguf" in text
    assert "100.0/100.0 MB" in text
    assert "a line above the bar" in text
