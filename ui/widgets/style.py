"""The stylesheet that every page carries."""

from __future__ import annotations

from pathlib import Path

import streamlit as st


def apply() -> None:
    """Put the stylesheet on the page. It comes from beside this file, not from a network."""
    st.html(Path(__file__).with_name("style.css"))
