"""Find the fact that answers a clarifying question, or the one about the company."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.lexicon import content
from bot.passages import Passage, sentences
from bot.ports import SentenceEncoder
from rubrics.schema import CompanyFact, Fact

# Cosine likeness from which a fact is taken to answer what was asked, and a lower
# one that is enough when the two also share a word that carries meaning.
SURE, LIKELY = 0.5, 0.33
SHARED_WORD = 0.08
_MOST_FACTS = 2
_SHORTEST_PART = 3
_JOINS = re.compile(
    r",? (?:and|or) (?=(?:how|what|which|who|is|are|do|does|can|should|will)\b)", re.I
)


@dataclass(frozen=True)
class Answered:
    """The fact found, and how alike it is to what was asked."""

    say: str
    likeness: float


def find_facts(
    encoder: SentenceEncoder, asked: str, facts: Sequence[Fact | CompanyFact]
) -> list[str]:
    """Return what the interviewer can say to each part of `asked`, nothing twice.

    People ask two things in one breath; each part is looked up by itself, and
    the whole is looked up when no part finds anything.
    """
    parts = [p.text for s in sentences(asked) for p in _parts(s)]
    found = [f.say for part in parts if (f := find_fact(encoder, part, facts))]
    if not found and (whole := find_fact(encoder, asked, facts)):
        found = [whole.say]
    return list(dict.fromkeys(found))[:_MOST_FACTS]


def _parts(sentence: Passage) -> list[Passage]:
    pieces, at = [], 0
    for piece in _JOINS.split(sentence.text):
        begin = sentence.text.index(piece, at)
        at = begin + len(piece)
        if len(piece.split()) >= _SHORTEST_PART:
            pieces.append(Passage(piece, sentence.start + begin, sentence.start + at))
    return pieces or [sentence]


def find_fact(
    encoder: SentenceEncoder, asked: str, facts: Sequence[Fact | CompanyFact]
) -> Answered | None:
    """Return what the interviewer can say to `asked`, or None if no fact is about it."""
    if not facts:
        return None
    question = encoder.embed([asked])[0]
    about = encoder.embed([f.about for f in facts]) @ question
    said = encoder.embed([f.say for f in facts]) @ question
    scores = [max(float(a), float(s)) for a, s in zip(about, said, strict=True)]
    words = content(asked)
    shared = [len(words & (content(f.about) | content(f.say))) for f in facts]
    # Where two facts are about as alike, the one that shares words with the question is meant.
    best = max(range(len(facts)), key=lambda i: scores[i] + SHARED_WORD * min(shared[i], 2))
    if scores[best] >= SURE or (scores[best] >= LIKELY and shared[best]):
        return Answered(facts[best].say, scores[best])
    return None
