"""Where the pages are, and which interview this tab is at."""

from __future__ import annotations

import streamlit as st

from ui import live, wiring

SETUP = "screens/setup.py"
INTERVIEW = "screens/interview.py"
REPORT = "screens/report.py"
HISTORY = "screens/history.py"
QUESTIONS = "screens/questions.py"
_KEY = "iv"


def worker() -> live.Live:
    """Return the process's worker."""
    return live.worker(wiring.interviews())


def interview_id() -> str | None:
    """Return the interview that the address names, or the one that this tab was at last.

    The address wins, and is completed, so that a reload finds the same place.
    """
    named = st.query_params.get(_KEY) or st.session_state.get(_KEY)
    if named:
        st.session_state[_KEY] = named
        if st.query_params.get(_KEY) != named:
            st.query_params[_KEY] = named
    return named


def go_to(page: str, interview_id: str) -> None:
    """Leave for a page of an interview; does not return."""
    st.switch_page(page, query_params={_KEY: interview_id})


def link(
    page: str, label: str, interview_id: str | None = None, *, icon: str | None = None
) -> None:
    """Draw a link to a page, of an interview where one is given."""
    query = {_KEY: interview_id} if interview_id else None
    st.page_link(page, label=label, icon=icon, query_params=query)


def leave(interview_id: str) -> None:
    """Forget an interview that is gone."""
    if st.session_state.get(_KEY) == interview_id:
        del st.session_state[_KEY]
