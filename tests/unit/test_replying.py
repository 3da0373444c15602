"""Clarifying questions find the fact that answers them, and nothing that does not."""

from __future__ import annotations

import pytest

from bot.backends.encoder import Encoder
from bot.replying import find_fact, find_facts
from rubrics.schema import Fact

FACTS = [
    Fact(about="how many users there are", say="About two million people a month."),
    Fact(about="how fresh the counts have to be", say="A minute late is fine."),
    Fact(about="whether old comments may be deleted", say="No, they are kept for ever."),
]


@pytest.mark.parametrize(
    ("asked", "say"),
    [
        ("How many users are there?", FACTS[0].say),
        ("What's the number of users, roughly?", FACTS[0].say),
        ("Do the counts have to be fresh right away?", FACTS[1].say),
        ("May we delete old comments?", FACTS[2].say),
    ],
)
def test_the_fact_that_is_about_it(encoder: Encoder, asked: str, say: str) -> None:
    found = find_fact(encoder, asked, FACTS)
    assert found is not None and found.say == say


@pytest.mark.parametrize(
    "asked", ["Which cloud do you run on?", "Is it fine to draw a diagram?", "What is for lunch?"]
)
def test_what_is_in_no_fact_is_the_candidates_to_assume(encoder: Encoder, asked: str) -> None:
    assert find_fact(encoder, asked, FACTS) is None


def test_without_facts_there_is_nothing_to_say(encoder: Encoder) -> None:
    assert find_fact(encoder, "How many users are there?", []) is None


def test_two_things_asked_at_once_are_both_answered(encoder: Encoder) -> None:
    asked = "How many users are there, and do the counts have to be fresh?"
    assert find_facts(encoder, asked, FACTS) == [FACTS[0].say, FACTS[1].say]


def test_nothing_is_said_twice(encoder: Encoder) -> None:
    asked = "How many users are there? I mean, what is the number of users?"
    assert find_facts(encoder, asked, FACTS) == [FACTS[0].say]
