"""Criteria with their status, reasons and quotes, as the report and practice show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from bot.domain import Quote
from bot.report import CriterionReport, QuestionReport
from ui.widgets import plain

# A sign and a word for each status: colour is never the only difference.
SIGNS = {"met": "✓", "partial": "◐", "missing": "✗", "unscored": "?"}
Address = Callable[[Quote], str]


def percent(points: float | None) -> str:
    """Return points from 0 to 1 as people read them."""
    return "not scored" if points is None else f"{round(100 * points)} of 100"


def anchor(seq: int) -> str:
    """Return the name of a turn's place in the transcript."""
    return f"turn-{seq}"


def question(report: QuestionReport, *, followed_up: bool = True) -> None:
    """Draw one graded question: its criteria, and what a strong answer holds."""
    st.html(criteria(report.criteria, lambda quote: f"#{anchor(quote.seq)}"))
    if followed_up and report.followed_up:
        names = {c.id: c.name for c in report.criteria}
        asked = [names[i] for i in dict.fromkeys(report.followed_up) if i in names]
        if asked:
            st.html(f'<div class="gr-quiet">Followed up on: {plain.escape(", ".join(asked))}</div>')
    with st.expander(f"What a strong answer to “{plain.label(report.title)}” holds"):
        strong(report)


def strong(report: QuestionReport) -> None:
    """Draw the outline of a strong answer, whole and by criterion."""
    plain.write(report.strong_answer)
    items = "".join(
        f"<li><strong>{plain.escape(c.name)}</strong>: {plain.escape(c.strong)}"
        f'<br><span class="gr-quiet">To practise: {plain.escape(c.practise)}</span></li>'
        for c in report.criteria
    )
    st.html(f'<ul class="gr-list">{items}</ul>')


def criteria(reports: Sequence[CriterionReport], address: Address) -> str:
    """Return criteria as HTML, each quote a link to where it was said."""
    return "".join(_criterion(c, address) for c in reports)


def _criterion(c: CriterionReport, address: Address) -> str:
    sign = SIGNS[c.status]
    hints = f" · {c.hints} hint{'s' if c.hints > 1 else ''} taken" if c.hints else ""
    quotes = "".join(
        f'<blockquote>“<a href="{address(q)}">{plain.escape(q.text)}</a>”</blockquote>'
        for q in c.quotes
    )
    return (
        f'<div class="gr-criterion gr-{c.status}">'
        f'<div class="gr-row"><span class="gr-name">{plain.escape(c.name)}</span>'
        f'<span class="gr-status"><span aria-hidden="true">{sign}</span> {c.status}</span>'
        f'<span class="gr-quiet">weight {c.weight}{hints}</span></div>'
        f"<p>{plain.escape(c.reason)}</p>{quotes}</div>"
    )
