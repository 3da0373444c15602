"""The judge's zeroes: shipped for every criterion of the shipped packs, and used."""

from __future__ import annotations

from bot.backends.catalog import Catalog
from bot.judge import point_made, point_prompt
from bot.settings import Settings
from bot.zeroes import zero_key, zeroes
from rubrics.loader import Library


def test_every_shipped_criterion_has_its_zero(library: Library) -> None:
    default = Settings.model_fields["model"].default
    digest = Catalog.load().artefact(default).files[0].sha256[:16]
    known = zeroes(digest)
    missing = [
        f"{question.id}/{criterion.id}"
        for pack in library.packs
        for question in pack.questions()
        for criterion in question.criteria
        if zero_key(point_prompt("anything", criterion).digest, criterion.strong) not in known
    ]
    assert missing == [], "run `python -m bench.zero_judge` after changing a pack or the prompt"


def test_another_model_has_none() -> None:
    assert zeroes("another model") == {}


def test_a_criterion_that_is_readily_granted_needs_more() -> None:
    readily, grudgingly = point_made(0.8, 0.2, zero=2.5), point_made(0.8, 0.2, zero=0.5)
    assert readily < 0.5 < grudgingly
