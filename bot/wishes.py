"""What a short turn asks the interviewer to do, told by its words alone.

The same words turn up in answers ("stop the deploy", "a pointer to the head",
"I'd rather not cache"), and taking an answer for a wish loses it. So a pattern
has to fit the turn as a wish: who is asked, or nothing else said.
"""

from __future__ import annotations

import re

from bot.domain import Intent

_MANNERS = (
    r"(?:(?:sorry|pardon|excuse me|please|um+|uh+|hm+|ok(?:ay)?|well|so|wait|actually|honestly|hi"
    r"|yes|no|thanks|thank you)[,.! ]+)*"
)
_END = r"(?:,? (?:please|then|thanks|thank you|sorry))*[.?! ]*$"

_STOP = re.compile(
    rf"^{_MANNERS}(?:stop|quit|exit|end)(?: (?:here|now|it))?{_END}"
    r"|\b(?:stop|end|finish|quit|leave|cancel) (?:the|this|our) interview\b"
    r"|\b(?:i(?:'d| would)? (?:like|want|need|have) to|i've got to|i must|let'?s|let us|can we"
    r"|could we|may i|can i|please|i'm going to) (?:please )?(?:stop|end|quit)(?: (?:it|this))?"
    r"(?: (?:here|now|today|for (?:today|now)))*"
    r"(?:[.!?]*$|[,;.] (?:sorry|please|thanks|thank|i|i'm|my|something)\b"
    r"| (?:please|thanks|sorry)\b)"
)
_HINT = re.compile(
    rf"^{_MANNERS}(?:(?:a|any|another|one|some|more) )?(?:more )?(?:small |little |quick )?"
    rf"(?:hint|clue)s?{_END}"
    r"|\b(?:give|offer|spare|throw) me (?:a|an|any|another|some|one|the)\b.{0,16}"
    r"\b(?:hint|clue|pointer)"
    r"|\b(?:can|could|may|might) i (?:please )?(?:have|get|ask for)\b.{0,20}\b(?:hint|clue|pointer)"
    r"|\bi(?:'d| would)?(?: really)? (?:need|want|like|appreciate|could use) "
    r"(?:a|an|another|some|one)(?: small| little| quick)? (?:hint|clue)\b"
    r"|\b(?:any|got a|got any|do you have a|do you have any) (?:hint|clue|pointer)s?\b.{0,20}\?"
    r"|\bi(?:'m| am) (?:a bit |a little |really |completely |totally |kind of )?stuck\b"
    r"|\b(?:can|could|would) you (?:please )?(?:help me|point me|nudge me)\b"
    rf"|^{_MANNERS}help(?: me)?(?: out)?{_END}"
)
_REPEAT = re.compile(
    rf"^{_MANNERS}(?:(?:can|could|would|will) you (?:please )?|please )?"
    r"(?:repeat|rephrase|reword|restate|(?:say|ask|read)"
    r"(?= (?:that|it|me|the|this).*(?:again|once more)))"
    r"(?: (?:that|it|this|me|yourself|(?:the|your|that) question))*"
    rf"(?: (?:again|once more|one more time|in other words))*{_END}"
    rf"|^{_MANNERS}(?:sorry|pardon|what|huh|come again|once more|again)(?: me)?{_END}"
    r"|\b(?:what was|what's|what is) (?:the|that|your) question\b"
    r"|\bi (?:did ?n['o]?t|could ?n['o]?t|did not|could not) (?:quite |really )?"
    r"(?:catch|hear|get|understand|follow) (?:that|the question|your question|you|it|what you)\s*"
    r"(?:said|asked|mean|meant)?(?:[.,!?]|$)"
)
_REFUSE = re.compile(
    r"\b(?:i'd|i would) (?:rather|prefer) not(?: to)?"
    r"(?: (?:answer|say|discuss|talk|go into|share|get into|speak|tell)\b|[.!?]*$|,)"
    r"|\bi (?:won't|will not|refuse to|don't want to|do not want to) (?:answer|discuss|talk about)"
    r"(?: (?:this|that|it)\b|[.,!?]*$)"
    r"|\b(?:i'm|i am) not comfortable (?:answering|talking about|sharing|discussing)\b"
    rf"|^{_MANNERS}no comment\b"
)
_SKIP = re.compile(
    rf"^{_MANNERS}(?:(?:(?:can|could|may|shall) (?:we|i)|let'?s|let us|let me|i'd like to|i want to"
    r"|i'll|we can|i) )?(?:please )?(?:just )?(?:skip|pass|move on|go on|next)"
    r"(?: (?:on|to|this|that|it|the|question|one|next|for now|here))*" + _END
)
_UNKNOWN = re.compile(
    r"\bi (?:really |honestly |just |simply )?(?:do not|don'?t) (?:really |actually )?"
    r"(?:know|remember)\b|\bno (?:idea|clue)\b"
    r"|\bi(?:'m| am) (?:really )?not (?:really |so )?sure\b|^not (?:really )?sure\b"
    r"|\bi(?:'ve| have)? never (?:really )?(?:done|used|heard|worked|seen|had|dealt|been)\b"
    r"|\bi (?:can't|cannot) (?:think of|remember|say)\b|\bbeats me\b|^idk\b|^dunno\b"
)
_CLAUSE = re.compile(r"[,.;:!?]+|\bbut\b|\bso\b|\bthough\b|\balthough\b")
_PROPOSES = re.compile(
    r"\b(?:i'd|i would|we'd|we would|maybe|perhaps|probably|i guess|i think|could|should|let'?s)\b"
)
_REST_WORDS = 8  # of the clause that says so: "I don't know how people do that in practice"
_BESIDE_WORDS = 7  # in other clauses, which may excuse but not answer


def wish(low: str) -> Intent | None:
    """Return what a short turn asks for, or None. `low` is its visible text in lower case."""
    for pattern, intent in (
        (_STOP, Intent.STOP),
        (_HINT, Intent.HINT),
        (_REPEAT, Intent.REPEAT),
        (_REFUSE, Intent.REFUSE),
        (_SKIP, Intent.SKIP),
    ):
        if pattern.search(low):
            return intent
    return Intent.UNKNOWN if _does_not_know(low) else None


def _does_not_know(low: str) -> bool:
    """Whether the turn says so, and says nothing else that could be worked with."""
    clauses = [c.strip() for c in _CLAUSE.split(low) if c.strip()]
    owning_up = [c for c in clauses if _UNKNOWN.search(c)]
    if not owning_up:
        return False
    beside = [c for c in clauses if c not in owning_up]
    if any(_PROPOSES.search(c) and len(c.split()) >= 3 for c in beside):
        return False
    rest = max(len(_UNKNOWN.sub("", c).split()) for c in owning_up)
    return rest <= _REST_WORDS and sum(len(c.split()) for c in beside) <= _BESIDE_WORDS
