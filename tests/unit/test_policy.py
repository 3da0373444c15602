from __future__ import annotations

import pytest

from bot.policy import (
    Decision,
    Move,
    decide,
    first_question_of,
    follow_ups_allowed,
    next_probe,
    passed,
    planned_question,
    round_is_over,
)
from bot.state import Cursor
from tests.unit.asked import plan, question, two_probes

STEPS, NET, OTHERS = "small-steps", "safety-net", "told-others"  # they weigh 3, 2 and 1
ALL = {STEPS: 1.0, NET: 1.0, OTHERS: 1.0}


def goes_after(coverage: dict[str, float], *asked: str) -> str | None:
    found = next_probe(question(), coverage, asked)
    return found[0].id if found else None


def test_the_weightiest_criterion_comes_first() -> None:
    assert goes_after({}) == STEPS
    assert goes_after({STEPS: 0.9}) == NET
    assert goes_after({STEPS: 0.9, NET: 0.9}) == OTHERS
    assert goes_after(ALL) is None


def test_weight_counts_as_far_as_it_is_still_open() -> None:
    # 3 x 0.51 is less than 2 x 1.0.
    assert goes_after({STEPS: 0.49, NET: 0.0}) == NET
    assert goes_after({STEPS: 0.2, NET: 0.0}) == STEPS


def test_half_touched_is_touched() -> None:
    assert goes_after({STEPS: 0.5, NET: 0.5, OTHERS: 0.4999}) == OTHERS


def test_no_probe_is_used_twice() -> None:
    assert goes_after({}, STEPS) == NET
    assert goes_after({}, STEPS, NET, OTHERS) is None


def test_a_second_probe_waits_until_all_open_criteria_had_their_first() -> None:
    probes, asked = [], ()
    while found := next_probe(two_probes(), {}, asked):
        criterion, probe = found
        probes.append(probe)
        asked = (*asked, criterion.id)
    assert probes == [f"{c}, {n}?" for n in ("first", "second") for c in (STEPS, NET, OTHERS)]


def test_what_was_given_up_is_left_alone() -> None:
    found = next_probe(two_probes(), {NET: 1.0, OTHERS: 1.0}, [STEPS])
    assert found is not None and found[1] == f"{STEPS}, second?"
    assert next_probe(two_probes(), {NET: 1.0, OTHERS: 1.0}, [STEPS], [STEPS]) is None


@pytest.mark.parametrize(
    ("minutes", "allowed"), [(2, 1), (5, 1), (8, 2), (10, 2), (15, 3), (20, 4), (60, 4)]
)
def test_a_question_has_room_for_one_follow_up_in_five_minutes(minutes: int, allowed: int) -> None:
    assert follow_ups_allowed(minutes) == allowed


def test_follow_ups_end_when_the_room_is_used() -> None:
    used_up = Cursor(asked=(STEPS, NET))
    assert decide(plan(2), Cursor(), question(), {}).move is Move.FOLLOW_UP
    assert decide(plan(2), used_up, question(), {}) == Decision(Move.NEXT_QUESTION)


def test_a_follow_up_names_its_probe() -> None:
    decision = decide(plan(1), Cursor(), question(), {STEPS: 1.0})
    assert decision.criterion is not None and decision.criterion.id == NET
    assert decision.probe == "What let you sleep on the evening before?"


def test_follow_ups_end_with_the_questions_time() -> None:
    slow = Cursor(question_seconds=600.0, active_seconds=600.0)
    assert decide(plan(3), slow, question(), {}).move is Move.NEXT_QUESTION


def test_a_skip_leaves_the_question_at_once() -> None:
    assert decide(plan(2), Cursor(), question(), {}, follow=False).move is Move.NEXT_QUESTION


@pytest.mark.parametrize(
    ("rounds", "at", "move"),
    [
        ((2, 1), Cursor(), Move.NEXT_QUESTION),
        ((2, 1), Cursor(question_no=1), Move.NEXT_ROUND),
        ((2, 1), Cursor(round_no=1, question_no=2), Move.CLOSE),
        ((1,), Cursor(), Move.CLOSE),
        # Out of time: what is left of the round is dropped, not the rounds after it.
        ((2, 1), Cursor(active_seconds=1200.0), Move.NEXT_ROUND),
        ((1, 2), Cursor(round_no=1, question_no=1, active_seconds=1200.0), Move.CLOSE),
    ],
)
def test_what_comes_after_a_question(rounds: tuple[int, ...], at: Cursor, move: Move) -> None:
    assert decide(plan(*rounds), at, question(), ALL).move is move


def test_no_follow_up_after_the_rounds_time() -> None:
    late = Cursor(active_seconds=600.0)
    assert round_is_over(plan(1), late)
    assert decide(plan(1), late, question(), {}).move is Move.CLOSE


@pytest.mark.parametrize(("gap", "counted"), [(-5.0, 0.0), (40.0, 40.0), (86_400.0, 300.0)])
def test_a_long_break_is_not_interview_time(gap: float, counted: float) -> None:
    assert passed(gap) == counted


def test_questions_are_counted_over_all_rounds() -> None:
    three = plan(2, 1, 3)
    assert [first_question_of(three, n) for n in range(3)] == [0, 2, 3]
    assert planned_question(three, Cursor(round_no=2, question_no=4)).question_id == "q4"
    with pytest.raises(IndexError):
        planned_question(three, Cursor(question_no=6))
