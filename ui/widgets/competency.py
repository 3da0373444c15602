"""The chart of points by competency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import streamlit as st

from bot.report import AreaScore

_ROW = 46  # pixels for each area: its name above its bar
# One blue for all bars, as length says it all; from the palette of Okabe and Ito (2008), which
# people with any colour vision tell from either ground.
_BAR, _REST = {"light": "#0072b2", "dark": "#56b4e9"}, {"light": "#dfe4e9", "dark": "#2c3742"}
_TEXT = {"light": "#111111", "dark": "#f5f7fa"}


def draw(areas: Sequence[AreaScore]) -> None:
    """Draw one bar for each area, best first, its name and points written out."""
    if not areas:
        return
    ordered = sorted(areas, key=lambda a: (-a.points, a.area))
    said = "; ".join(f"{a.area}: {round(100 * a.points)} of 100" for a in ordered)
    st.altair_chart(
        chart(ordered, st.context.theme.type or "light"),
        theme=None,
        width="stretch",
        alt=f"Points by competency. {said}.",
    )


def chart(areas: Sequence[AreaScore], theme: str) -> alt.LayerChart:
    """Return the chart, in the order of `areas`, for a light or a dark ground."""
    rows = [
        {
            "area": a.area,
            "points": round(100 * a.points),
            "whole": 100,
            "label": f"{round(100 * a.points)} of 100",
        }
        for a in areas
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("area:N", sort=[a.area for a in areas], axis=None),
    )
    reach = alt.Scale(domain=[0, 100])
    tip = [alt.Tooltip("area:N", title="Competency"), alt.Tooltip("label:N", title="Points")]
    bar: dict[str, Any] = {"height": 14, "yOffset": 8, "cornerRadius": 3}
    text: dict[str, Any] = {
        "dy": -10,
        "fontSize": 14,
        "color": _TEXT[theme],
        "font": "Source Sans, sans-serif",
    }
    drawn: alt.LayerChart = (
        alt.layer(
            base.mark_bar(color=_REST[theme], **bar).encode(
                x=alt.X("whole:Q", scale=reach, axis=None)
            ),
            base.mark_bar(color=_BAR[theme], **bar).encode(
                x=alt.X("points:Q", scale=reach, axis=None), tooltip=tip
            ),
            base.mark_text(align="left", limit=440, **text).encode(x=alt.value(0), text="area:N"),
            base.mark_text(align="right", fontWeight="bold", **text).encode(
                x=alt.XDatum(100, scale=reach), text="label:N"
            ),
        )
        .properties(
            height=_ROW * len(areas),
            background="transparent",
            padding={"left": 0, "right": 0, "top": 10, "bottom": 0},
        )
        .configure_view(stroke=None)
    )
    return drawn
