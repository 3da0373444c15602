"""The pages' frame: `streamlit run ui/app.py`, which is what `greenroom ui` does."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.widgets import fault, style

_ICON = Path(__file__).parent / "widgets" / "icon.svg"
PAGES = (
    ("setup", "Set up", ":material/tune:"),
    ("interview", "Interview", ":material/forum:"),
    ("report", "Report", ":material/fact_check:"),
    ("history", "History", ":material/history:"),
    ("questions", "Questions", ":material/menu_book:"),
)


def main() -> None:
    """Draw the navigation and the page that the address names."""
    # A file of ours: the browser would fetch a material icon or an emoji from its maker's host.
    st.set_page_config(page_title="Greenroom", page_icon=str(_ICON))
    page = st.navigation(
        [
            st.Page(
                f"screens/{name}.py",
                title=title,
                icon=icon,
                url_path=None if name == "setup" else name,
                default=name == "setup",
            )
            for name, title, icon in PAGES
        ],
        position="top",
    )
    style.apply()
    with fault.shown():
        page.run()


if __name__ == "__main__":
    main()
