from __future__ import annotations

import string
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

import bot.phrases
from bot.phrases import Phrases
from bot.state import Cursor

FAMILIES = tomllib.loads(Path(bot.phrases.__file__).with_name("phrases.toml").read_text("utf-8"))
FILL = {"quote": "a", "fact": "b", "hint": "c", "question": "d"}


def said(family: str, times: int, interview_id: str = "i") -> list[str]:
    cursor, texts = Cursor(), []
    for _ in range(times):
        text, cursor = Phrases().pick(family, cursor, interview_id, **FILL)
        texts.append(text)
    return texts


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_comes_again_before_all_have_come(family: str) -> None:
    count = len(FAMILIES[family])
    texts = said(family, 2 * count)
    assert len(set(texts[:count])) == len(set(texts[count:])) == count


@pytest.mark.parametrize("family", [f for f, phrases in FAMILIES.items() if len(phrases) > 1])
def test_nothing_is_said_twice_running(family: str) -> None:
    for interview_id in "abcdefghij":
        texts = said(family, 8 * len(FAMILIES[family]), interview_id)
        assert [a for a, b in pairwise(texts) if a == b] == []


def test_interviews_differ_and_each_stays_the_same() -> None:
    assert said("connect", 5, "i") == said("connect", 5, "i")
    assert len({tuple(said("connect", 5, str(n))) for n in range(10)}) > 5


def test_the_cursor_counts_each_family_by_itself() -> None:
    _, cursor = Phrases().pick("hint", Cursor(said={"repeat": 2}), "i", hint="Look up.")
    assert cursor.said == {"repeat": 2, "hint": 1}


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    text, _ = Phrases().pick("connect", Cursor(), "i", quote="{0} {hint} %s")
    assert "{0} {hint} %s" in text


@pytest.mark.parametrize("family", FAMILIES)
def test_every_phrase_of_a_family_wants_the_same_words(family: str) -> None:
    wanted = {
        frozenset(name for _, name, _, _ in string.Formatter().parse(phrase) if name)
        for phrase in FAMILIES[family]
    }
    assert len(wanted) == 1
    assert next(iter(wanted)) <= set(FILL)


def test_only_what_comes_before_another_question_announces_one() -> None:
    words = " ".join(FAMILIES["last_question"] + FAMILIES["out_of_time"] + FAMILIES["leave_it"])
    assert not any(w in words.casefold() for w in ("another", "next", "something else", "?"))
    assert not any("?" in phrase for phrase in FAMILIES["company_unknown"])
