"""Words without their endings, for comparing what was said with what was hoped for."""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer

_STOP = frozenset(
    "a about after all also an and any are as at be because been but by can could did do does for "
    "from get had has have he her him his how i if in into is it its just like me more my no not "
    "of on one only or other our out over own she should so some than that the their them then "
    "there they thing this those to too two up us use very was way we were what when where which "
    "who why will with would you your".split()
)
_WORD = re.compile(r"[a-z0-9]+")


@lru_cache(maxsize=2048)
def stems(text: str) -> tuple[str, ...]:
    """Return the stems (Snowball, English) of the words in `text`, in order."""
    return tuple(_stem(word) for word in _WORD.findall(text.casefold()))


@lru_cache(maxsize=32_768)  # people use a few thousand words, again and again
def _stem(word: str) -> str:
    stemmer = snowballstemmer.stemmer("english")  # not shared: it is not safe across threads
    stem: str = stemmer.stemWord(word)
    return stem


def content(text: str) -> frozenset[str]:
    """Return the stems that carry meaning."""
    words = _WORD.findall(text.casefold())
    return frozenset(
        stem
        for word, stem in zip(words, stems(text), strict=True)
        if word not in _STOP and (len(word) > 2 or word.isdigit())
    )


def holds(text: str, phrase: str) -> bool:
    """Whether the words of `phrase` stand side by side in `text`, whatever their endings."""
    return f" {' '.join(stems(phrase))} " in f" {' '.join(stems(text))} "
