"""A whole loop, from the first hello to the farewell: nothing is said twice, nothing given away."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from itertools import pairwise
from pathlib import Path

from bot import phrases
from bot.domain import CANDIDATE, INTERVIEWER, Act, Typed
from bot.interview import Interviews
from bot.views import View
from tests.graph import stage
from tests.graph.test_scenarios import judge_manners, open_question

TRACK = "atlassian/ml-engineer"
# Said so rarely, or so short, that hearing it again within a loop of hours is no repetition.
_MOST_TIMES = 2


def reply_to(view: View, answers: int) -> str:
    """A candidate of middling strength: leaves points out, makes up for some, gives up on some."""
    last = view.turns[-1]
    if last.kind in (Act.INVITATION, Act.COMPANY_ANSWER):
        return ("Which cloud and tools do you use?", "No, thank you, that's all.")[
            last.kind == Act.COMPANY_ANSWER
        ]
    question = open_question(view)
    if last.kind == Act.QUESTION:
        heavy = sorted(question.criteria, key=lambda c: -c.weight)[: 1 + answers % 3]
        left_out = {c.id for c in heavy}
        return " ".join(p.text for p in question.outline if p.criterion not in left_out)
    if answers % 5 == 0:
        return "I don't know."
    return next(p.text for p in question.outline if p.criterion == last.criterion_id)


def play_through(house: Interviews) -> View:
    view = house.view(house.start(house.plan(TRACK)))
    answers = 0
    while view.status != "finished":
        answers += 1
        typed = Typed(reply_to(view, answers), f"key {answers}")
        house.answer(view.id, typed, seq=view.next_seq)
        view = house.view(view.id)
    return view


def test_a_full_loop_repeats_nothing_and_gives_nothing_away(tmp_path: Path) -> None:
    house = stage.open_house(tmp_path)
    view = play_through(house)
    assert view.ended_because == "completed"
    asked = [t.question_id for t in view.turns if t.kind == Act.QUESTION]
    assert asked == [q.question_id for r in view.plan.rounds for q in r.questions]
    openings = [t.text for t in view.turns if t.kind == Act.OPENING]
    assert openings == [r.opening for r in view.plan.rounds]
    probes = [
        next(p for p in criterion.probes if t.text.endswith(p))
        for t in view.turns
        if t.kind == Act.FOLLOW_UP and t.question_id and t.criterion_id
        for criterion in [stage.library().question(t.question_id)[1].criterion(t.criterion_id)]
    ]
    assert len(probes) >= len(asked), "it followed up"
    assert len(set(probes)) == len(probes)
    said = Counter(stage.sentences(view))
    assert [s for s, n in said.items() if n > 1 and len(s.split()) > 3] == []
    assert max(said.values()) <= _MOST_TIMES, said.most_common(3)
    neighbours = [t for t in view.turns if t.speaker == INTERVIEWER]
    assert all(a.text != b.text for a, b in pairwise(neighbours))
    judge_manners(view)


def test_no_two_phrases_share_a_sentence() -> None:
    file = Path(phrases.__file__).with_name("phrases.toml")
    families = tomllib.loads(file.read_text(encoding="utf-8"))
    said = Counter(
        sentence
        for family in families.values()
        for phrase in family
        for sentence in re.split(r"(?<=[.!?])\s+", phrase)
    )
    assert [s for s, n in said.items() if n > 1 and len(s.split()) > 3] == []


def test_the_report_of_a_full_loop_quotes_only_what_was_said(tmp_path: Path) -> None:
    house = stage.open_house(tmp_path)
    view = house.view(house.start(house.plan(TRACK, rounds=["values"], questions=2)))
    answers = 0
    while view.status != "finished":
        answers += 1
        house.answer(view.id, Typed(reply_to(view, answers), f"{answers}"), seq=view.next_seq)
        view = house.view(view.id)
    assert house.finish_grading(view.id)
    report = house.report(view.id)
    assert (report.pending, report.failed) == (0, ())
    said = {t.seq: t.text for t in view.turns if t.speaker == CANDIDATE}
    quotes = [
        q for r in report.rounds for one in r.questions for c in one.criteria for q in c.quotes
    ]
    assert quotes
    assert all(said[q.seq][q.start : q.end] == q.text for q in quotes)
