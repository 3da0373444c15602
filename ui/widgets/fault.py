"""Say what failed and what to do about it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from bot.errors import Bug, GreenroomError
from ui.widgets import plain

_log = logging.getLogger(__name__)


def show(error: GreenroomError) -> None:
    """Draw an error: the message that names the thing, and the way on."""
    st.error(
        f"{plain.label(error.message)}\n\n{plain.label(error.remedy)}", icon=":material/error:"
    )


@contextmanager
def shown() -> Iterator[None]:
    """Draw what goes wrong inside instead of letting it through.

    Streamlit's own signals, a rerun or a stop, are no errors and pass.
    """
    try:
        yield
    except GreenroomError as error:
        show(error)
    except Exception as error:
        _log.exception("a page could not be drawn")
        show(
            Bug(
                f"This page could not be drawn ({type(error).__name__}: {error}).",
                "Load it again; if it stays, please report it with the log.",
            )
        )
