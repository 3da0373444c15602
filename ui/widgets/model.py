"""What the model is, whether it is ready, and whether anything leaves the machine."""

from __future__ import annotations

import streamlit as st

from bot.views import ModelStatus
from ui import wiring
from ui.widgets import fault, plain

STATES = {
    "loading": (":material/hourglass_top:", "is loading; you can start already"),
    "ready": (":material/check_circle:", "is ready"),
    "remote": (":material/cloud:", "answers from another machine"),
    "failed": (":material/error:", "can't be used"),
}


def show() -> None:
    """Draw the model's state, and look again while it loads."""
    loading = wiring.interviews().model_status.state == "loading"
    st.fragment(_draw, run_every=1.0 if loading else None)(loading)


def _draw(was_loading: bool) -> None:
    with fault.shown():
        status = wiring.interviews().model_status
        if was_loading and status.state != "loading":
            st.rerun()
        draw(status)


def draw(status: ModelStatus) -> None:
    """Draw one state of the model."""
    icon, words = STATES[status.state]
    where = (
        "**Your answers leave this machine** for that service."
        if status.leaves_machine
        else "Nothing you say leaves this machine."
    )
    text = f"The model {plain.label(status.label)} {words}. {where}"
    if status.detail:
        text += f"\n\n{plain.label(status.detail)}"
    if status.remedy:
        text += f"\n\n{plain.label(status.remedy)}"
    if status.state == "failed":
        st.error(text, icon=icon)
    elif status.leaves_machine:
        st.warning(text, icon=icon)
    else:
        st.info(text, icon=icon)
