"""What every bench prints: a table, then its targets, met or missed."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Target:
    """A bound to keep: `value` at most (or at least) `bound`, both in `unit`."""

    name: str
    value: float
    bound: float
    unit: str = ""
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def __str__(self) -> str:
        sign = "\u2265" if self.at_least else "\u2264"
        verdict = "met" if self.met else "MISSED"
        value, bound = f"{self.value:.3g}{self.unit}", f"{self.bound:g}{self.unit}"
        return f"{verdict:6}  {self.name}: {value} ({sign} {bound})"


def show(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; the first column stands left, the others right."""
    lines = [list(head), *(list(r) for r in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    print(f"\n{title}")
    for number, line in enumerate(lines):
        cells = [
            c.ljust(w) if i == 0 else c.rjust(w)
            for i, (c, w) in enumerate(zip(line, widths, strict=True))
        ]
        print("  " + "  ".join(cells).rstrip())
        if number == 0:
            print("  " + "  ".join("-" * w for w in widths))


def settle(targets: Sequence[Target], *, check: bool) -> None:
    """Print the targets; with `check`, exit with 1 when one is missed."""
    print()
    for target in targets:
        print(f"  {target}")
    missed = [t.name for t in targets if not t.met]
    if check and missed:
        sys.exit(f"missed: {', '.join(missed)}")


def place() -> str:
    """Return one line on when and on what this was measured."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.machine()}, "
        f"{_cores()} cores"
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def share(part: int, whole: int) -> str:
    """Return "9 of 10 (90%)"."""
    return f"{part} of {whole} ({100 * part / whole:.0f}%)" if whole else "0 of 0"
