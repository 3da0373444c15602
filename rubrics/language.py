"""What packs lint needs to know of English: word stems, syllables, and how hard a text reads."""

from __future__ import annotations

import re
from functools import cache

import snowballstemmer

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_SENTENCE_END = re.compile(r"[.?!]+(?:\s|$)")
_VOWELS = re.compile(r"[aeiouy]+")
# made, changed (not needed), figures (not changes, simple), and the same inside: something, useful
_SILENT = re.compile(
    r"(?<=[^aeiouy])(?:(?<![bcdfgkpstz]l)e$|(?<![td])ed$|(?<![cgsxz])(?<![cs]h)(?<![bcdfgkpstz]l)es$"
    r"|(?<=[a-z]{2})e(?=(?:thing|times|body|where|ful|fully|ly|ment|less|page|line|lines)$))"
)
# Words that carry no topic: two texts that share only these have nothing in common.
_EMPTY = frozenset(
    _WORD.findall(
        """
        a an and any are as at be been but by can could did do does for from get had has have how
        i if in into is it its just like me more my no not of on one or our out over so some tell
        than that the their them then there they this to up us was we were what when where which
        who why will with would you your
        """
    )
)


def words(text: str) -> list[str]:
    """Return a text's words in lower case, without punctuation."""
    return _WORD.findall(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def stems(text: str) -> list[str]:
    """Return the stem of each word: Porter's second English stemmer, as Snowball has it.

    It takes inflections and common derivations together (lock, locks, locking;
    idempotent, idempotency), which is what a probe may not give away.
    """
    return [_stem(word) for word in words(text)]


def topic(text: str) -> list[str]:
    """Return the stems of the words that carry a text's topic, in order."""
    return [_stem(word) for word in words(text) if word not in _EMPTY]


def holds(text: str, phrase: str) -> bool:
    """Say whether a text has a phrase's words one after the other, in any inflection."""
    wanted, here = stems(phrase), stems(text)
    width = len(wanted)
    return width > 0 and any(here[i : i + width] == wanted for i in range(len(here) - width + 1))


def reading_ease(text: str) -> float:
    """Return Flesch's reading ease: about 100 for a child's book, 30 for an academic paper.

    Flesch, "A new readability yardstick", Journal of Applied Psychology, 1948.
    Short texts swing widely: a few words with one long one among them score low.
    """
    found = words(text)
    if not found:
        return 100.0
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    per_word = sum(syllables(word) for word in found) / len(found)
    return 206.835 - 1.015 * len(found) / sentences - 84.6 * per_word


@cache
def syllables(word: str) -> int:
    """Return about how many syllables a word has: its groups of vowels, less a silent e.

    textstat would know better, but from a dictionary that it fetches from the
    network at first use. Of eighty words counted by hand this is right for
    four in five, and 5% low in all.
    """
    groups = len(_VOWELS.findall(word))
    return max(1, groups - len(_SILENT.findall(word)))


@cache
def _stem(word: str) -> str:
    # A stemmer of its own each time: Snowball's objects keep state and threads may lint at once.
    return str(snowballstemmer.stemmer("english").stemWord(word.removesuffix("'s")))
