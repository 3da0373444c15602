"""Pure: verdicts in, points and levels out. The model never adds anything up.

A quote that does not stand in what the candidate said is dropped here, whoever
proposed it; a verdict that is left without support becomes unscored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.domain import (
    CANDIDATE,
    Plan,
    QuestionScore,
    Quote,
    RoundScore,
    Scorecard,
    Signal,
    Status,
    Turn,
    Verdict,
)
from rubrics.schema import Question

# What is left of a criterion's score when one, or more than one, hint led to it.
AFTER_HINT = (1.0, 0.75, 0.6)
# Points at which a level begins: 2, 3 and 4; the levels' names are in LEVELS.
LEVEL_FROM = (0.4, 0.6, 0.8)
LEVELS = {1: "well below", 2: "below", 3: "at the bar", 4: "above the bar"}
_MOST_DECIDING = 4
# With less than this share of the weight graded, there is no honest signal to give.
_ENOUGH = 0.5


def supported(verdict: Verdict, turns: Iterable[Turn]) -> Verdict:
    """Return the verdict with only those quotes that really were said."""
    said = {t.seq: t.text for t in turns if t.speaker == CANDIDATE}
    quotes = tuple(q for q in verdict.quotes if _stands(q, said))
    if quotes or verdict.status in (Status.MISSING, Status.UNSCORED):
        kept = quotes if verdict.status is not Status.UNSCORED else ()
        return replace(verdict, quotes=kept)
    return replace(
        verdict,
        status=Status.UNSCORED,
        score=None,
        quotes=(),
        reason="Left unscored: no words of the answer were found to support a grade.",
    )


def _stands(quote: Quote, said: Mapping[int, str]) -> bool:
    text = said.get(quote.seq, "")
    inside = 0 <= quote.start < quote.end <= len(text)
    return inside and bool(quote.text.strip()) and text[quote.start : quote.end] == quote.text


def with_hints(verdict: Verdict, hints: int) -> Verdict:
    """Return the verdict less what the hints given for it cost, which the reason says."""
    if not hints or verdict.score is None:
        return replace(verdict, hints=hints)
    score = verdict.score * AFTER_HINT[min(hints, len(AFTER_HINT) - 1)]
    times = "a hint" if hints == 1 else f"{hints} hints"
    return replace(verdict, hints=hints, score=score, reason=f"{verdict.reason} (After {times}.)")


def points(question: Question, verdicts: Iterable[Verdict]) -> float | None:
    """Return a question's points from 0 to 1, over the criteria that were scored."""
    scored = [
        (question.criterion(v.criterion_id).weight, v.score)
        for v in verdicts
        if v.score is not None and v.status is not Status.UNSCORED
    ]
    whole = sum(weight for weight, _ in scored)
    return sum(weight * score for weight, score in scored) / whole if whole else None


def level_of(share: float | None) -> int | None:
    """Return the level, 1 to 4, of points from 0 to 1."""
    return None if share is None else 1 + sum(share >= bound for bound in LEVEL_FROM)


def mean(values: Sequence[tuple[float, float | None]]) -> float | None:
    """Return the weighted mean of (weight, value) pairs, leaving out values that are None."""
    known = [(w, v) for w, v in values if v is not None]
    whole = sum(w for w, _ in known)
    return sum(w * v for w, v in known) / whole if whole else None


def scorecard(
    plan: Plan, questions: Mapping[str, Question], scores: Sequence[QuestionScore]
) -> Scorecard:
    """Add an interview's questions up into rounds and a signal.

    A question that was not reached is not counted; one that was left without an
    answer counts as nothing shown.
    """
    rounds = []
    for round_no, planned in enumerate(plan.rounds):
        mine = tuple(s for s in scores if plan.question_at(s.question_no)[0] == round_no)
        if not mine:
            continue
        share = mean([(questions[s.question_id].total_weight, s.points) for s in mine])
        rounds.append(RoundScore(planned.round_id, planned.title, share, level_of(share), mine))
    total = mean([(len(r.questions), r.points) for r in rounds])
    return Scorecard(
        points=total,
        signal=_signal(total, rounds) if _graded_share(questions, scores) >= _ENOUGH else None,
        rounds=tuple(rounds),
        decided_by=_deciding(questions, scores, total),
        unscored=sum(v.status is Status.UNSCORED for s in scores for v in s.verdicts),
        pending=sum(s.state == "pending" for s in scores),
    )


def _signal(total: float | None, rounds: Sequence[RoundScore]) -> Signal | None:
    if total is None:
        return None
    levels = [r.level for r in rounds if r.level is not None]
    signal = {1: Signal.STRONG_NO, 2: Signal.NO, 3: Signal.YES, 4: Signal.STRONG_YES}[
        level_of(total) or 1
    ]
    # One round far below the bar is not made up for by the others.
    if min(levels) == 1 and signal in (Signal.YES, Signal.STRONG_YES):
        return Signal.NO
    if min(levels) == 2 and signal is Signal.STRONG_YES:
        return Signal.YES
    return signal


def _graded_share(questions: Mapping[str, Question], scores: Sequence[QuestionScore]) -> float:
    whole = sum(questions[s.question_id].total_weight for s in scores)
    graded = sum(
        questions[s.question_id].criterion(v.criterion_id).weight
        for s in scores
        for v in s.verdicts
        if v.status is not Status.UNSCORED
    )
    return graded / whole if whole else 0.0


def _deciding(
    questions: Mapping[str, Question], scores: Sequence[QuestionScore], total: float | None
) -> tuple[tuple[str, str], ...]:
    """Return the criteria that moved the result most: up for a yes, down for a no."""
    if total is None:
        return ()
    up = total >= LEVEL_FROM[1]
    # Only what is met speaks for a yes.
    telling = (Status.MET,) if up else (Status.MISSING, Status.PARTIAL)
    moves = [
        (
            questions[s.question_id].criterion(v.criterion_id).weight
            * (v.score if up else 1.0 - v.score),
            s.question_id,
            v.criterion_id,
        )
        for s in scores
        for v in s.verdicts
        if v.score is not None and v.status in telling
    ]
    moves.sort(key=lambda m: -m[0])
    return tuple((q, c) for worth, q, c in moves[:_MOST_DECIDING] if worth > 0)
