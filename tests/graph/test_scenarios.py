"""Interviews written down as data (tests/scenarios/*.yaml), played on the real packs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field

from bot import errors
from bot.backends.scripted import ScriptedChat
from bot.domain import CANDIDATE, INTERVIEWER, Act, Action, Turn, Typed
from bot.interview import Interviews
from bot.lexicon import holds
from bot.views import View
from rubrics.schema import Question
from tests.graph import stage

FOLDER = Path(__file__).parents[1] / "scenarios"
# Words of the grader's trade: an interviewer who says one gives the scorecard away.
TRADE = re.compile(
    r"\b(?:rubrics?|criteri(?:on|a)|scor(?:e|ed|es|ing)|points|marks?|grad(?:e|ed|es|ing)|unscored"
    r"|strong answer|full marks|strong (?:no|yes)|missing|partial(?:ly)?)\b",
    re.IGNORECASE,
)


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expected(_Data):
    """What has to come of a turn; what is not named is not looked at."""

    heard: str | None = None  # what the turn was taken for
    kinds: list[str] | None = None  # of what the interviewer says, in order
    criterion: str | None = None  # that the last of it is about
    question: str | None = None  # that the interview is at afterwards
    contains: list[str] = []
    lacks: list[str] = []
    refused: str | None = None  # the error's name; nothing may be stored
    ended: str | None = None  # why the interview ended


class Said(_Data):
    """One turn of the candidate's, in one of several ways to write it."""

    say: str | None = None
    times: int = 1
    answer: Literal["strong"] | None = None  # the outline of the question that is open
    without: list[str] = []  # less what serves these criteria
    only: list[str] = []  # only what serves these
    paste: Literal["question"] | None = None
    action: Action | None = None
    elsewhere: bool = False  # from a tab that has not seen the turn before
    expect: Expected = Expected()


class Scenario(_Data):
    name: str
    track: str
    ask: dict[str, list[str]] = Field(description="the rounds, and the questions of each")
    minutes: int | None = None
    telling: float | None = None  # the model's share for "asks" where rules can't tell
    turns: list[Said]


def scenarios() -> list[Any]:
    """All of them, each named by its file and its own name."""
    found = []
    for file in sorted(FOLDER.glob("*.yaml")):
        for data in yaml.safe_load(file.read_text(encoding="utf-8")):
            one = Scenario.model_validate(data)
            found.append(pytest.param(one, id=f"{file.stem}: {one.name}"))
    return found


@pytest.mark.parametrize("scenario", scenarios())
def test_scenario(scenario: Scenario, tmp_path: Path) -> None:
    shares = stage.SHARES
    if scenario.telling is not None:
        shares = {"A": 1.0 - scenario.telling, "B": scenario.telling}
    house = stage.open_house(tmp_path, ScriptedChat(otherwise=shares))
    plan = house.plan(scenario.track, rounds=list(scenario.ask), minutes=scenario.minutes)
    interview = house.start(stage.asking(plan, scenario.ask))
    for number, said in enumerate(scenario.turns, 1):
        play(house, interview, said, f"turn {number}")
    judge_manners(house.view(interview))


def play(house: Interviews, interview: str, said: Said, where: str) -> None:
    before = house.view(interview)
    expect = said.expect
    seq = before.next_seq - 2 if said.elsewhere else before.next_seq
    if expect.refused is not None:
        with pytest.raises(getattr(errors, expect.refused)):
            hand_in(house, before, said, seq)
        assert house.view(interview).turns == before.turns, f"{where}: something was stored"
        return
    replies = hand_in(house, before, said, seq)
    after = house.view(interview)
    heard = after.turns[before.next_seq]
    assert after.turns[before.next_seq + 1 :] == tuple(replies), where
    assert (heard.speaker, heard.text) == (
        CANDIDATE,
        heard.text if said.action else words(before, said),
    )
    text = "\n".join(r.text for r in replies)
    if expect.heard is not None:
        assert heard.kind == expect.heard, f"{where}: {text}"
    if expect.kinds is not None:
        assert [r.kind for r in replies] == expect.kinds, f"{where}: {text}"
    if expect.criterion is not None:
        assert replies[-1].criterion_id == expect.criterion, f"{where}: {text}"
    if expect.question is not None:
        assert open_question(after).id == expect.question, where
    for piece in expect.contains:
        assert piece in text, where
    for piece in expect.lacks:
        assert piece not in text, where
    assert after.ended_because == expect.ended, where


def hand_in(house: Interviews, view: View, said: Said, seq: int) -> list[Turn]:
    key = f"{view.next_seq}:{said.elsewhere}"
    if said.action is not None:
        return house.act(view.id, said.action, seq=seq, key=key)
    return house.answer(view.id, Typed(words(view, said), key), seq=seq)


def words(view: View, said: Said) -> str:
    if said.say is not None:
        return said.say * said.times
    question = open_question(view)
    if said.paste == "question":
        return question.prompt
    left_out = set(said.without)
    points = [
        p.text
        for p in question.outline
        if p.criterion not in left_out and (not said.only or p.criterion in said.only)
    ]
    assert left_out | set(said.only) <= {p.criterion for p in question.outline}
    return " ".join(points)


def open_question(view: View) -> Question:
    _, planned = view.plan.question_at(view.question_no)
    return stage.library().question(planned.question_id)[1]


def judge_manners(view: View) -> None:
    """What holds in every interview, however it goes."""
    asked = [t.text for t in view.turns if t.kind in (Act.QUESTION, Act.FOLLOW_UP)]
    assert len(set(asked)) == len(asked), "a question was asked twice"
    for turn in view.turns:
        if turn.speaker != INTERVIEWER:
            continue
        assert TRADE.search(ours(turn)) is None, turn.text
        if turn.kind == Act.FOLLOW_UP and turn.question_id and turn.criterion_id:
            criterion = stage.library().question(turn.question_id)[1].criterion(turn.criterion_id)
            given = [t for t in criterion.terms if holds(stage.unquoted(turn.text), t)]
            assert not given, f"{turn.text} gives {given} away"
            assert turn.text.endswith(criterion.probes), turn.text


def ours(turn: Turn) -> str:
    """What the interviewer put round the pack's words: no question, probe, hint, fact or quote."""
    if turn.kind in (Act.QUESTION, Act.REPEAT, Act.CLARIFICATION, Act.COMPANY_ANSWER):
        return ""
    text = stage.unquoted(turn.text)
    if turn.question_id and turn.criterion_id:
        criterion = stage.library().question(turn.question_id)[1].criterion(turn.criterion_id)
        for authored in (*criterion.probes, criterion.hint):
            text = text.replace(authored, "")
    return text
