"""The rules of packs lint, one function each, on a question or a track at a time.

A rule yields a `Problem` for each fault it finds and knows nothing of the
others. docs/writing-a-pack.md says the same in an author's words. The bounds
were set by measuring the shipped packs: each leaves them a little room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from string import Formatter

from rapidfuzz import fuzz

from rubrics.language import holds, reading_ease, stems, topic, words
from rubrics.schema import Company, CompanyFact, Criterion, Question, Source, Track
from rubrics.source import Document, Key, Problem

LONGEST_PROBE = 22  # words: what can be taken in at one hearing
HEAVIEST = 0.6  # of a question's weight, on one criterion
EASIEST_PROMPT = 60.0  # Flesch: 60 to 70 is plain English
EASIEST_PROBES = 50.0  # of a criterion's probes together; so few words swing more
PROBES_ALIKE = 80.0  # the nearest two shipped probes that ask different things reach 75
PROMPTS_ALIKE = 80.0  # the nearest two shipped prompts reach 60
CRITERIA_ALIKE = 85.0
PLACEHOLDERS = frozenset({"name", "role", "minutes", "questions"})
_MARKUP = re.compile(r"[*_#`<>|\[\]{}\\]|https?:|^\s*(?:-|\d+[.)])\s", re.MULTILINE)


@dataclass(frozen=True)
class Sited:
    """A question and where it stands, so that a problem can name its line."""

    question: Question
    document: Document
    index: int

    def problem(self, key: Key, message: str) -> Problem:
        return self.document.problem(("questions", self.index, *key), message)


@dataclass(frozen=True)
class Spoken:
    """A text that is said aloud, and its key."""

    key: Key
    text: str


def probes_of(question: Question) -> Iterator[Spoken]:
    """Yield every probe of a question."""
    for index, criterion in enumerate(question.criteria):
        for number, probe in enumerate(criterion.probes):
            yield Spoken(("criteria", index, "probes", number), probe)


def gives_away(sited: Sited) -> Iterator[Problem]:
    """A probe or hint may not hold a key term of its own criterion, in any inflection."""
    for index, criterion in enumerate(sited.question.criteria):
        at: Key = ("criteria", index)
        said = [Spoken((*at, "probes", i), p) for i, p in enumerate(criterion.probes)]
        for spoken in [*said, Spoken((*at, "hint"), criterion.hint)]:
            for term in criterion.terms:
                if holds(spoken.text, term):
                    yield sited.problem(
                        spoken.key, f"gives the answer away: it holds '{term}', a term of its own"
                    )


def prompt_names_criteria(sited: Sited) -> Iterator[Problem]:
    """A prompt may not hold a criterion's key term, or its name."""
    question = sited.question
    for criterion in question.criteria:
        for term in criterion.terms:
            if holds(question.prompt, term):
                yield sited.problem(
                    ("prompt",), f"holds '{term}', a term of the criterion '{criterion.id}'"
                )
        name = topic(criterion.name)
        if len(name) > 1 and _contains(topic(question.prompt), name):
            yield sited.problem(
                ("prompt",), f"names the criterion '{criterion.id}' ({criterion.name})"
            )


def probe_form(sited: Sited) -> Iterator[Problem]:
    """A probe is one breath long and ends as a sentence."""
    for probe in probes_of(sited.question):
        count = len(probe.text.split())
        if count > LONGEST_PROBE:
            yield sited.problem(probe.key, f"has {count} words; a probe may have {LONGEST_PROBE}")
        if not probe.text.endswith(("?", ".")):
            yield sited.problem(probe.key, "must end with a question mark or a full stop")


def spoken_plainly(sited: Sited) -> Iterator[Problem]:
    """What the interviewer says holds no markup: it is read aloud."""
    question = sited.question
    said = [Spoken(("prompt",), question.prompt), *probes_of(question)]
    said += [Spoken(("criteria", i, "hint"), c.hint) for i, c in enumerate(question.criteria)]
    said += [Spoken(("facts", i, "say"), f.say) for i, f in enumerate(question.facts)]
    for spoken in said:
        if found := _MARKUP.search(spoken.text):
            yield sited.problem(
                spoken.key, f"is said aloud, and '{found[0].strip()}' can't be; write it in words"
            )


def weights(sited: Sited) -> Iterator[Problem]:
    """The weights say what decides: not all alike, and not all on one."""
    question = sited.question
    given = [c.weight for c in question.criteria]
    if len(given) > 3 and len(set(given)) == 1:
        yield sited.problem(
            ("criteria",),
            f"all {len(given)} criteria weigh {given[0]}; give what decides more weight",
        )
    for index, criterion in enumerate(question.criteria):
        if criterion.weight > HEAVIEST * question.total_weight:
            yield sited.problem(
                ("criteria", index, "weight"),
                f"carries {criterion.weight} of {question.total_weight}; "
                f"one criterion may carry {HEAVIEST:.0%}",
            )


def reads_easily(sited: Sited) -> Iterator[Problem]:
    """Prompts and probes are understood at one hearing."""
    question = sited.question
    ease = reading_ease(question.prompt)
    if ease < EASIEST_PROMPT:
        yield sited.problem(
            ("prompt",),
            f"reads hard: ease {ease:.0f}, at least {EASIEST_PROMPT:.0f} is wanted; "
            "shorten the sentences and the words",
        )
    for index, criterion in enumerate(question.criteria):
        ease = reading_ease(" ".join(criterion.probes))
        if ease < EASIEST_PROBES:
            yield sited.problem(
                ("criteria", index, "probes"),
                f"read hard: ease {ease:.0f}, at least {EASIEST_PROBES:.0f} is wanted; "
                "use shorter words",
            )


def criteria_apart(sited: Sited) -> Iterator[Problem]:
    """No two criteria of a question are the same thing."""
    criteria = sited.question.criteria
    for index, criterion in enumerate(criteria):
        for other in criteria[:index]:
            if _same(criterion.name, other.name):
                yield sited.problem(("criteria", index, "name"), f"is the name of '{other.id}' too")
            elif _likeness(criterion.strong, other.strong) >= CRITERIA_ALIKE:
                yield sited.problem(
                    ("criteria", index, "strong"), f"says the same as that of '{other.id}'"
                )


def question_source(sited: Sited, today: date) -> Iterator[Problem]:
    """A question's source is not dated in the future."""
    if problem := _dated(sited.question.source, today):
        yield sited.problem(("source", "date"), problem)


def leans(sited: Sited) -> Iterator[Problem]:
    """A warning: a model answer's part holds several terms of another criterion.

    The parts zero the small model, criterion by criterion; one that serves two
    makes both zeros wrong.
    """
    question = sited.question
    for index, criterion in enumerate(question.criteria):
        for number, text in enumerate(criterion.said):
            yield from _leaning(sited, ("criteria", index, "said", number), criterion, text)
    for number, point in enumerate(question.outline):
        own = question.criterion(point.criterion)
        yield from _leaning(sited, ("outline", number, "text"), own, point.text)


def _leaning(sited: Sited, key: Key, own: Criterion, text: str) -> Iterator[Problem]:
    for other in sited.question.criteria:
        if other is own:
            continue
        held = [
            t for t in other.terms if holds(text, t) and not any(holds(o, t) for o in own.terms)
        ]
        if len(held) > 1:
            yield sited.problem(
                key, f"also serves '{other.id}': it holds {', '.join(map(repr, held))}"
            )


def opening_placeholders(track: Track, document: Document) -> Iterator[Problem]:
    """An opening or closing uses only the placeholders that are filled in."""
    for index, round_ in enumerate(track.rounds):
        for field, text in (("opening", round_.opening), ("closing", round_.closing)):
            key: Key = ("rounds", index, field)
            try:
                used = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
            except ValueError as error:
                yield document.problem(key, f"has a brace that does not close: {error}")
                continue
            for name in sorted(used - PLACEHOLDERS):
                known = ", ".join(f"{{{p}}}" for p in sorted(PLACEHOLDERS))
                yield document.problem(key, f"uses {{{name}}}; there are {known}")


def track_sources(track: Track, document: Document, today: date) -> Iterator[Problem]:
    """A track's rounds and facts are not dated in the future."""
    for index, round_ in enumerate(track.rounds):
        if problem := _dated(round_.source, today):
            yield document.problem(("rounds", index, "source", "date"), problem)
    yield from _facts_dated(track.facts, document, today)


def company_sources(company: Company, document: Document, today: date) -> Iterator[Problem]:
    """A company's facts are not dated in the future."""
    yield from _facts_dated(company.facts, document, today)


def _facts_dated(
    facts: Sequence[CompanyFact], document: Document, today: date
) -> Iterator[Problem]:
    for index, fact in enumerate(facts):
        if problem := _dated(fact.source, today):
            yield document.problem(("facts", index, "source", "date"), problem)


def _dated(source: Source, today: date) -> str | None:
    # A day's grace: where the author sits it may be tomorrow already.
    if source.date <= today + timedelta(days=1):
        return None
    return f"{source.date} is in the future"


def _likeness(a: str, b: str) -> float:
    return fuzz.token_sort_ratio(" ".join(stems(a)), " ".join(stems(b)))


def _same(a: str, b: str) -> bool:
    return words(a) == words(b)


def _contains(text: Sequence[str], run: Sequence[str]) -> bool:
    width = len(run)
    return any(list(text[i : i + width]) == list(run) for i in range(len(text) - width + 1))
