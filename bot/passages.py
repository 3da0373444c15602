"""Cut what was said into passages that keep their place, so that a quote is always verbatim."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

LONGEST_QUOTE_WORDS = 40
_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?](?!\s|$)[^.!?\n]*)*(?:[.!?]+|\n|$)")
_CLAUSE = re.compile(r"[^,;:]+")


@dataclass(frozen=True)
class Passage:
    """A stretch of a text: ``text == whole[start:end]``."""

    text: str
    start: int
    end: int


def sentences(text: str) -> list[Passage]:
    """Return the sentences of `text` without the white space around them."""
    return [p for m in _SENTENCE.finditer(text) if (p := _trimmed(text, m.start(), m.end()))]


def clauses(sentence: Passage) -> list[Passage]:
    """Return the parts of a sentence between commas, semicolons and colons."""
    found = (
        _trimmed(sentence.text, m.start(), m.end(), sentence.start)
        for m in _CLAUSE.finditer(sentence.text)
    )
    return [p for p in found if p]


def windows(text: str) -> list[Passage]:
    """Return each sentence, and in long ones each pair of neighbouring clauses.

    One spoken sentence often serves two criteria; a pair of clauses serves one.
    """
    out: list[Passage] = []
    for sentence in sentences(text):
        out.append(sentence)
        parts = clauses(sentence)
        if len(parts) > 2:
            out.extend(Passage(text[a.start : b.end], a.start, b.end) for a, b in pairwise(parts))
    return out


def quotable(passage: Passage) -> Passage:
    """Return the passage, cut at a word to a length that a report can show."""
    words = list(re.finditer(r"\S+", passage.text))
    if len(words) <= LONGEST_QUOTE_WORDS:
        return passage
    end = words[LONGEST_QUOTE_WORDS - 1].end()
    return Passage(passage.text[:end], passage.start, passage.start + end)


def _trimmed(text: str, start: int, end: int, offset: int = 0) -> Passage | None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    piece = piece.strip()
    if not piece:
        return None
    begin = offset + start + left
    return Passage(piece, begin, begin + len(piece))
