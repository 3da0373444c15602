from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import QuestionScore, Quote, Scorecard, Signal, Status, Verdict
from bot.judge import status_of
from bot.scoring import level_of, mean, points, scorecard, supported, with_hints
from tests.unit.asked import asked, plan, question, said

ANSWER = said("I cut it up, so each bit could go out alone.", seq=4)
QUOTE = Quote("each bit could go out alone", 4, 16, 43)
IDS = ("small-steps", "safety-net", "told-others")  # they weigh 3, 2 and 1


def verdict(
    status: Status = Status.MET,
    score: float | None = 1.0,
    *quotes: Quote,
    criterion: str = "small-steps",
) -> Verdict:
    return Verdict(criterion, status, score, "Because.", quotes, "rules", "m", "d", "p", "k")


def scored(number: int, *shares: float | None, state: str = "done") -> QuestionScore:
    """Return question `number` with one verdict for each share; None is unscored."""
    verdicts = tuple(
        verdict(Status.UNSCORED if s is None else status_of(s), s, criterion=c)
        for c, s in zip(IDS, shares, strict=False)
    )
    share = points(question(), verdicts)
    return QuestionScore(number, f"q{number}", share, level_of(share), verdicts, state)


def card(*rounds: tuple[QuestionScore, ...]) -> Scorecard:
    scores = [s for round_ in rounds for s in round_]
    questions = {s.question_id: question() for s in scores}
    return scorecard(plan(*(len(r) for r in rounds)), questions, scores)


def test_a_quote_that_was_said_stays() -> None:
    assert supported(verdict(Status.MET, 1.0, QUOTE), [ANSWER]).quotes == (QUOTE,)


@pytest.mark.parametrize(
    "invented",
    [
        Quote("each bit could go out in pairs", 4, 16, 43),
        replace(QUOTE, start=15, end=42),
        replace(QUOTE, seq=3),
        replace(QUOTE, seq=99),
        Quote("", 4, 3, 3),
        Quote(" ", 4, 1, 2),
        replace(QUOTE, start=-27, end=-1),
    ],
)
def test_an_invented_quote_goes_and_with_it_the_grade(invented: Quote) -> None:
    turns = [asked("each bit could go out alone", seq=3), ANSWER]
    left = supported(verdict(Status.MET, 1.0, invented), turns)
    assert (left.status, left.score, left.quotes) == (Status.UNSCORED, None, ())
    assert "no words of the answer" in left.reason


def test_one_true_quote_is_support_enough() -> None:
    invented = Quote("never said", 4, 0, 10)
    left = supported(verdict(Status.PARTIAL, 0.5, invented, QUOTE), [ANSWER])
    assert (left.status, left.quotes) == (Status.PARTIAL, (QUOTE,))


def test_missing_needs_no_quote() -> None:
    missing = verdict(Status.MISSING, 0.0)
    assert supported(missing, [ANSWER]) == missing


def test_a_hint_costs_a_quarter_and_more_cost_no_more_than_two() -> None:
    scores = [with_hints(verdict(), n).score for n in range(4)]
    assert scores == [1.0, 0.75, 0.6, 0.6]
    assert with_hints(verdict(), 2).reason == "Because. (After 2 hints.)"
    assert with_hints(verdict(), 1).reason == "Because. (After a hint.)"
    assert with_hints(verdict(Status.UNSCORED, None), 1).score is None


def test_points_are_weighed_and_leave_out_what_is_unscored() -> None:
    assert scored(0, 1.0, 0.0, 0.0).points == pytest.approx(3 / 6)
    assert scored(0, 1.0, None, 0.0).points == pytest.approx(3 / 4)
    assert scored(0, None, None, None).points is None
    assert scored(0, 0.0, 0.0, 0.0).points == 0.0


@pytest.mark.parametrize(
    ("share", "level"),
    [(None, None), (0.0, 1), (0.399, 1), (0.4, 2), (0.599, 2), (0.6, 3), (0.8, 4), (1.0, 4)],
)
def test_levels(share: float | None, level: int | None) -> None:
    assert level_of(share) == level


def test_mean_leaves_out_what_is_not_known() -> None:
    assert mean([(3, 1.0), (1, None), (1, 0.0)]) == pytest.approx(0.75)
    assert mean([(3, None)]) is None
    assert mean([]) is None


@pytest.mark.parametrize(
    ("share", "signal"),
    [(0.1, Signal.STRONG_NO), (0.5, Signal.NO), (0.7, Signal.YES), (0.9, Signal.STRONG_YES)],
)
def test_the_signal_follows_the_points(share: float, signal: Signal) -> None:
    assert card((scored(0, share, share, share),)).signal is signal


def test_one_round_far_below_is_not_made_up_for() -> None:
    strong = tuple(scored(n, 1.0, 1.0, 1.0) for n in range(3))
    assert card(strong, (scored(3, 0.2, 0.2, 0.2),)).signal is Signal.NO
    assert card(strong, (scored(3, 0.5, 0.5, 0.5),)).signal is Signal.YES


def test_rounds_weigh_as_many_questions_as_were_asked() -> None:
    strong, weak = (scored(0, 1.0, 1.0, 1.0), scored(1, 1.0, 1.0, 1.0)), (scored(2, 0.0, 0.0, 0.0),)
    both = card(strong, weak)
    assert both.points == pytest.approx(2 / 3)
    assert [r.level for r in both.rounds] == [4, 1]


def test_there_is_no_signal_when_less_than_half_was_graded() -> None:
    thin = card((scored(0, None, 1.0, None), scored(1, state="failed")))
    assert thin.signal is None
    assert thin.points == 1.0
    assert thin.unscored == 2
    # The weights graded are 5 of 12, then 6 of 12.
    assert card((scored(0, 1.0, 1.0, None), scored(1))).signal is None
    assert card((scored(0, 1.0, 1.0, 1.0), scored(1))).signal is Signal.STRONG_YES


def test_nothing_graded_is_no_verdict() -> None:
    empty = card((scored(0, state="pending"),))
    assert (empty.points, empty.signal, empty.decided_by, empty.pending) == (None, None, (), 1)


def test_a_round_that_was_not_reached_is_not_counted() -> None:
    result = scorecard(plan(1, 1), {"q0": question()}, [scored(0, 1.0, 1.0, 1.0)])
    assert [r.round_id for r in result.rounds] == ["r0"]


def test_the_deciding_criteria_are_the_heaviest_that_pulled_that_way() -> None:
    up = card((scored(0, 1.0, 1.0, 0.0),))
    assert up.decided_by == (("q0", "small-steps"), ("q0", "safety-net"))
    down = card((scored(0, 0.0, 0.0, 1.0),))
    assert down.decided_by == (("q0", "small-steps"), ("q0", "safety-net"))


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=3, max_size=3))
def test_points_stay_between_the_lowest_and_the_highest_score(shares: list[float | None]) -> None:
    known = [s for s in shares if s is not None]
    share = scored(0, *shares).points
    if not known:
        assert share is None
    else:
        assert share is not None and min(known) - 1e-9 <= share <= max(known) + 1e-9


@given(st.text(max_size=60), st.text(max_size=20), st.integers(-5, 70), st.integers(-5, 70))
def test_whatever_is_proposed_only_what_was_said_is_quoted(
    answer: str, words: str, start: int, end: int
) -> None:
    turn = said(answer, seq=4)
    left = supported(verdict(Status.MET, 1.0, Quote(words, 4, start, end)), [turn])
    for quote in left.quotes:
        assert 0 <= quote.start < quote.end <= len(answer)
        assert answer[quote.start : quote.end] == quote.text
