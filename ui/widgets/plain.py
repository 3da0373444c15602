"""Show words exactly as they were written, whatever they hold.

What a candidate typed, and what an interviewer says back of it, must never
draw: no heading, no picture, no formula, no icon, no tag. Both ways out of
here are for text that Streamlit would otherwise read as something else.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Sequence

import streamlit as st

# Everything that Markdown, KaTeX and Streamlit's directives (":red[…]", ":material/…:") begin with.
_MARKDOWN = set("\\`*_{}[]()<>#+-.!|~$:&^=@/\"'")
_KEPT = "\n\t"


def escape(text: str) -> str:
    """Return `text` as HTML that shows it and does nothing else; lines stay lines."""
    return html.escape(_visible(text), quote=True)


def label(text: str) -> str:
    """Return `text` as Markdown that shows it literally, on one line, for widgets' labels."""
    line = " ".join(_visible(text).split())
    # As character references: a backslash would not stop an emoji shortcode or a bare address.
    return "".join(f"&#{ord(c)};" if c in _MARKDOWN else c for c in line)


def write(text: str, *, said_by: str = "") -> None:
    """Draw `text` as a paragraph, its line breaks kept; `said_by` is read aloud, not drawn."""
    who = f'<span class="gr-unseen">{escape(said_by)}: </span>' if said_by else ""
    st.html(f'<div class="gr-words">{who}{escape(text)}</div>')


def marked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return `text` as HTML with the characters of each (start, end) highlighted.

    Spans may overlap or touch; those are drawn as one. What lies outside the
    text is left out.
    """
    parts: list[str] = []
    at = 0
    for start, end in _joined(spans, len(text)):
        parts += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    return "".join([*parts, escape(text[at:])])


def _joined(spans: Iterable[tuple[int, int]], length: int) -> Sequence[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted((max(0, s), min(e, length)) for s, e in spans):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _visible(text: str) -> str:
    return "".join(c for c in text if c in _KEPT or not _unseen(c))


def _unseen(character: str) -> bool:
    """Whether a character is a control, half a pair, or turns the reading direction of the rest."""
    turns = "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
    return turns or unicodedata.category(character) in ("Cc", "Cs")
