"""How the `greenroom` command talks.

With ``--json``, standard output holds one JSON document (or one object a line,
for events) and nothing else. Everything meant for a person who watches, and
every error, goes to standard error then.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.errors import GreenroomError

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def line(text: str = "") -> None:
    """Print one line of the result, for people."""
    print(text, flush=True)


def note(text: str) -> None:
    """Print one line that is not part of the result, such as what is being waited for."""
    print(text, file=sys.stderr, flush=True)


def document(value: object) -> None:
    """Print one JSON document, indented, as the whole of the result."""
    print(json.dumps(value, default=_plain, ensure_ascii=False, indent=2), flush=True)


def event(value: Mapping[str, object]) -> None:
    """Print one JSON object on one line."""
    print(json.dumps(value, default=_plain, ensure_ascii=False), flush=True)


def failure(error: GreenroomError) -> int:
    """Print an error and its remedy on standard error; return the exit status."""
    note(f"greenroom: {error.message}")
    if error.remedy:
        note(f"  {error.remedy}")
    return error.exit_status


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns as wide as their widest cell; the last column runs free."""
    if not rows:
        return
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        line("  ".join([*cells, row[-1]]).rstrip())


def bytes_text(count: float) -> str:
    """Return a number of bytes as people read it: ``1.12 GB``."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count:.0f} bytes"


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path | date):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
