"""Answers written beforehand: JSON lines that drive an interview without a person.

Each line is ``{"text": "…"}`` or ``{"action": "hint"}`` (or repeat, skip, end).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain import CANDIDATE, Action, Turn
from bot.errors import BadAnswer, CallerError, NotFound
from bot.interview import LONGEST_ANSWER, words_for
from store.text import clean_text

_ACTIONS = ", ".join(a.value for a in Action)
_FORM = f'Each line is {{"text": "…"}} or {{"action": "…"}}, an action being one of {_ACTIONS}.'


@dataclass(frozen=True)
class Given:
    """One line of the file: a text, or an action; `line` counts from 1."""

    line: int
    text: str = ""
    action: Action | None = None

    @property
    def stored(self) -> str:
        """The words that the interview holds once this was given."""
        words = words_for(self.action) if self.action else self.text
        return clean_text(words, keep_nul=False)


def read(name: str) -> list[Given]:
    """Return what a file holds, or standard input for ``-``; blank lines count for nothing.

    Raises CallerError naming the first line that is not as it should be,
    BadAnswer for an answer that is too long, NotFound for a file that is not there.
    """
    shown = "standard input" if name == "-" else name
    lines = content(name).split("\n")
    return [_given(line, f"{shown}:{n}", n) for n, line in enumerate(lines, 1) if line.strip()]


def content(name: str) -> str:
    """Return a file's text, or standard input's for ``-``. Raises NotFound and CallerError."""
    shown = "Standard input" if name == "-" else name
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {name}.", "Check its name.") from error
    except OSError as error:
        why = error.strerror or "it failed"
        raise CallerError(f"{shown} can't be read: {why}.", "Name a file that can be.") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = raw.count(b"\n", 0, error.start) + 1
        raise CallerError(f"{shown}:{at} is not UTF-8 text.", "Save it as UTF-8.") from error


def unused(given: Sequence[Given], turns: Sequence[Turn]) -> list[Given]:
    """Return the lines that an interview has not had yet, passing over those it holds.

    A file is that of the whole interview. Raises CallerError where the two
    differ: to go on from there would put an answer to a question it was not for.
    """
    said = [t for t in turns if t.speaker == CANDIDATE]
    for one, turn in zip(given, said, strict=False):
        if one.stored != clean_text(turn.text, keep_nul=False):
            raise CallerError(
                f"Line {one.line} of the answers is not what was said at turn {turn.seq}.",
                "Resume with the file that it was begun with, or with none to go on by hand.",
            )
    return list(given[len(said) :])


def _given(line: str, place: str, number: int) -> Given:
    try:
        found: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        why = error.msg if isinstance(error, json.JSONDecodeError) else "it can't be read"
        raise CallerError(f"{place}: this is not JSON ({why}).", _FORM) from error
    if not isinstance(found, dict) or list(found) not in (["text"], ["action"]):
        keys = ", ".join(map(str, found)) if isinstance(found, dict) else ""
        holds = f"it has the keys {keys}" if keys else "it has no key"
        raise CallerError(f"{place}: one key, text or action, was expected; {holds}.", _FORM)
    if "action" in found:
        if found["action"] not in list(Action):
            raise CallerError(f"{place}: there is no action {found['action']!r}.", _FORM)
        return Given(number, action=Action(found["action"]))
    text = found["text"]
    if not isinstance(text, str):
        raise CallerError(f"{place}: text must be a string.", _FORM)
    if len(text) > LONGEST_ANSWER:
        raise BadAnswer(
            f"{place}: that answer has {len(text):,} characters.",
            f"Keep it under {LONGEST_ANSWER:,}: an interviewer would have stopped you long before.",
        )
    return Given(number, text=text)
