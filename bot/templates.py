"""Prompts are Markdown files, strictly rendered; what a candidate said stays in its block."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.ports import Prompt

FOLDER = Path(__file__).parent / "prompts"
_DIVIDER = "\n---\n"


def render(name: str, **values: object) -> Prompt:
    """Return the prompt ``prompts/<name>.md`` with its values filled in.

    The part above the ``---`` line is the system message. A value that the
    template does not name, or one left out, is an error. `digest` is of the
    template, not of what was filled in.
    """
    environment = _environment()
    source = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    system, _, user = environment.get_template(f"{name}.md").render(**values).partition(_DIVIDER)
    digest = hashlib.sha256(source.encode()).hexdigest()[:16]
    return Prompt(system.strip(), user.strip(), digest)


def fenced(text: str) -> str:
    """Return `text` so that it can't close, or open, any marked block or chat turn.

    The angle brackets become their single-quote look-alikes; nothing else in
    the product reads this copy, so quotes are still taken from the original.
    """
    return text.replace("<", "\u2039").replace(">", "\u203a")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        keep_trailing_newline=False,
        autoescape=False,  # Markdown for a model, not a page; `said` fences candidates' words
    )
    environment.filters["said"] = lambda text: fenced(str(text))
    return environment
