"""The interview as a graph: which node comes after which, and nothing else.

One answer is one run. The graph keeps no checkpoint: the cursor is stored in
the journal with the words it belongs to (docs/adr/0002).
"""

from __future__ import annotations

from typing import Any

from langgraph.graph import END, START, StateGraph

from bot.domain import Intent
from bot.nodes import Nodes, Step, Tools, nudges_left
from bot.policy import CANDIDATE_QUESTIONS, Move
from bot.state import Phase

_NUDGED = {Intent.EMPTY, Intent.NOISE, Intent.THIN, Intent.PASTED, Intent.OTHER_LANGUAGE}


def build(tools: Tools) -> Any:
    """Return the compiled graph; its `invoke` takes and returns a `Step`."""
    nodes = Nodes(tools)
    # LangGraph's node protocol also fixes the name of the parameter, which is ours to choose.
    graph: Any = StateGraph(Step)
    graph.add_node("hear", nodes.hear)
    graph.add_node("open_round", nodes.open_round)
    graph.add_node("ask", nodes.ask)
    graph.add_node("cover", nodes.cover)
    graph.add_node("decide", nodes.decide)
    graph.add_node("follow_up", nodes.follow_up)
    graph.add_node("clarify", nodes.clarify)
    graph.add_node("hint", nodes.hint)
    graph.add_node("repeat", nodes.repeat)
    graph.add_node("nudge", nodes.nudge)
    graph.add_node("leave", nodes.leave)
    graph.add_node("close_round", nodes.close_round)
    graph.add_node("invite", nodes.invite)
    graph.add_node("answer_candidate", nodes.answer_candidate)
    graph.add_node("farewell", nodes.farewell)
    graph.add_node("stop", nodes.stop)

    graph.add_conditional_edges(START, _begin, ["open_round", "hear"])
    graph.add_edge("open_round", "ask")
    graph.add_conditional_edges(
        "hear",
        _after_hearing,
        [
            "cover",
            "clarify",
            "repeat",
            "nudge",
            "leave",
            "stop",
            "answer_candidate",
            "farewell",
            "invite",
        ],
    )
    graph.add_conditional_edges("cover", _after_cover, ["decide", "hint"])
    graph.add_conditional_edges("decide", _after_deciding, ["follow_up", "leave"])
    graph.add_conditional_edges("leave", _after_leaving, ["ask", "close_round"])
    graph.add_conditional_edges("close_round", _after_round, ["open_round", "invite"])
    graph.add_conditional_edges("answer_candidate", _after_their_question, ["farewell", END])
    for last in ("ask", "follow_up", "clarify", "hint", "repeat", "nudge", "invite"):
        graph.add_edge(last, END)
    graph.add_edge("farewell", END)
    graph.add_edge("stop", END)
    return graph.compile()


def _begin(step: Step) -> str:
    return "hear" if step["turn"] is not None else "open_round"


def _after_hearing(step: Step) -> str:
    intent, cursor = step["intent"], step["cursor"]
    if intent is Intent.STOP:
        return "stop"
    if cursor.phase is Phase.CANDIDATE_QUESTIONS:
        if intent in (
            Intent.HINT,
            Intent.REPEAT,
        ):  # buttons: all there is to repeat is the invitation
            return "invite"
        return "farewell" if intent in (Intent.NOTHING_TO_ASK, Intent.SKIP) else "answer_candidate"
    if intent in (Intent.SKIP, Intent.REFUSE):
        return "leave"
    if intent in _NUDGED:
        return "nudge" if nudges_left(cursor) else "leave"
    return {Intent.CLARIFY: "clarify", Intent.REPEAT: "repeat"}.get(intent, "cover")


def _after_cover(step: Step) -> str:
    return "hint" if step["intent"] is Intent.HINT else "decide"


def _after_deciding(step: Step) -> str:
    return "follow_up" if step["decision"].move is Move.FOLLOW_UP else "leave"


def _after_leaving(step: Step) -> str:
    return "ask" if step["decision"].move is Move.NEXT_QUESTION else "close_round"


def _after_round(step: Step) -> str:
    return "open_round" if step["decision"].move is Move.NEXT_ROUND else "invite"


def _after_their_question(step: Step) -> str:
    return "farewell" if step["cursor"].candidate_questions >= CANDIDATE_QUESTIONS else END
