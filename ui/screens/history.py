"""All interviews, newest first: open, resume, take out, delete."""

from __future__ import annotations

import streamlit as st

from bot.errors import NotFound
from bot.interview import HistoryEntry
from ui import wiring
from ui.widgets import clock, exports, places, plain

_PAGE = 10


def draw() -> None:
    """Draw the page."""
    st.title("History")
    page = int(st.session_state.get("history-page", 0))
    entries = wiring.interviews().history(limit=_PAGE + 1, offset=page * _PAGE)
    if not entries and page:
        st.session_state["history-page"] = page - 1
        st.rerun()
    if not entries:
        st.write("No interview has been held on this machine yet.")
        places.link(places.SETUP, "Set one up", icon=":material/tune:")
        return
    titles = {t.name: f"{t.company}, {t.title}" for t in wiring.interviews().tracks()}
    for entry in entries[:_PAGE]:
        with st.container(border=True, key=f"gr-card-{entry.id}"):
            _entry(entry, titles.get(entry.track, entry.track))
    _turn_pages(page, more=len(entries) > _PAGE)


def _entry(entry: HistoryEntry, title: str) -> None:
    finished = entry.status == "finished"
    answered = f"{entry.answered} question{'s' if entry.answered != 1 else ''} answered"
    state = "finished" if finished else "not finished"
    st.html(
        f'<h2 class="gr-entry">{plain.escape(title)}</h2>'
        f'<div class="gr-row gr-quiet"><span>{clock.date(entry.created_at)}</span>'
        f"<span>{plain.escape(entry.level)}</span><span>{answered}</span><span>{state}</span></div>"
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if finished:
            places.link(places.INTERVIEW, "Open", entry.id, icon=":material/forum:")
        else:
            places.link(places.INTERVIEW, "Resume", entry.id, icon=":material/play_arrow:")
        places.link(places.REPORT, "Report", entry.id, icon=":material/fact_check:")
        exports.buttons(entry.id, name=f"greenroom-{entry.created_at:%Y-%m-%d}-{entry.id[:6]}")
        if st.button("Delete", icon=":material/delete:", key=f"delete-{entry.id}"):
            _confirm(entry.id, f"{title}, {clock.date(entry.created_at)}")


@st.dialog("Delete this interview?")
def _confirm(interview: str, name: str) -> None:
    plain.write(name)
    st.write("Its conversation, grades and report are erased from this machine for good.")
    with st.container(horizontal=True):
        given = (interview,)
        if st.button("Delete", type="primary", key="delete-yes", on_click=_delete, args=given):
            st.rerun()
        if st.button("Keep", key="delete-no"):
            st.rerun()


def _delete(interview: str) -> None:
    try:
        wiring.interviews().delete(interview)
    except NotFound:
        st.toast("It was deleted already, in another tab.")
    places.leave(interview)


def _turn_pages(page: int, *, more: bool) -> None:
    if not page and not more:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Newer", disabled=not page, on_click=_go, args=(page - 1,))
        st.button("Older", disabled=not more, on_click=_go, args=(page + 1,))
        st.caption(f"Page {page + 1}")


def _go(page: int) -> None:
    st.session_state["history-page"] = page


if __name__ == "__main__":
    draw()
