"""How a fetch of models looks: a bar on a terminal, a line now and then where there is none."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

_EVERY = 5.0  # seconds between two plain lines


class FetchProgress:
    """Watches one fetch (a `bot.backends.fetching.Watcher`); use as a context manager."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._bar = _bar(self._console) if self._console.is_terminal else None
        self._task: TaskID | None = None
        self._name, self._size = "", 0
        self._began = self._said = 0.0
        self._from = self._done = 0

    def __enter__(self) -> FetchProgress:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def begin(self, name: str, size: int, done: int) -> None:
        """Start on a file of `size` bytes, of which `done` are here."""
        self._name, self._size, self._from, self._done = name, size, done, done
        self._began = self._said = time.monotonic()
        if self._bar is not None:
            self._task = self._bar.add_task(name, total=size, completed=done)
        else:
            here = f", {_megabytes(done)} of them here" if done else ""
            self.note(f"{name}: {_megabytes(size)}{here}")

    def at(self, done: int) -> None:
        """Show that `done` bytes are here."""
        self._done = done
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done)
        elif time.monotonic() - self._said >= _EVERY:
            self._said = time.monotonic()
            self.note(f"{self._name}: {self._line()}")

    def end(self) -> None:
        """Finish with the file."""
        if self._bar is None and self._done == self._size:
            took = time.monotonic() - self._began
            self.note(f"{self._name}: all {_megabytes(self._size)}, in {took:.0f} s")

    def note(self, text: str) -> None:
        """Show one line."""
        self._console.print(text, soft_wrap=True, markup=False)

    def _line(self) -> str:
        rate = max(self._done - self._from, 0) / max(self._said - self._began, 0.001)
        left = f"{(self._size - self._done) / rate:.0f} s left" if rate else "no byte so far"
        done = f"{_megabytes(self._done)} of {_megabytes(self._size)}"
        return f"{done}, {_megabytes(rate)}/s, {left}"


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(compact=True),
        console=console,
    )


def _megabytes(count: float) -> str:
    return f"{count / 1e6:.1f} MB"
