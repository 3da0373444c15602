from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.passages import LONGEST_QUOTE_WORDS, Passage, clauses, quotable, sentences, windows


def texts(passages: list[Passage]) -> list[str]:
    return [p.text for p in passages]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        (" \n\n ", []),
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("no end", ["no end"]),
        ("It took 3.5 s on v2.1, on example.com.", ["It took 3.5 s on v2.1, on example.com."]),
        ("A list:\n- one\n- two", ["A list:", "- one", "- two"]),
        ("Well... yes.", ["Well...", "yes."]),
        ("What?! No.", ["What?!", "No."]),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert texts(sentences(text)) == parts


def test_clauses_keep_their_place_in_the_whole() -> None:
    whole = "First this. We cut it, shipped half; then the rest."
    second = sentences(whole)[1]
    assert texts(clauses(second)) == ["We cut it", "shipped half", "then the rest."]
    assert all(whole[c.start : c.end] == c.text for c in clauses(second))


def test_a_long_sentence_is_also_read_in_pairs_of_clauses() -> None:
    assert texts(windows("One, two, three.")) == ["One, two, three.", "One, two", "two, three."]
    assert texts(windows("One, two.")) == ["One, two."]


def test_a_quote_is_cut_at_a_word() -> None:
    text = "word " * 60 + "end"
    cut = quotable(Passage(text, 7, 7 + len(text)))
    assert len(cut.text.split()) == LONGEST_QUOTE_WORDS
    assert (cut.start, cut.end) == (7, 7 + len(cut.text))
    short = Passage("a few words", 2, 13)
    assert quotable(short) == short


@given(st.text(alphabet=st.sampled_from("ab .,;:!?\n\t\u2028\u00e9\U0001f600"), max_size=80))
def test_every_passage_stands_where_it_says(text: str) -> None:
    for passage in windows(text):
        assert text[passage.start : passage.end] == passage.text == passage.text.strip()


@given(st.text(max_size=200))
def test_sentences_leave_out_nothing_but_white_space(text: str) -> None:
    left = list(text)
    for passage in sentences(text):
        left[passage.start : passage.end] = " " * len(passage.text)
    assert "".join(left).strip() == ""


@pytest.mark.parametrize("text", ["." * 50_000, "a." * 25_000, "a, " * 16_000, "\n" * 50_000])
def test_hostile_texts_take_no_longer_than_others(text: str) -> None:
    began = time.monotonic()
    windows(text)
    assert time.monotonic() - began < 2.0
