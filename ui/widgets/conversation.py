"""The conversation: who said what, the newest words as they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from bot.domain import CANDIDATE, Plan, Turn
from bot.views import View
from ui.widgets import clock, plain

SHOWN = 30  # messages drawn at once: each is sent to the browser again at every run
_AVATARS = {True: ":material/person:", False: ":material/record_voice_over:"}


def head(view: View) -> None:
    """Draw the round, who leads it, the question and the time that is left."""
    round_ = view.plan.rounds[view.round_no]
    facts = [f"with <strong>{plain.escape(round_.interviewer)}</strong>"]
    if view.phase == "asking":
        first = sum(len(r.questions) for r in view.plan.rounds[: view.round_no])
        facts.append(f"question {view.question_no - first + 1} of {len(round_.questions)}")
        facts.append(clock.left(view.seconds_left_in_round))
    else:
        facts.append("your questions" if view.status == "active" else "finished")
    if len(view.plan.rounds) > 1:
        facts.insert(0, f"round {view.round_no + 1} of {len(view.plan.rounds)}")
    with st.container(key="gr-head", gap=None):
        st.html(
            f'<h1 class="gr-unseen">Interview: {plain.escape(view.plan.company)}, '
            f"{plain.escape(view.plan.role_title)}</h1>"
            f'<h2 class="gr-round">{plain.escape(round_.title)}</h2>'
            f'<div class="gr-row gr-quiet">{"".join(f"<span>{f}</span>" for f in facts)}</div>'
        )


def messages(plan: Plan, turns: Sequence[Turn], coming: Mapping[int, int]) -> None:
    """Draw turns; of those in `coming`, only as many words as are out."""
    for turn in turns:
        words = coming.get(turn.seq)
        if words == 0:
            continue
        text = turn.text if words is None else _first_words(turn.text, words)
        message(text, interviewer_of(plan, turn))


def message(text: str, interviewer: str | None) -> None:
    """Draw one message: the interviewer's, by name, or the candidate's."""
    mine = interviewer is None
    with st.chat_message("user" if mine else "assistant", avatar=_AVATARS[mine]):
        plain.write(text, said_by=interviewer or "You")


def interviewer_of(plan: Plan, turn: Turn) -> str | None:
    """Return the name of the interviewer who says a turn; None for the candidate's."""
    if turn.speaker == CANDIDATE:
        return None
    return plan.rounds[turn.round_no or 0].interviewer


def thinking(name: str) -> None:
    """Say that a reply is on its way."""
    st.html(
        f'<div class="gr-thinking gr-quiet" role="status">{plain.escape(name)} is thinking'
        "<i></i><i></i><i></i></div>"
    )


def _first_words(text: str, count: int) -> str:
    """Return the first `count` words with the white space between them as it was."""
    at = 0
    for word in text.split()[:count]:
        at = text.index(word, at) + len(word)
    return text[:at]
