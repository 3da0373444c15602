"""Answers that leave one criterion out: from the packs' own wordings, and reworded by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.coverage import Weights, features, references, wordings
from bot.passages import windows
from bot.ports import SentenceEncoder
from rubrics.loader import Library
from rubrics.schema import Question

REWORDED = Path(__file__).parent / "data" / "probe_cases.yaml"
HELD_OUT = Path(__file__).parent / "data" / "probe_cases_heldout.yaml"


@dataclass(frozen=True)
class Case:
    """An answer to `question` that serves every criterion but `without`.

    `wording` is the pack's sample that it was made of (0 is the outline's), or
    None where a person put it in other words.
    """

    question: Question
    without: str
    answer: str
    wording: int | None = None


def own(library: Library, wording: int = 0) -> Iterator[Case]:
    """Yield one case for each criterion of each question, in one of the packs' own wordings."""
    for pack in library.packs:
        for question in pack.questions():
            parts = samples(question, wording)
            for criterion in question.criteria:
                kept = [text for id_, text in parts.items() if id_ != criterion.id]
                yield Case(question, criterion.id, " ".join(kept), wording)


def samples(question: Question, wording: int) -> dict[str, str]:
    """Return each criterion's sample wording, in the order of the outline; 0 is the outline's."""
    if wording == 0:
        return {p.criterion: p.text for p in question.outline}
    order = [p.criterion for p in question.outline]
    return {id_: question.criterion(id_).said[wording - 1] for id_ in order}


def reworded(library: Library, files: Iterable[Path]) -> Iterator[Case]:
    """Yield the cases of YAML files. Raises LookupError or KeyError for an unknown id."""
    for file in files:
        for item in yaml.safe_load(file.read_text(encoding="utf-8"))["cases"]:
            question = library.question(item["question"])[1]
            without = question.criterion(item["without"]).id
            yield Case(question, without, " ".join(item["answer"].split()))


def rows_of(
    encoder: SentenceEncoder, case: Case, *, leave_out: bool
) -> list[tuple[str, tuple[float, ...]]]:
    """Return each criterion's id with its features for the case's answer.

    `leave_out` takes the wording that the answer is made of from the references,
    as a candidate's words are never among them.
    """
    texts = wordings(case.question, leave_out=case.wording if leave_out else None)
    known = references(encoder, case.question, texts)
    found = features(encoder, case.question, known, case.answer, windows(case.answer))
    return [(c.id, row.values) for c, row in zip(case.question.criteria, found, strict=True)]


def touched(weights: Weights, rows: list[tuple[str, tuple[float, ...]]]) -> dict[str, float]:
    """Return what coverage would make of the features, with these weights."""
    return {id_: weights.touched(values) for id_, values in rows}
