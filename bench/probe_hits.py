"""Does the follow-up go after what the answer left out?

For every question and every criterion, an answer that serves all criteria but
that one; then `policy.next_probe` chooses with what the shipped encoder and
`bot.coverage` saw. Baseline: choosing a criterion at random.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from bench.cases import HELD_OUT, REWORDED, Case, own, reworded, rows_of, touched
from bench.table import Target, place, settle, share, show
from bot import settings
from bot.backends.catalog import Catalog
from bot.backends.encoder import Encoder
from bot.coverage import FITTED, Coverage
from bot.policy import next_probe
from rubrics.loader import load_library

_MOST_SHOWN = 25


class Tally:
    """Hits, misses and what chance would have hit."""

    def __init__(self) -> None:
        self.cases = 0
        self.hits = 0
        self.chance = 0.0
        self.confusion: Counter[tuple[str, str, str]] = Counter()

    def add(self, case: Case, chosen: str) -> None:
        self.cases += 1
        self.hits += chosen == case.without
        self.chance += 1 / len(case.question.criteria)
        if chosen != case.without:
            self.confusion[case.question.id, case.without, chosen] += 1

    @property
    def percent(self) -> float:
        return 100 * self.hits / self.cases

    def row(self, name: str) -> list[str]:
        chance = 100 * self.chance / self.cases
        return [
            name,
            share(self.hits, self.cases),
            f"{chance:.0f}%",
            f"{self.percent / chance:.1f}",
        ]


def main(
    cases: Annotated[list[Path] | None, typer.Option(help="More files of reworded answers")] = None,
    check: Annotated[bool, typer.Option(help="Exit with 1 when a target is missed")] = False,
) -> None:
    """Print hits, chance and confusion."""
    encoder = Encoder(Catalog.load().path("all-minilm-l6-v2", settings.load()))
    library = load_library()
    coverage = Coverage(encoder)
    mine = _seen(coverage, own(library))
    words = _seen(coverage, reworded(library, [REWORDED]))
    held = _seen(coverage, reworded(library, [HELD_OUT]))
    more = _seen(coverage, reworded(library, cases or []))
    unseen = Tally()
    for wording in (0, 1, 2):
        for case in own(library, wording):
            unseen.add(case, _chosen(case, touched(FITTED, rows_of(encoder, case, leave_out=True))))
    print(f"Which criterion does the follow-up go after? all-minilm-l6-v2, {place()}")
    show(
        "The criterion that the answer left out was chosen",
        ["answers", "hits", "chance", "ratio"],
        [
            mine.row("the packs' own wording"),
            words.row("reworded by hand"),
            held.row("reworded by hand, never used for fitting"),
            *([more.row("your own cases")] if cases else []),
            unseen.row("own wording, taken out of the references"),
        ],
    )
    _confused("Own wording: left out, and chosen instead", mine)
    _confused("Reworded: left out, and chosen instead", words)
    _confused("Never used for fitting: left out, and chosen instead", held)
    if cases:
        _confused("Your own cases: left out, and chosen instead", more)
    settle(
        [
            Target("hits on own wording", mine.percent, 90, "%", at_least=True),
            Target("hits on reworded answers", words.percent, 75, "%", at_least=True),
            Target("hits on those held out", held.percent, 75, "%", at_least=True),
        ],
        check=check,
    )


def _seen(coverage: Coverage, cases: Iterable[Case]) -> Tally:
    tally = Tally()
    for case in cases:
        tally.add(case, _chosen(case, coverage.touched(case.question, case.answer)))
    return tally


def _chosen(case: Case, coverage: dict[str, float]) -> str:
    found = next_probe(case.question, coverage, ())
    return found[0].id if found else "(none: all seem touched)"


def _confused(title: str, tally: Tally) -> None:
    if not tally.confusion:
        print(f"\n{title}: nothing")
        return
    rows = [[q, missed, chosen, str(n)] for (q, missed, chosen), n in tally.confusion.most_common()]
    show(title, ["question", "left out", "chosen", "times"], rows[:_MOST_SHOWN])


if __name__ == "__main__":
    typer.run(main)
