"""The interview: a chat that is drawn from the journal, and so is the same in every tab."""

from __future__ import annotations

from uuid import uuid4

import streamlit as st

from bot.domain import Action
from bot.errors import AnsweredElsewhere, NotFound
from bot.views import View
from ui import wiring
from ui.live import Attempt
from ui.widgets import conversation, fault, places

_BUSY, _IDLE = 0.25, 6.0  # seconds between looks
_BOX = "answer"  # the chat box
_DRAFT = "draft"  # what goes back into it
_GIVEN_BACK = "given-back"  # the key of the attempt whose draft is back in the box
_MINE = "attempt"  # this tab's latest attempt: (interview, seq, key)
_SEEN = "seen"  # the next turn's number, as this tab was shown it
_EARLIER = "earlier"  # messages shown beyond the last ones


def draw() -> None:
    """Draw the page."""
    interview = places.interview_id()
    if interview is None:
        _nothing_here()
        return
    try:
        view = wiring.interviews().view(interview)
    except NotFound as error:
        places.leave(interview)
        fault.show(error)
        places.link(places.HISTORY, "All interviews", icon=":material/history:")
        return
    busy = _busy(view)
    st.fragment(_conversation, run_every=_BUSY if busy else _IDLE)(interview, _stamp(view))
    if view.status == "finished":
        _finished(interview)
        return
    _trouble(view)
    _buttons(view, busy)
    draft = st.session_state.pop(_DRAFT, None)
    if draft:
        st.session_state[_BOX] = draft
    st.chat_input("Your answer", key=_BOX, on_submit=_send, args=(interview,))


def _nothing_here() -> None:
    st.title("Interview")
    entries = [e for e in wiring.interviews().history(limit=20) if e.status == "active"]
    if entries:
        st.write("No interview is open in this tab. Your latest that isn't finished:")
        places.link(places.INTERVIEW, "Resume it", entries[0].id, icon=":material/play_arrow:")
    else:
        st.write("No interview is under way.")
    places.link(places.SETUP, "Set one up", icon=":material/tune:")


# -- drawing ----------------------------------------------------------------------


def _conversation(interview: str, drawn: tuple[object, ...]) -> None:
    """Draw the talk; when more than words has changed since the page was drawn, draw it all."""
    with fault.shown():
        view = wiring.interviews().view(interview)
        if _stamp(view) != drawn:
            st.rerun()
        st.session_state[_SEEN] = view.next_seq
        conversation.head(view)
        hidden = max(0, len(view.turns) - conversation.SHOWN - st.session_state.get(_EARLIER, 0))
        if hidden:
            st.button(f"Show earlier ({hidden})", key="show-earlier", on_click=_show_earlier)
        worker = places.worker()
        conversation.messages(view.plan, view.turns[hidden:], worker.coming(interview))
        attempt = worker.under_way(interview)
        if attempt is not None and attempt.draft and attempt.seq == view.next_seq:
            conversation.message(attempt.draft, None)
        if attempt is not None:
            conversation.thinking(view.plan.rounds[view.round_no].interviewer)


def _show_earlier() -> None:
    st.session_state[_EARLIER] = st.session_state.get(_EARLIER, 0) + conversation.SHOWN


def _busy(view: View) -> bool:
    worker = places.worker()
    return worker.under_way(view.id) is not None or bool(worker.coming(view.id))


def _stamp(view: View) -> tuple[object, ...]:
    """Return what the buttons and notices around the conversation depend on."""
    attempt = _mine(view.id)
    failed = attempt.key if attempt is not None and attempt.failed else None
    return view.next_seq, view.status, view.phase, view.waiting_for_reply, _busy(view), failed


def _trouble(view: View) -> None:
    """Say what failed, with ways on."""
    attempt = _mine(view.id)
    error = attempt.error if attempt is not None else None
    if attempt is not None and error is not None:
        fault.show(error)
        _give_back(view, attempt)
    if view.waiting_for_reply and not _busy(view):
        if error is None:
            st.warning(
                "Your answer is safe, but its reply has not come: Greenroom was interrupted.",
                icon=":material/warning:",
            )
        st.button("Try again", icon=":material/refresh:", on_click=_retry, args=(view.id,))
    elif isinstance(error, AnsweredElsewhere):
        st.caption("What you wrote is back in the box below.")


def _give_back(view: View, attempt: Attempt) -> None:
    """Put an answer that was not stored back into the box, once."""
    stored = any(t.seq == attempt.seq and t.text == attempt.draft for t in view.turns)
    if attempt.draft and not stored and st.session_state.get(_GIVEN_BACK) != attempt.key:
        st.session_state[_GIVEN_BACK] = attempt.key
        st.session_state[_DRAFT] = attempt.draft


def _buttons(view: View, busy: bool) -> None:
    off = busy or view.waiting_for_reply
    with st.container(horizontal=True, key="gr-actions", gap="small"):
        if view.phase == "asking":
            _action("Hint", ":material/lightbulb:", Action.HINT, view, off)
            _action("Repeat", ":material/replay:", Action.REPEAT, view, off)
            _action("Skip", ":material/skip_next:", Action.SKIP, view, off)
        if st.button("Finish", icon=":material/flag:", disabled=off, key="finish"):
            _confirm_finish(view.id)


def _action(label: str, icon: str, action: Action, view: View, off: bool) -> None:
    st.button(
        label,
        icon=icon,
        key=f"action-{action.value}",
        disabled=off,
        on_click=_act,
        args=(view.id, action),
    )


@st.dialog("Finish the interview?")
def _confirm_finish(interview: str) -> None:
    st.write("What you have answered is graded; what is left is not asked any more.")
    with st.container(horizontal=True):
        finish = (interview, Action.END)
        if st.button("Finish", type="primary", key="finish-yes", on_click=_act, args=finish):
            st.rerun()
        if st.button("Go on", key="finish-no"):
            st.rerun()


def _finished(interview: str) -> None:
    st.success("The interview is over.", icon=":material/flag:")
    places.link(places.REPORT, "Read your report", interview, icon=":material/fact_check:")


# -- doing ------------------------------------------------------------------------


def _mine(interview: str) -> Attempt | None:
    """Return this tab's own latest attempt at this interview."""
    at, _, key = st.session_state.get(_MINE, ("", 0, ""))
    return places.worker().attempt(key) if at == interview else None


def _key(interview: str, seq: int) -> str:
    """Return the attempt's key: made once for each turn, so that no rerun can send it twice."""
    mine = st.session_state.get(_MINE)
    if mine is None or mine[:2] != (interview, seq):
        mine = (interview, seq, uuid4().hex)
        st.session_state[_MINE] = mine
    return str(mine[2])


def _send(interview: str) -> None:
    text = st.session_state[_BOX] or ""
    if places.worker().under_way(interview) is not None:
        st.session_state[_DRAFT] = text
        st.toast("Wait for the reply. What you wrote is kept.")
        return
    seq = st.session_state[_SEEN]
    places.worker().answer(interview, text, seq=seq, key=_key(interview, seq))


def _act(interview: str, action: Action) -> None:
    if places.worker().under_way(interview) is None:
        seq = st.session_state[_SEEN]
        places.worker().act(interview, action, seq=seq, key=_key(interview, seq))


def _retry(interview: str) -> None:
    mine = (interview, -1, uuid4().hex)  # no turn's number: the answer is in, only its reply is due
    st.session_state[_MINE] = mine
    places.worker().retry(interview, mine[2])


if __name__ == "__main__":
    draw()
