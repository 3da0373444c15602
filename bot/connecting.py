"""Tie a follow-up to what was just said, in the candidate's own words.

The words are cut from the answer and never made up, so they can't misquote,
praise or give anything away. A capable model may phrase the tie instead; what
it writes is checked, and the plain cut stands in when it fails the check.
"""

from __future__ import annotations

import re
import unicodedata

from bot.errors import GreenroomError
from bot.lexicon import content, holds
from bot.manipulation import Sieve
from bot.passages import Passage, clauses, sentences
from bot.ports import ChatModel, SentenceEncoder
from bot.templates import render
from rubrics.schema import Criterion

_WORDS = range(4, 13)
_LONGEST_TIE = 22
_LOOSE_START = re.compile(
    r"^(?:so|and|but|or|because|since|which|that|then|well|okay|ok|um|uh|also|basically|actually"
    r"|i mean|you know|like|i guess|i think|as well as|for example|plus)[, ]+",
    re.IGNORECASE,
)
_LOOSE_END = re.compile(
    r"(?:[, ]+(?:and|but|or|so|because|the|a|to|of|with|that|which|then))+$", re.I
)
_PRAISE = re.compile(
    r"\b(?:great|good|excellent|nice|perfect|correct|right|wrong|well done)\b", re.I
)


def clause_to_quote(encoder: SentenceEncoder, sieve: Sieve, answer: str, probe: str) -> str | None:
    """Return the clause of `answer` that lies nearest to `probe`, 4 to 12 words, or None."""
    clean = sieve.sift(answer).text
    candidates: list[str] = []
    for sentence in sentences(clean):
        for piece in [sentence, *clauses(sentence)]:
            text = _tidy(piece)
            if len(text.split()) in _WORDS and len(content(text)) >= 2 and "\u201c" not in text:
                candidates.append(text)
    if not candidates:
        return None
    likeness = encoder.embed(candidates) @ encoder.embed([probe])[0]
    return candidates[int(likeness.argmax())]


def written_tie(model: ChatModel, answer: str, criterion: Criterion, probe: str) -> str | None:
    """Return a capable model's sentence that leads to the probe, or None if it won't do."""
    try:
        prompt = render("follow_up", answer=answer[-4000:], probe=probe)
        text = " ".join(model.write(prompt, max_tokens=60, urgent=True).split()).strip('"')
    except GreenroomError:
        return None  # the tie is a courtesy: the probe alone is a complete reply
    gives_away = any(holds(text, t) and not holds(answer, t) for t in criterion.terms)
    if gives_away or "?" in text or _PRAISE.search(text) or len(text.split()) > _LONGEST_TIE:
        return None
    return text if text.endswith((".", "!")) else f"{text}."


def _tidy(piece: Passage) -> str:
    text = piece.text.strip().rstrip(".,;:!?").strip("\"'()[]*_`#>-| ")
    previous = None
    while previous != text:
        previous = text
        text = _LOOSE_END.sub("", _LOOSE_START.sub("", text))
    plain = not re.search(r"[<>\[\]{}|`*_#\\]|https?:", text)
    # Nothing that could draw, or turn the line around, gets into the interviewer's words.
    hidden = any(unicodedata.category(c)[0] == "C" for c in text)
    return text if plain and not hidden else ""
