"""Thorough: how far the answers to one question meet each criterion, with quotes.

Two strategies behind one call, chosen by what the model was found able to do.
Both only propose: `scoring` checks every quote against the transcript and has
the last word.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from bot.coverage import Coverage, Evidence
from bot.domain import Quote, Status, Turn, Verdict
from bot.errors import ModelNonsense
from bot.lexicon import content
from bot.manipulation import Sieve
from bot.passages import LONGEST_QUOTE_WORDS, Passage, quotable, sentences
from bot.ports import ChatModel, Prompt
from bot.templates import render
from bot.zeroes import zero_key, zeroes
from rubrics.schema import Criterion, Question

# A score from 0 to 1 becomes a status; measured on the packs' own strong and weak
# answers (docs/how-grading-works.md).
MET_FROM = 0.68
PARTIAL_FROM = 0.2
_TOUCHED_ALONE = 0.35  # what speaking to a criterion is worth, whatever is made of it
# Less touched than this is missing whatever the model thinks, so it is not asked.
WORTH_ASKING = 0.2
_STEEPNESS = 4.0
_BELOW = 0.65  # the middle of the scale lies this far below the strong wording
_USUAL_ZERO = 0.8
_GIVEN = 88.0  # how alike to our own words a sentence may be before it is our words
_JOINT = " \n"
_QUOTED = re.compile("\u201c[^\u201d]*\u201d")
RULES, CLOSED, STRUCTURED = "rules", "closed questions, read by probability", "one structured call"


@dataclass(frozen=True)
class Material:
    """All that is graded for one question: its answers, without orders and borrowed words.

    `text` is the cleaned answers joined; `offsets` says where each turn begins in it.
    """

    question: Question
    turns: tuple[Turn, ...]
    text: str
    offsets: tuple[int, ...]
    orders: tuple[Passage, ...]

    @property
    def empty(self) -> bool:
        return not self.text.strip()

    @property
    def parts(self) -> list[str]:
        """The cleaned answers one by one, without those that are left empty."""
        ends = [*(o - len(_JOINT) for o in self.offsets[1:]), len(self.text)]
        parts = (self.text[a:b] for a, b in zip(self.offsets, ends, strict=True))
        return [" ".join(p.split()) for p in parts if p.strip()]

    def quote(self, passage: Passage) -> Quote | None:
        """Return a passage of `text` as a quote from the turn it lies in."""
        for turn, offset in zip(reversed(self.turns), reversed(self.offsets), strict=True):
            if passage.start >= offset:
                start = passage.start - offset
                piece = turn.text[start : start + len(passage.text)]
                return Quote(piece, turn.seq, start, start + len(piece))
        return None


class Judge:
    """Grades one question's answers."""

    def __init__(self, model: ChatModel, coverage: Coverage, sieve: Sieve) -> None:
        self._model = model
        self._coverage = coverage
        self._sieve = sieve

    def material(self, question: Question, turns: Sequence[Turn], given: Sequence[str]) -> Material:
        """Return what there is to grade. `given` holds what the interviewer said."""
        parts: list[str] = []
        offsets: list[int] = []
        orders: list[Passage] = []
        at = 0
        ours = [*given, question.prompt]
        for turn in turns:
            sifted = self._sieve.sift(turn.text)
            text = _without(sifted.text, ours)
            orders.extend(sifted.orders)
            parts.append(text)
            offsets.append(at)
            at += len(text) + len(_JOINT)
        return Material(question, tuple(turns), _JOINT.join(parts), tuple(offsets), tuple(orders))

    def grade(self, material: Material, pack_digest: str) -> tuple[Verdict, ...]:
        """Return one verdict for each criterion. One bad reply leaves one criterion unscored.

        Raises ModelUnavailable or ModelTimeout when the model can't be used at all.
        """
        if material.empty:
            reason = _nothing(material)
            # No model had a part in it, and none has to be loaded to say so.
            return tuple(
                Verdict(c.id, Status.MISSING, 0.0, reason, (), RULES, "", "", "", pack_digest)
                for c in material.question.criteria
            )
        evidence = self._coverage.evidence(material.question, material.text)
        if self._whole_rubric():
            return self._structured(material, evidence, pack_digest)
        return tuple(
            self._closed(material, c, evidence[c.id], pack_digest)
            for c in material.question.criteria
        )

    def _whole_rubric(self) -> bool:
        """Whether to ask everything at once: without probabilities there is no other way."""
        _ = self._model.digest  # waits until the model is there, and what it can do is known
        can = self._model.capability
        return can.structured or not can.logprobs

    def _closed(
        self, material: Material, criterion: Criterion, evidence: Evidence, pack_digest: str
    ) -> Verdict:
        """Judge one criterion by its best passage, so that nothing else can sway the model."""
        quotes = self._quotes(material, evidence)
        said = " ".join(q.text for q in quotes) or "(nothing)"
        prompt = point_prompt(said, criterion)
        made = 0.0
        if evidence.touched >= WORTH_ASKING and quotes:
            try:
                share = self._model.choose(prompt, ("Yes", "No"))
            except ModelNonsense as error:
                return self._unscored(criterion, str(error), CLOSED, prompt.digest, pack_digest)
            zero = zeroes(self._model.digest).get(zero_key(prompt.digest, criterion.strong))
            made = point_made(share["Yes"], share["No"], zero)
        score = combined(evidence.touched, made)
        status = status_of(score)
        kept = quotes if status is not Status.MISSING else ()
        return self._verdict(
            criterion,
            status,
            score,
            _reason(criterion, status),
            kept,
            CLOSED,
            prompt.digest,
            pack_digest,
        )

    def _structured(
        self, material: Material, evidence: dict[str, Evidence], pack_digest: str
    ) -> tuple[Verdict, ...]:
        question = material.question
        prompt = render(
            "scorecard",
            question=" ".join(question.prompt.split()),
            turns=material.parts,
            criteria=question.criteria,
        )
        try:
            reply = self._model.fill(
                prompt, _schema(question), max_tokens=400 * len(question.criteria)
            )
        except ModelNonsense as error:
            return tuple(
                self._unscored(c, str(error), STRUCTURED, prompt.digest, pack_digest)
                for c in question.criteria
            )
        verdicts = []
        for criterion in question.criteria:
            said = reply[criterion.id]
            status = Status(said["status"])
            quotes = tuple(q for text in said["quotes"] if (q := find_quote(text, material.turns)))
            score = {Status.MET: 1.0, Status.PARTIAL: 0.5}.get(status, 0.0)
            verdicts.append(
                self._verdict(
                    criterion,
                    status,
                    score,
                    " ".join(said["reason"].split())[:400],
                    quotes,
                    STRUCTURED,
                    prompt.digest,
                    pack_digest,
                )
            )
        return tuple(verdicts)

    def _quotes(self, material: Material, evidence: Evidence) -> tuple[Quote, ...]:
        if evidence.passage is None:
            return ()
        quote = material.quote(quotable(_whole_sentence(material.text, evidence.passage)))
        return (quote,) if quote else ()

    def _unscored(
        self, criterion: Criterion, why: str, strategy: str, prompt_digest: str, pack_digest: str
    ) -> Verdict:
        verdict = self._verdict(
            criterion, Status.UNSCORED, 0.0, why, (), strategy, prompt_digest, pack_digest
        )
        return replace(verdict, score=None)

    def _verdict(
        self,
        criterion: Criterion,
        status: Status,
        score: float,
        reason: str,
        quotes: tuple[Quote, ...],
        strategy: str,
        prompt_digest: str,
        pack_digest: str,
    ) -> Verdict:
        return Verdict(
            criterion_id=criterion.id,
            status=status,
            score=score,
            reason=reason,
            quotes=quotes,
            strategy=strategy,
            model=self._model.label,
            model_digest=self._model.digest,
            prompt_digest=prompt_digest,
            pack_digest=pack_digest,
        )


def point_prompt(said: str, criterion: Criterion) -> Prompt:
    """Return the closed question that the embedded model is asked about one passage."""
    return render("point", said=" ".join(said.split()), strong=criterion.strong)


def point_made(yes: float, no: float, zero: float | None = None) -> float:
    """Return from the model's shares how fully a passage makes a point, from 0 to 1.

    The small model says yes to almost anything; what tells is how much, next to
    what the criterion's own strong wording gets (`zero`, a log-odds; without
    one, about the packs' median). The packs' descriptions of partial answers lay 0.8 below
    it on the twelve criteria tried.
    """
    odds = math.log(max(yes, 1e-6) / max(no, 1e-6))
    strong = _USUAL_ZERO if zero is None else zero
    return 1.0 / (1.0 + math.exp(-_STEEPNESS * (odds - strong + _BELOW)))


def combined(touched: float, made: float) -> float:
    """Return a score from 0 to 1 from two readers who see different things.

    `touched` says whether the criterion was spoken to at all, and bounds the
    score; `made` says how fully, and is worth the larger part of it.
    """
    return touched * (_TOUCHED_ALONE + (1.0 - _TOUCHED_ALONE) * made)


def status_of(score: float) -> Status:
    """Return the status that a score from 0 to 1 stands for."""
    if score >= MET_FROM:
        return Status.MET
    return Status.PARTIAL if score >= PARTIAL_FROM else Status.MISSING


def _whole_sentence(text: str, passage: Passage) -> Passage:
    for sentence in sentences(text):
        holds = sentence.start <= passage.start and passage.end <= sentence.end
        if holds and len(sentence.text.split()) <= LONGEST_QUOTE_WORDS:
            return sentence
    return passage


def find_quote(text: str, turns: Sequence[Turn]) -> Quote | None:
    """Return where `text` stands in the turns, word for word but for white space and case."""
    wanted = text.strip().strip("\"'\u201c\u201d\u2026.")
    if not content(wanted):
        return None  # "and so" stands in every answer, and shows nothing
    # The model was shown fenced brackets and plain spaces; the turn holds what was typed.
    words = (
        re.escape(w).replace("\u2039", "[<\u2039]").replace("\u203a", "[>\u203a]")
        for w in wanted.split()
    )
    pattern = re.compile(r"(?<!\w)" + r"\s+".join(words) + r"(?!\w)", re.IGNORECASE)
    for turn in turns:
        found = pattern.search(turn.text)
        if found:
            return Quote(found[0], turn.seq, found.start(), found.end())
    return None


def _without(text: str, given: Sequence[str]) -> str:
    """Blank out sentences that are the interviewer's own words said back."""
    # A follow-up quotes the candidate: what stands between its quotation marks is theirs.
    plain = [_QUOTED.sub(" ", g) for g in given]
    borrowed = [s.text.casefold() for g in plain for s in sentences(g) if len(s.text.split()) >= 4]
    for sentence in sentences(text):
        if len(sentence.text.split()) < 4:
            continue
        low = sentence.text.casefold()
        if any(fuzz.ratio(low, b) >= _GIVEN for b in borrowed):
            text = text[: sentence.start] + " " * len(sentence.text) + text[sentence.end :]
    return text


def _nothing(material: Material) -> str:
    if material.orders:
        return "The answer addressed the grader instead of the question, which earns nothing."
    return "Nothing was said that could be graded."


def _reason(criterion: Criterion, status: Status) -> str:
    if status is Status.MISSING:
        return f"Nothing said bears on this. A strong answer {_lowered(criterion.strong)}"
    if status is Status.PARTIAL:
        return f"Touched, not shown in full. A strong answer {_lowered(criterion.strong)}"
    return "Shown in the candidate's own words."


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _schema(question: Question) -> dict[str, object]:
    one = {
        "type": "object",
        "properties": {
            "quotes": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
            "reason": {"type": "string", "maxLength": 400},
            "status": {"enum": [Status.MISSING, Status.PARTIAL, Status.MET]},
        },
        "required": ["quotes", "reason", "status"],
        "additionalProperties": False,
    }
    ids = [c.id for c in question.criteria]
    return {
        "type": "object",
        "properties": dict.fromkeys(ids, one),
        "required": ids,
        "additionalProperties": False,
    }
