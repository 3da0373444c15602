"""The candidate's side of a chat in a terminal: a line, a pasted passage, or a command."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from bot.domain import Action
from bot.errors import BadAnswer, CallerError
from bot.interview import LONGEST_ANSWER

PROMPT = "\nyou> "
HELP = (
    "Write your answer and press Enter; end a line with \\ to go on in the next one, or paste "
    "several lines at once.\n"
    "/hint, /repeat, /skip and /end do what they say; Ctrl-C leaves, and the interview is kept."
)
_PASTE_SECONDS = 0.05  # a paste's lines come closer together than anyone types

Answer = str | Action


def require_terminal() -> None:
    """Raise CallerError if nobody sits here to answer."""
    if not sys.stdin.isatty():
        raise CallerError(
            "There is no terminal here to answer in.",
            "Pass --answers FILE, or --answers - for standard input.",
        )


def ask(say: Callable[[str], None]) -> Answer:
    """Return what the candidate enters next; `say` shows help and corrections.

    Raises KeyboardInterrupt or EOFError when the candidate leaves.
    """
    while True:
        text = _entered()
        command = text.strip()
        if not command:  # a slip of the Enter key, which should not cost a question
            continue
        if not (command.startswith("/") and command[1:].isalpha()):
            if len(text) > LONGEST_ANSWER:
                raise BadAnswer(
                    f"That answer has {len(text):,} characters.",
                    f"Keep it under {LONGEST_ANSWER:,}.",
                )
            return text
        if command[1:] in list(Action):
            return Action(command[1:])
        say(HELP if command == "/help" else f"There is no {command}.\n{HELP}")


def prepare_editing() -> None:
    """Let the arrow keys edit the line, where Python was built with a library for that."""
    try:
        import readline
    except ImportError:
        return
    readline.set_auto_history(False)  # an answer is nobody's to find with the up key
    readline.parse_and_bind("set enable-bracketed-paste on")


def _entered() -> str:
    lines = [input(PROMPT)]
    while lines[-1].endswith("\\") or _more():
        lines[-1] = lines[-1].removesuffix("\\")
        lines.append(input("...  "))
    return "\n".join(lines)


def _more() -> bool:
    """Whether more is waiting to be read already: the rest of what was pasted."""
    if os.name != "posix":
        return False
    import select

    ready, _, _ = select.select([sys.stdin], [], [], _PASTE_SECONDS)
    return bool(ready)
