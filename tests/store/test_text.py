from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.archive import Archive
from store.journal import Journal
from store.records import Interview, NewTurn, Turn
from store.text import clean_document, clean_text

Answer = Callable[..., Turn]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\0b\0",
        "".join(map(chr, range(32))) + "\x7f\x85\u2028\ufeff",
        "naïve 日本語 עברית 🧑‍🚀",
        "e\u0301 is not é",
        "<script>alert(1)</script> '; DROP TABLE turn; --",
        "\r\n\r\n  kept as typed  \n",
        "word " * 40_000,
    ],
    ids=["empty", "nul", "control", "scripts", "decomposed", "hostile", "space", "200 kB"],
)
def test_an_answer_comes_back_as_it_was_given(
    text: str, interview: Interview, archive: Archive, answer: Answer
) -> None:
    assert answer(interview.id, 1, text, key="k").text == text
    stored = archive.last_turn(interview.id)
    assert stored is not None
    assert stored.text == text


def test_half_a_character_is_replaced_in_place(
    interview: Interview, archive: Archive, answer: Answer
) -> None:
    accepted = answer(interview.id, 1, "a\ud83db\ude00 \U0001f600", key="\udfff")
    assert accepted.text == "a\ufffdb\ufffd \U0001f600"
    assert archive.last_turn(interview.id) == accepted
    assert answer(interview.id, 1, "again", key="\udfff") == accepted


def test_documents_come_back_as_json_has_them(
    interview: Interview, journal: Journal, archive: Archive
) -> None:
    detail = {"λ\ud800": ("a\0b", "\udc00"), "n": [math.nan, math.inf, 0.1, 2**60, True, None]}
    said = journal.say(interview.id, [NewTurn(1, "Hm.", "reply", detail=detail)])
    assert said[0].detail == {
        "λ\ufffd": ["a\0b", "\ufffd"],
        "n": [None, None, 0.1, 2**60, True, None],
    }
    assert archive.last_turn(interview.id) == said[0]


def test_what_has_no_form_in_json_is_refused_before_anything_is_stored(
    interview: Interview, journal: Journal, archive: Archive
) -> None:
    with pytest.raises(TypeError, match="set"):
        journal.say(interview.id, [NewTurn(1, "Hm.", "reply", detail={"a": {1, 2}})])
    assert len(archive.turns(interview.id)) == 1


@given(st.text(st.characters(exclude_categories=())))
def test_cleaning_keeps_every_offset(text: str) -> None:
    for keep_nul in (True, False):
        clean = clean_text(text, keep_nul=keep_nul)
        assert len(clean) == len(text)
        clean.encode()
        assert all(a in (b, "\ufffd") for a, b in zip(clean, text, strict=True))
        assert clean_text(clean, keep_nul=keep_nul) == clean
    assert "\0" not in clean
    assert clean_document(text) == clean_text(text, keep_nul=True)
