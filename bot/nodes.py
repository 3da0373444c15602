"""The graph's nodes: each a short function from a step to what it adds to it.

A node decides and words; none of them writes to the store. What they say is
stored by `interview`, all of one step in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict

from bot.connecting import clause_to_quote, written_tie
from bot.coverage import Coverage
from bot.domain import INTERVIEWER, Act, Intent, Line, Plan, Turn
from bot.errors import GreenroomError
from bot.manipulation import Sieve
from bot.phrases import Phrases
from bot.policy import (
    CANDIDATE_QUESTIONS,
    NUDGES_PER_QUESTION,
    TOUCHED,
    Decision,
    Move,
    decide,
    first_question_of,
    passed,
    planned_question,
    round_is_over,
)
from bot.ports import ChatModel, SentenceEncoder
from bot.replying import find_facts
from bot.state import Cursor, Phase
from bot.templates import render
from bot.understanding import Listener
from rubrics.schema import CompanyFact, Criterion, Question

# Kinds of turn that count as (part of) the answer to a question.
ANSWERING = frozenset({Intent.ANSWER, Intent.THIN, Intent.UNKNOWN})
_NUDGE = {
    Intent.EMPTY: "nudge_empty",
    Intent.NOISE: "nudge_noise",
    Intent.THIN: "nudge_thin",
    Intent.PASTED: "nudge_pasted",
    Intent.OTHER_LANGUAGE: "nudge_language",
}


class Step(TypedDict, total=False):
    """One step of the graph: the candidate's turn in, the interviewer's lines out.

    `turns` are those since the question was asked, oldest first. `queue` holds
    the questions that are over, to be graded.
    """

    interview_id: str
    plan: Plan
    cursor: Cursor
    turn: Turn | None
    turns: tuple[Turn, ...]
    intent: Intent
    coverage: dict[str, float]
    decision: Decision
    lines: tuple[Line, ...]
    queue: tuple[tuple[int, str], ...]
    finish: str


@dataclass(frozen=True)
class Tools:
    """What the nodes work with; built once by ui.wiring."""

    question: Callable[[str], Question]
    company_facts: Callable[[str], tuple[CompanyFact, ...]]
    encoder: SentenceEncoder
    coverage: Coverage
    sieve: Sieve
    listener: Listener
    chat: ChatModel
    phrases: Phrases


class Nodes:
    """The nodes, bound to their tools."""

    def __init__(self, tools: Tools) -> None:
        self._t = tools

    # -- hearing ---------------------------------------------------------------

    def hear(self, step: Step) -> dict[str, Any]:
        """Keep time, and tell what the candidate's turn is."""
        turn, cursor = step["turn"], step["cursor"]
        assert turn is not None
        before = max((t.at for t in step["turns"] if t.seq < turn.seq), default=turn.at)
        gap = passed((turn.at - before).total_seconds())
        cursor = cursor.but(
            active_seconds=round(cursor.active_seconds + gap, 1),
            question_seconds=round(cursor.question_seconds + gap, 1),
        )
        return {"cursor": cursor, "intent": self._intent(step, turn, cursor)}

    def _intent(self, step: Step, turn: Turn, cursor: Cursor) -> Intent:
        if turn.kind != Intent.ANSWER:  # a button was pressed, or it was told before a crash
            return Intent(turn.kind)
        if cursor.phase is Phase.CANDIDATE_QUESTIONS:
            if self._t.listener.nothing_to_ask(turn.text):
                return Intent.NOTHING_TO_ASK
            known = self._t.listener.obvious(turn.text, asked=(), follow_up=True)
            return Intent.STOP if known is Intent.STOP else Intent.CLARIFY
        asked = [t for t in step["turns"] if t.speaker == INTERVIEWER and t.seq < turn.seq]
        follow_up = bool(asked) and asked[-1].kind == Act.FOLLOW_UP
        intent = self._t.listener.obvious(
            turn.text, asked=[t.text for t in asked], follow_up=follow_up
        )
        return intent or self._told_by_model(step, turn)

    def _told_by_model(self, step: Step, turn: Turn) -> Intent:
        """Ask the model whether a mixed turn tells or asks; if it can't say, it is an answer."""
        question = self._question(step)
        prompt = render("telling", question=" ".join(question.prompt.split()), said=turn.text)
        if not self._t.chat.capability.logprobs:
            return Intent.ANSWER
        try:
            share = self._t.chat.choose(prompt, ("A", "B"), urgent=True)
        except GreenroomError:
            return Intent.ANSWER  # graded as an answer, nothing that was said is lost
        return Intent.CLARIFY if share["B"] > 0.5 else Intent.ANSWER

    # -- asking ----------------------------------------------------------------

    def open_round(self, step: Step) -> dict[str, Any]:
        """Say who I am, what we will do and how long it takes."""
        cursor = step["cursor"]
        round_ = step["plan"].rounds[cursor.round_no]
        cursor = cursor.but(
            question_no=first_question_of(step["plan"], cursor.round_no),
            active_seconds=0.0,
        )
        return _says(step, cursor, Line(Act.OPENING, round_.opening))

    def ask(self, step: Step) -> dict[str, Any]:
        """Ask the question that the cursor stands at."""
        cursor = step["cursor"].but(
            asked=(), given_up=(), hinted=(), nudges=0, question_seconds=0.0
        )
        question = self._question({**step, "cursor": cursor})
        return _says(step, cursor, Line(Act.QUESTION, question.prompt))

    def cover(self, step: Step) -> dict[str, Any]:
        """See which criteria all answers to this question touch together."""
        said = [t.text for t in step["turns"] if t.kind in ANSWERING and t.speaker != INTERVIEWER]
        turn = step["turn"]
        if turn is not None and turn.kind not in ANSWERING:
            said.append(turn.text)
        text = self._t.sieve.sift("\n".join(said)).text
        return {"coverage": self._t.coverage.touched(self._question(step), text)}

    def decide(self, step: Step) -> dict[str, Any]:
        """Choose between another probe, the next question, the next round and the close."""
        follow = step["intent"] in (Intent.ANSWER, Intent.UNKNOWN)
        cursor = step["cursor"]
        if step["intent"] is Intent.UNKNOWN and cursor.asked:
            # Who doesn't know is not asked about the same thing in other words.
            cursor = cursor.but(given_up=(*cursor.given_up, cursor.asked[-1]))
        decision = decide(
            step["plan"], cursor, self._question(step), step.get("coverage", {}), follow=follow
        )
        return {"cursor": cursor, "decision": decision}

    def follow_up(self, step: Step) -> dict[str, Any]:
        """Go after what the answer left out, in words that connect to what was said."""
        criterion, probe = step["decision"].criterion, step["decision"].probe
        assert criterion is not None and probe is not None
        cursor = step["cursor"].but(asked=(*step["cursor"].asked, criterion.id))
        tie, cursor = self._tie(step, cursor, criterion, probe)
        return _says(step, cursor, Line(Act.FOLLOW_UP, f"{tie} {probe}".strip(), criterion.id))

    def _tie(
        self, step: Step, cursor: Cursor, criterion: Criterion, probe: str
    ) -> tuple[str, Cursor]:
        turn, id_ = step["turn"], step["interview_id"]
        if step["intent"] is Intent.UNKNOWN or turn is None:
            return self._t.phrases.pick("unknown_then", cursor, id_)
        if self._t.chat.capability.structured:
            tie = written_tie(self._t.chat, turn.text, criterion, probe)
            if tie:
                return tie, cursor
        quote = clause_to_quote(self._t.encoder, self._t.sieve, turn.text, probe)
        if quote:
            return self._t.phrases.pick("connect", cursor, id_, quote=quote)
        return self._t.phrases.pick("connect_plain", cursor, id_)

    # -- answering back --------------------------------------------------------

    def clarify(self, step: Step) -> dict[str, Any]:
        """Answer from the question's facts; what is not there is the candidate's to assume."""
        turn = step["turn"]
        assert turn is not None
        facts = find_facts(self._t.encoder, turn.text, self._question(step).facts)
        if facts:
            return self._say(step, Act.CLARIFICATION, "clarified", fact=" ".join(facts))
        return self._say(step, Act.CLARIFICATION, "assume")

    def hint(self, step: Step) -> dict[str, Any]:
        """Give the hint of the criterion under discussion, else of the weightiest open one."""
        cursor, question = step["cursor"], self._question(step)
        criterion = _hint_for(question, cursor, step["coverage"])
        if criterion is None:
            return self._say(step, Act.HINT, "hint_none")
        text, cursor = self._t.phrases.pick(
            "hint", cursor, step["interview_id"], hint=criterion.hint
        )
        cursor = cursor.but(hinted=(*cursor.hinted, criterion.id))
        return _says(step, cursor, Line(Act.HINT, text, criterion.id))

    def repeat(self, step: Step) -> dict[str, Any]:
        """Say the latest question or follow-up again."""
        asked = [t for t in step["turns"] if t.kind in (Act.QUESTION, Act.FOLLOW_UP)]
        if asked and asked[-1].kind == Act.FOLLOW_UP and asked[-1].criterion_id:
            criterion = self._question(step).criterion(asked[-1].criterion_id)
            text = next((p for p in criterion.probes if asked[-1].text.endswith(p)), asked[-1].text)
        else:
            text = self._question(step).prompt
        return self._say(step, Act.REPEAT, "repeat", question=text)

    def nudge(self, step: Step) -> dict[str, Any]:
        """Ask for something that can be used, a few times at most."""
        cursor = step["cursor"].but(nudges=step["cursor"].nudges + 1)
        return self._say({**step, "cursor": cursor}, Act.NUDGE, _NUDGE[step["intent"]])

    # -- moving on -------------------------------------------------------------

    def leave(self, step: Step) -> dict[str, Any]:
        """Close a question: it goes to the grader, and the talk goes on."""
        cursor, plan = step["cursor"], step["plan"]
        decision = decide(plan, cursor, self._question(step), {}, follow=False)
        family = self._leaving(step, decision)
        queue = ((cursor.question_no, planned_question(plan, cursor).question_id),)
        text, cursor = self._t.phrases.pick(family, cursor, step["interview_id"])
        said = _says(step, cursor, Line(Act.TRANSITION, text))
        if decision.move is Move.NEXT_QUESTION:
            said["cursor"] = cursor.but(question_no=cursor.question_no + 1)
        return {**said, "decision": decision, "queue": queue}

    def _leaving(self, step: Step, decision: Decision) -> str:
        intent = step["intent"]
        if intent is Intent.UNKNOWN:
            return "unknown_leave"
        if intent is not Intent.ANSWER:
            return "leave_it"
        if round_is_over(step["plan"], step["cursor"]):
            return "out_of_time"
        # Only where another question comes is one announced.
        return "next_question" if decision.move is Move.NEXT_QUESTION else "last_question"

    def close_round(self, step: Step) -> dict[str, Any]:
        """End a round in its own words and stand at the next."""
        cursor = step["cursor"]
        said = _says(step, cursor, Line(Act.CLOSING, step["plan"].rounds[cursor.round_no].closing))
        if step["decision"].move is Move.NEXT_ROUND:
            said["cursor"] = cursor.but(round_no=cursor.round_no + 1)
        return said

    def invite(self, step: Step) -> dict[str, Any]:
        """Hand over: what would the candidate like to ask?"""
        cursor = step["cursor"].but(phase=Phase.CANDIDATE_QUESTIONS)
        return self._say({**step, "cursor": cursor}, Act.INVITATION, "invitation")

    def answer_candidate(self, step: Step) -> dict[str, Any]:
        """Answer a question about the company from its sourced facts, or own up."""
        turn, cursor = step["turn"], step["cursor"]
        assert turn is not None
        cursor = cursor.but(candidate_questions=cursor.candidate_questions + 1)
        known = self._t.company_facts(step["plan"].track)
        text = " ".join(find_facts(self._t.encoder, turn.text, known))
        if not text:
            text, cursor = self._t.phrases.pick("company_unknown", cursor, step["interview_id"])
        if cursor.candidate_questions < CANDIDATE_QUESTIONS:
            more, cursor = self._t.phrases.pick("company_more", cursor, step["interview_id"])
            text = f"{text} {more}"
        return _says(step, cursor, Line(Act.COMPANY_ANSWER, text))

    def farewell(self, step: Step) -> dict[str, Any]:
        """Thank the candidate and end."""
        cursor = step["cursor"].but(phase=Phase.DONE)
        said = self._say({**step, "cursor": cursor}, Act.FAREWELL, "farewell")
        return {**said, "finish": "completed"}

    def stop(self, step: Step) -> dict[str, Any]:
        """End at the candidate's wish; what was answered is graded."""
        cursor = step["cursor"]
        answered = any(t.kind in ANSWERING and t.speaker != INTERVIEWER for t in step["turns"])
        asking = cursor.phase is Phase.ASKING
        queue = (
            ((cursor.question_no, planned_question(step["plan"], cursor).question_id),)
            if asking and answered
            else ()
        )
        said = self._say({**step, "cursor": cursor.but(phase=Phase.DONE)}, Act.FAREWELL, "stopped")
        return {**said, "finish": "stopped by the candidate", "queue": queue}

    # -- shared ----------------------------------------------------------------

    def _question(self, step: Step) -> Question:
        return self._t.question(planned_question(step["plan"], step["cursor"]).question_id)

    def _say(self, step: Step, act: Act, family: str, **fill: str) -> dict[str, Any]:
        text, cursor = self._t.phrases.pick(family, step["cursor"], step["interview_id"], **fill)
        return _says(step, cursor, Line(act, text))


def _says(step: Step, cursor: Cursor, line: Line) -> dict[str, Any]:
    return {"cursor": cursor, "lines": (*step.get("lines", ()), line)}


def _hint_for(question: Question, cursor: Cursor, coverage: dict[str, float]) -> Criterion | None:
    if cursor.asked and cursor.asked[-1] not in cursor.hinted:
        return question.criterion(cursor.asked[-1])
    open_ = [
        c
        for c in question.criteria
        if c.id not in cursor.hinted and coverage.get(c.id, 0.0) < TOUCHED
    ]
    return max(open_, key=lambda c: c.weight, default=None)


def nudges_left(cursor: Cursor) -> bool:
    """Whether one more nudge is better than moving on."""
    return cursor.nudges < NUDGES_PER_QUESTION
