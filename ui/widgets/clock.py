"""Times as people read them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def left(seconds: float) -> str:
    """Return what is left of a round: minutes, or that it is used up."""
    if seconds <= 0:
        return "time is up"
    minutes = round(seconds / 60)
    return f"{minutes} min left" if minutes >= 1 else "under a minute left"


def date(at: datetime) -> str:
    """Return a moment in the browser's time zone, without seconds."""
    try:
        zone = ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return f"{at.astimezone(zone):%-d %B %Y, %H:%M}"
