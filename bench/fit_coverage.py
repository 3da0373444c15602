"""Where the weights in `bot.coverage` come from: a logistic fit, cross-validated by question.

Each of the packs' sample wordings is taken out of the references in turn, and
answers are made of it, less one criterion each; the features of every criterion
are labelled by whether its part is in the answer. The shipped constants are such
a fit, rounded by hand; this compares the two. Baseline: a fit of the first feature alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from bench.cases import REWORDED, Case, own, reworded, rows_of, touched
from bench.table import Target, place, settle, share, show
from bot import settings
from bot.backends.catalog import Catalog
from bot.backends.encoder import Encoder
from bot.coverage import FEATURES, FITTED, Weights
from bot.policy import next_probe
from rubrics.loader import load_library

FOLDS = 10
RIDGE = 1.0  # pull on the weights, in cases; the constant is left free
Vector = NDArray[np.float64]
Rows = list[tuple[str, tuple[float, ...]]]


@dataclass(frozen=True)
class Seen:
    """A case and the features of its criteria."""

    case: Case
    rows: Rows

    @property
    def labels(self) -> list[bool]:
        return [id_ != self.case.without for id_, _ in self.rows]


def main(
    check: Annotated[
        bool, typer.Option(help="Exit with 1 when the fit beats what is shipped")
    ] = False,
) -> None:
    """Fit, cross-validate, and compare with the shipped weights."""
    encoder = Encoder(Catalog.load().path("all-minilm-l6-v2", settings.load()))
    library = load_library()
    seen = [
        Seen(case, rows_of(encoder, case, leave_out=True))
        for wording in (0, 1, 2)
        for case in own(library, wording)
    ]
    spoken = [
        Seen(case, rows_of(encoder, case, leave_out=False))
        for case in reworded(library, [REWORDED])
    ]
    fitted, alone = fit(seen), fit(seen, features=1)
    print(f"Weights of the coverage model, all-minilm-l6-v2, {place()}")
    show(
        "Weights",
        ["", *FEATURES, "constant"],
        [_weights("fitted", fitted), _weights("shipped", FITTED)],
    )
    crossed = [s for s, _ in _crossed(seen)]
    held_out = [touched(w, s.rows) for s, w in _crossed(seen)]
    show(
        f"Own wordings, each left out of the references ({FOLDS} folds by question)",
        ["model", "AUC", "hits"],
        [
            _row("first feature alone (baseline)", seen, [touched(alone, s.rows) for s in seen]),
            _row("fitted, held-out questions", crossed, held_out),
            _row("shipped", seen, [touched(FITTED, s.rows) for s in seen]),
        ],
    )
    named = [("first feature alone (baseline)", alone), ("fitted", fitted), ("shipped", FITTED)]
    tried = [(name, [touched(w, s.rows) for s in spoken]) for name, w in named]
    show(
        "Answers reworded by hand",
        ["model", "AUC", "hits"],
        [_row(name, spoken, found) for name, found in tried],
    )
    hits = {name: _hits(spoken, found) for name, found in tried}
    behind = 100 * (hits["fitted"] - hits["shipped"]) / len(spoken)
    print(f"\n  shipped to baseline, hits: {hits['shipped'] / max(1, hits[named[0][0]]):.2f}")
    settle(
        [Target("reworded hits that the fit has over what is shipped", behind, 5, "%")], check=check
    )


def fit(seen: Sequence[Seen], *, features: int = len(FEATURES)) -> Weights:
    """Return the logistic regression on the first of the FEATURES, by Newton with a ridge."""
    x = np.array([[*values[:features], 1.0] for s in seen for _, values in s.rows])
    y = np.array([label for s in seen for label in s.labels], dtype=float)
    pull = np.diag([RIDGE] * features + [0.0])
    w: Vector = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-(x @ w)))
        slope = x.T @ (p - y) + pull @ w
        step = np.linalg.solve(x.T @ (x * (p * (1 - p))[:, None]) + pull, slope)
        w -= step
        if float(np.abs(step).max()) < 1e-8:
            break
    unused = [0.0] * (len(FEATURES) - features)
    return Weights((*(float(v) for v in w[:-1]), *unused), float(w[-1]))


def _crossed(seen: Sequence[Seen]) -> list[tuple[Seen, Weights]]:
    """Return each case with weights that were fitted without its question."""
    names = sorted({s.case.question.id for s in seen})
    fold = {name: number % FOLDS for number, name in enumerate(names)}
    out = []
    for number in range(FOLDS):
        weights = fit([s for s in seen if fold[s.case.question.id] != number])
        out += [(s, weights) for s in seen if fold[s.case.question.id] == number]
    return out


def auc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Return the chance that a touched criterion scores above one that is not."""
    values, truth = np.array(scores), np.array(labels)
    order = values.argsort(kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(1, len(values) + 1)
    for value in np.unique(values):  # ties share their ranks
        ranks[values == value] = ranks[values == value].mean()
    up, down = int(truth.sum()), int((~truth).sum())
    return float((ranks[truth].sum() - up * (up + 1) / 2) / (up * down))


def _hits(seen: Sequence[Seen], found: Sequence[dict[str, float]]) -> int:
    chosen = [next_probe(s.case.question, f, ()) for s, f in zip(seen, found, strict=True)]
    return sum(
        c is not None and c[0].id == s.case.without for c, s in zip(chosen, seen, strict=True)
    )


def _row(name: str, seen: Sequence[Seen], found: Sequence[dict[str, float]]) -> list[str]:
    scores = [f[id_] for s, f in zip(seen, found, strict=True) for id_, _ in s.rows]
    labels = [label for s in seen for label in s.labels]
    return [name, f"{auc(scores, labels):.3f}", share(_hits(seen, found), len(seen))]


def _weights(name: str, weights: Weights) -> list[str]:
    return [name, *(f"{v:.2f}" for v in weights.features), f"{weights.constant:.2f}"]


if __name__ == "__main__":
    typer.run(main)
