"""The whole conversation below the report, with the quoted words marked."""

from __future__ import annotations

from collections import defaultdict

import streamlit as st

from bot.domain import Turn
from bot.report import Report
from bot.views import View
from ui.widgets import conversation, plain
from ui.widgets.verdicts import anchor


def draw(view: View, report: Report) -> None:
    """Draw every turn under an anchor that quotes link to."""
    spans: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for round_ in report.rounds:
        for question in round_.questions:
            for criterion in question.criteria:
                for quote in criterion.quotes:
                    spans[quote.seq].append((quote.start, quote.end))
    st.html("".join(_turn(view, turn, spans[turn.seq]) for turn in view.turns))


def _turn(view: View, turn: Turn, spans: list[tuple[int, int]]) -> str:
    who = conversation.interviewer_of(view.plan, turn)
    side = "gr-candidate" if who is None else "gr-interviewer"
    return (
        f'<div class="gr-turn {side}" id="{anchor(turn.seq)}" tabindex="-1">'
        f'<div class="gr-who gr-quiet">{turn.seq + 1}. {plain.escape(who or "You")}</div>'
        f'<div class="gr-words">{plain.marked(turn.text, spans)}</div></div>'
    )
