"""What a candidate's turn is: an answer, a question back, a request, or nothing usable.

Obvious cases are told by rules and cost no model call. Only a short turn that
both tells and asks is put to the model, as one closed question.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from py3langid.langid import MODEL_FILE, LanguageIdentifier
from rapidfuzz import fuzz

from bot.domain import Intent
from bot.wishes import wish

REQUEST_WORDS = 14  # a longer turn is not a bare request, whatever it begins with
MIXED_WORDS = 70  # a longer turn that also asks something is an answer
_ALIKE = 90.0

_NOTHING_TO_ASK = re.compile(
    r"^(?:no|nope|nothing|none|i'?m (?:good|fine|all set)|that'?s (?:all|it)|all good|not really)\b"
)
_OPENERS = (
    r"^(?:(?:so|ok(?:ay)?|and|but|sure|right|well|um+|uh+|hmm+|sorry|first|just|quick question)"
    r"[,:. ]+)*"
)
_ANYONE = r"(?:i|we|you|it|they|there|people|users|teams|callers)\b"
_ANYTHING = rf"(?:{_ANYONE}|(?:the|this|that|these|a|an|each|every|all|any|our|your)\b)"
# How a question begins. What begins like one but tells ("What I'd do is", "Which is
# why", "Have the client retry") must not fit: without a question mark this is all there is.
_ASKS = re.compile(
    _OPENERS + r"(?:"
    rf"(?:can|could|may|should|shall|does|did|is|are|was|will|would|must|am) {_ANYTHING}"
    rf"|(?:do|has|have) {_ANYONE}"
    rf"|(?:what|who|where|when|why|how) (?:is|are|was|were) {_ANYTHING}"
    rf"|(?:what|which|who|where|when|why|how)(?! (?:i|we|you|it|they)\b)(?: [\w'-]+){{0,4}} "
    rf"(?:do|does|did|should|would|can|could|will|are) {_ANYTHING}"
    r"|how (?:many|much|often|big|large|long|fast|far|about)\b(?! (?:i|we|you|it|they|he|she)\b)"
    r"|what about\b"
    r"|(?:i(?:'d| would) like to|let me|may i|can i) (?:ask|clarify)|(?:may|can) i (?:check|know)"
    r"|i (?:have|had|'ve got) a question|i(?:'m| am) (?:wondering|curious)|i wonder\b)"
)
_ASKING_WHY = re.compile(
    r"^(?:i (?:want|need|ask)|i'd like|i'm asking|just|because|so |thanks|thank )"
)
_FILLER = frozenset(
    "a ah all alright am an and answer any are as at be bit can cool do done er fine for good "
    "great hello hey hi hm hmm i idk im in is it its just k kind let like lol maybe me mm my nice "
    "no nope "
    "not nothing of oh ok okay on one or perhaps please pretty probably really right so some sorry "
    "sort stuff sure test testing than thank thanks that the then there thing things think this to "
    "um uh use very was we well what whatever will with would yeah yep yes you".split()
)
_PREAMBLE_WORDS = 6
# English can hardly do without these, and no other language has many of them.
_FUNCTION_WORDS = frozenset(
    "the of and to is are was were be it that this with for i we you they my our your would "
    "should have had has not but if when which what how from so at by can could will do did then "
    "than there i'd i'm it's don't we'd that's as an or".split()
)
_ENGLISH_SHARE = 0.15
_SURE_OF_LANGUAGE = 0.7  # lists of English technical terms stay below 0.4


@dataclass(frozen=True)
class Heard:
    """What the turn is, and the words that are left to work with."""

    intent: Intent
    words: int


def visible(text: str) -> str:
    """Return `text` without control, format and surrogate characters, spaces made plain."""
    kept = (
        " " if c in "\t\n\r\v\f" else c
        for c in unicodedata.normalize("NFC", text)
        if c in "\t\n\r\v\f" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    return " ".join("".join(kept).split())


def words_of(text: str) -> list[str]:
    """Return the words of `text` in lower case, without punctuation."""
    plain = text.casefold().replace("\u2019", "'")
    return re.findall(r"[^\W_]+(?:['\-][^\W_]+)*", plain)


class Listener:
    """Tells what a turn is by rules; `share_known` tells words from a mash of keys."""

    def __init__(self, share_known: Callable[[Sequence[str]], float]) -> None:
        self._share_known = share_known
        self._language = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    def obvious(self, text: str, *, asked: Sequence[str], follow_up: bool) -> Intent | None:
        """Return what the turn is, or None if only a model could tell.

        `asked` holds what the interviewer said that could be pasted back.
        `follow_up` says whether the latest of these was a follow-up, which a
        few words may answer.
        """
        plain = visible(text).replace("\u2019", "'")
        words = words_of(plain)
        if not words:
            return Intent.NOISE if plain else Intent.EMPTY
        asks_for = wish(plain.casefold()) if len(words) <= REQUEST_WORDS else None
        if asks_for is not None:
            return asks_for
        if _pasted(plain, asked):
            return Intent.PASTED
        strange = self._strange(plain, words)
        if strange is not None:
            return strange
        if _thin(plain, words, follow_up=follow_up):
            return Intent.THIN
        return _telling_or_asking(plain, words)

    def nothing_to_ask(self, text: str) -> bool:
        """Whether the reply to "what would you like to ask" is that there is nothing."""
        plain = visible(text).casefold()
        words = words_of(plain)
        asks = "?" in plain or _ASKS.match(plain) is not None
        return not words or (
            not asks and (len(words) <= 3 or _NOTHING_TO_ASK.match(plain) is not None)
        )

    def _strange(self, plain: str, words: list[str]) -> Intent | None:
        """Return OTHER_LANGUAGE, NOISE, or None for what can be worked with."""
        letters = [c for c in plain if c.isalpha()]
        latin = sum("LATIN" in unicodedata.name(c, "") for c in letters)
        if letters and latin < 0.7 * len(letters):
            return Intent.OTHER_LANGUAGE
        if self._foreign(plain, words):
            return Intent.OTHER_LANGUAGE
        if self._share_known(words) >= 0.5:
            return None
        # A few unknown words may be names ("Kafka, Flink, Debezium"); a mash of keys is not.
        natural = sum(_pronounceable(w) for w in words) / len(words)
        names = sum(w[:1].isupper() or w.isdigit() for w in plain.split()) / len(words)
        if natural >= 0.8 and (names >= 0.5 or self._language.classify(plain)[0] == "en"):
            return None
        return Intent.NOISE

    def _foreign(self, plain: str, words: list[str]) -> bool:
        if len(words) < 4:
            return False
        english = sum(w in _FUNCTION_WORDS for w in words) / len(words)
        natural = sum(_pronounceable(w) for w in words) / len(words)
        if english >= _ENGLISH_SHARE or natural < 0.7:
            return False
        language, probability = self._language.classify(plain)
        return bool(language != "en" and probability >= _SURE_OF_LANGUAGE)


def _pasted(plain: str, asked: Sequence[str]) -> bool:
    if len(plain.split()) < 4:
        return False
    low = plain.casefold()
    for text in asked:
        other = " ".join(text.split()).casefold()
        if fuzz.ratio(low, other) >= _ALIKE or (
            len(low) <= len(other) and fuzz.partial_ratio(low, other) >= _ALIKE + 5
        ):
            return True
    return False


def _thin(plain: str, words: list[str], *, follow_up: bool) -> bool:
    content = [w for w in words if w not in _FILLER]
    if not content:
        return True
    return not follow_up and len(words) < 4 and not plain.endswith("?")


def _telling_or_asking(plain: str, words: list[str]) -> Intent | None:
    asking, telling = 0, 0
    for sentence in re.findall(r"[^.!?]+[.!?]*", plain):
        size = len(words_of(sentence))
        if size == 0:
            continue
        low = sentence.strip().casefold()
        if low.endswith("?") or (len(words) <= 25 and _ASKS.match(low)):
            asking += 1
        # A short sentence before a question leads up to it; one after it may well answer it.
        elif size > _PREAMBLE_WORDS or (asking and size > 3 and not _ASKING_WHY.match(low)):
            telling += 1
    if not asking or len(words) > MIXED_WORDS:
        return Intent.ANSWER
    return None if telling else Intent.CLARIFY


def _pronounceable(word: str) -> bool:
    if word.isdigit():
        return True
    has_vowel = re.search(r"[aeiouyàâäáãåæèéêëìíîïòóôöõøùúûüýÿœ]", word) is not None
    return has_vowel and re.search(r"[bcdfghjklmnpqrstvwxz]{5}", word) is None and len(word) <= 24
