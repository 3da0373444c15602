"""Fast: which criteria an answer has touched, from 0 (not at all) to 1.

Runs while the candidate waits, so it asks no language model. Every passage of
the answer is compared with the wordings that the pack gives for each criterion;
what tells is not how alike they are but how much *more* alike than to the other
criteria. Four such signals are put together by a logistic model whose weights
were fitted with `bench/fit_coverage.py` (see docs/how-grading-works.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from bot.lexicon import content, holds
from bot.passages import Passage, windows
from bot.ports import SentenceEncoder
from rubrics.schema import Question

Matrix = NDArray[np.float32]
SHARPNESS = 0.05  # softmax temperature over cosine similarities
_MOST_TERMS = 3
FEATURES = ("share_times_similarity", "share", "own_words", "terms")


@dataclass(frozen=True)
class Weights:
    """The logistic model: one weight for each of FEATURES, and a constant."""

    features: tuple[float, ...]
    constant: float

    def touched(self, values: Sequence[float]) -> float:
        """Return how far a criterion with these FEATURES is touched, from 0 to 1."""
        logit = self.constant + sum(w * v for w, v in zip(self.features, values, strict=True))
        return 1.0 / (1.0 + math.exp(-logit))


FITTED = Weights((3.0, 8.0, 5.0, 2.0), -9.5)


@dataclass(frozen=True)
class Evidence:
    """How far a criterion was touched, and the passage that touches it most."""

    touched: float
    passage: Passage | None
    similarity: float


@dataclass(frozen=True)
class _References:
    """A question's wordings as vectors, stacked; `spans` says whose rows are whose."""

    vectors: Matrix
    spans: tuple[tuple[int, int], ...]
    own_words: tuple[frozenset[str], ...]


class Coverage:
    """Compares answers with a question's criteria. References are embedded once."""

    def __init__(self, encoder: SentenceEncoder, weights: Weights = FITTED) -> None:
        self._encoder = encoder
        self._weights = weights
        self._references: dict[str, _References] = {}
        self._lock = Lock()

    def prepare(self, question: Question) -> None:
        """Embed a question's wordings ahead of its first answer."""
        self._of(question)

    def touched(self, question: Question, answer: str) -> dict[str, float]:
        """Return for each criterion's id how far `answer` touches it."""
        return {k: e.touched for k, e in self.evidence(question, answer).items()}

    def evidence(self, question: Question, answer: str) -> dict[str, Evidence]:
        """Return for each criterion's id how far it is touched, and by which passage."""
        passages = windows(answer)
        if not passages:
            return {c.id: Evidence(0.0, None, 0.0) for c in question.criteria}
        rows = features(self._encoder, question, self._of(question), answer, passages)
        found = {}
        for criterion, row in zip(question.criteria, rows, strict=True):
            share = self._weights.touched(row.values)
            found[criterion.id] = Evidence(share, passages[row.best], row.similarity)
        return found

    def _of(self, question: Question) -> _References:
        key = f"{question.id}:{hash(question)}"
        with self._lock:
            known = self._references.get(key)
        if known is None:
            known = references(self._encoder, question)
            with self._lock:
                self._references[key] = known
        return known


def wordings(question: Question, *, leave_out: int | None = None) -> dict[str, list[str]]:
    """Return the texts that stand for each criterion.

    `leave_out` drops one of the sample wordings (0 is the outline's), so that
    the model can be fitted on wordings that it has not been given.
    """
    outline = {p.criterion: p.text for p in question.outline}
    texts = {}
    for c in question.criteria:
        samples = [outline[c.id], *c.said]
        kept = [s for i, s in enumerate(samples) if i != leave_out]
        texts[c.id] = [*kept, c.strong, f"{c.name}. {', '.join(c.terms)}"]
    return texts


def references(
    encoder: SentenceEncoder, question: Question, texts: Mapping[str, list[str]] | None = None
) -> _References:
    """Return a question's wordings as vectors, and the words that only each criterion uses."""
    texts = texts or wordings(question)
    spans, words, flat = [], [], list[str]()
    for c in question.criteria:
        spans.append((len(flat), len(flat) + len(texts[c.id])))
        flat.extend(texts[c.id])
        words.append(frozenset().union(*(content(t) for t in texts[c.id])))
    asked = content(question.prompt)
    own = tuple(
        w - asked - frozenset().union(*(o for j, o in enumerate(words) if j != i))
        for i, w in enumerate(words)
    )
    return _References(encoder.embed(flat), tuple(spans), own)


@dataclass(frozen=True)
class Row:
    """One criterion's FEATURES for an answer, its best passage and how alike that is."""

    values: tuple[float, ...]
    best: int
    similarity: float


def features(
    encoder: SentenceEncoder,
    question: Question,
    known: _References,
    answer: str,
    passages: list[Passage],
) -> list[Row]:
    """Return the signals for each criterion, in the question's order."""
    cosines = encoder.embed([p.text for p in passages]) @ known.vectors.T
    # The mean of the two most alike wordings: one alone may agree by a stray word.
    alike = np.stack([np.sort(cosines[:, a:b], axis=1)[:, -2:].mean(1) for a, b in known.spans], 1)
    weights = np.exp(alike / SHARPNESS)
    share = weights / weights.sum(axis=1, keepdims=True)
    joint = share * alike
    said = content(answer)
    rows = []
    for i, criterion in enumerate(question.criteria):
        own = known.own_words[i]
        best = int(joint[:, i].argmax())
        values = (
            float(joint[best, i]),
            float(share[:, i].max()),
            len(own & said) / math.sqrt(len(own)) if own else 0.0,
            float(min(_MOST_TERMS, sum(holds(answer, t) for t in criterion.terms))),
        )
        rows.append(Row(values, best, float(alike[best, i])))
    return rows
