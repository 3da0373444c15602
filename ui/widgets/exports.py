"""Buttons that give an interview away as a file."""

from __future__ import annotations

import json

import streamlit as st

from ui import wiring


def buttons(interview: str, *, name: str) -> None:
    """Draw the two downloads. They are made when pressed, on another thread."""
    door = wiring.interviews()
    st.download_button(
        "Markdown",
        data=lambda: door.report(interview).to_markdown(),
        file_name=f"{name}.md",
        mime="text/markdown",
        icon=":material/download:",
        key=f"markdown-{interview}",
        on_click="ignore",
        help="The report, to read",
    )
    st.download_button(
        "JSON",
        data=lambda: json.dumps(door.export(interview), ensure_ascii=False, indent=2, default=str),
        file_name=f"{name}.json",
        mime="application/json",
        icon=":material/download:",
        key=f"json-{interview}",
        on_click="ignore",
        help="Everything: the plan, every turn, every verdict",
    )
