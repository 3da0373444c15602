"""The report: the decision first, what decided it, what to practise, then all the evidence."""

from __future__ import annotations

import streamlit as st

from bot.domain import Signal
from bot.errors import NotFound
from bot.report import QuestionReport, Report, RoundReport
from ui import wiring
from ui.widgets import clock, competency, exports, fault, places, plain, transcript, verdicts

_GRADING, _IDLE = 1.0, 10.0  # seconds between looks


def draw() -> None:
    """Draw the page."""
    interview = places.interview_id()
    if interview is None:
        _nothing_here()
        return
    door = wiring.interviews()
    try:
        report = door.report(interview)
        view = door.view(interview)
    except NotFound as error:
        places.leave(interview)
        fault.show(error)
        places.link(places.HISTORY, "All interviews", icon=":material/history:")
        return
    _head(report)
    every = _GRADING if report.pending else _IDLE
    st.fragment(_progress, run_every=every)(interview, _stamp(report))
    _failures(report)
    _summary(report)
    for number, round_ in enumerate(report.rounds):
        _round(number, round_)
    st.header("What was said")
    transcript.draw(view, report)


def _nothing_here() -> None:
    st.title("Report")
    entries = wiring.interviews().history(limit=1)
    if entries:
        st.write("No interview is open in this tab.")
        places.link(places.REPORT, "The latest report", entries[0].id, icon=":material/fact_check:")
        places.link(places.HISTORY, "All interviews", icon=":material/history:")
    else:
        st.write("There is nothing to report yet: no interview has been held.")
        places.link(places.SETUP, "Set one up", icon=":material/tune:")


# -- the decision -------------------------------------------------------------------


def _head(report: Report) -> None:
    graded_by = f"graded by {report.model}" if report.model else "not graded yet"
    st.title("Report")
    st.html(
        f'<div class="gr-row"><strong>{plain.escape(report.company)}, '
        f"{plain.escape(report.role_title)}</strong>"
        f'<span class="gr-quiet">{plain.escape(report.level)} · '
        f"{clock.date(report.started_at)} · {plain.escape(graded_by)}"
        "</span></div>"
    )
    with st.container(horizontal=True, gap="small"):
        if report.status == "active":
            places.link(
                places.INTERVIEW, "Resume the interview", report.id, icon=":material/play_arrow:"
            )
        exports.buttons(report.id, name=f"greenroom-{report.started_at:%Y-%m-%d}")
    if not report.pending and report.signal:
        _scale(report.signal)
    st.subheader(plain.label(report.headline), anchor=False)
    if report.points is not None:
        st.write(f"{verdicts.percent(report.points)} points, counted from the criteria below.")


def _scale(signal: str) -> None:
    steps = "".join(
        f'<li aria-current="true">{s.value}</li>' if s == signal else f"<li>{s.value}</li>"
        for s in Signal
    )
    st.html(f'<ol class="gr-scale" aria-label="Signal: {plain.escape(signal)}">{steps}</ol>')


def _stamp(report: Report) -> tuple[object, ...]:
    return report.pending, len(report.failed), report.status, len(_questions(report))


def _questions(report: Report) -> list[QuestionReport]:
    return [q for r in report.rounds for q in r.questions]


def _progress(interview: str, drawn: tuple[object, ...]) -> None:
    """Say how far grading is; when it has moved, draw the whole page."""
    with fault.shown():
        report = wiring.interviews().report(interview)
        if _stamp(report) != drawn:
            st.rerun()
        if report.pending:
            whole = len(_questions(report))
            done = whole - report.pending
            st.progress(
                done / whole if whole else 0.0,
                text=f"Grading: {done} of {whole} questions done. The page fills as they come.",
            )


def _failures(report: Report) -> None:
    for failed in report.failed:
        st.error(
            f"“{plain.label(failed.question_title)}” could not be graded.\n\n"
            f"{plain.label(failed.error)}",
            icon=":material/error:",
        )
        st.button(
            "Grade again",
            icon=":material/refresh:",
            key=f"again-{failed.question_no}",
            on_click=_grade_again,
            args=(report.id, failed.question_no),
        )
    if len(report.failed) > 1:
        st.button(
            f"Grade all {len(report.failed)} again",
            icon=":material/refresh:",
            on_click=_grade_again,
            args=(report.id, None),
        )


def _grade_again(interview: str, question_no: int | None) -> None:
    wiring.interviews().regrade(interview, question_no)  # puts it in the queue: no model call here


# -- the summary ----------------------------------------------------------------------


def _summary(report: Report) -> None:
    if report.areas:
        st.header("By competency")
        competency.draw(report.areas)
    if report.decided_by:
        st.header("What decided it")
        items = "".join(
            f'<li><span aria-hidden="true">{"▲" if d.up else "▼"}</span> '
            f"{'For' if d.up else 'Against'}: <strong>{plain.escape(d.criterion)}</strong> "
            f"({plain.escape(d.status)}), {plain.escape(d.question_title)}</li>"
            for d in report.decided_by
        )
        st.html(f'<ul class="gr-list">{items}</ul>')
    if report.to_practise:
        st.header("What to practise next")
        items = "".join(
            f"<li><strong>{plain.escape(p.criterion)}</strong>. {plain.escape(p.drill)}"
            f'<br><span class="gr-quiet">{plain.escape(p.question_title)}</span></li>'
            for p in report.to_practise
        )
        st.html(f'<ol class="gr-list">{items}</ol>')
    if report.unscored:
        many = report.unscored != 1
        st.info(
            f"{report.unscored} criteri{'a are' if many else 'on is'} unscored: what was said gave "
            "no honest ground for a verdict. Unscored counts neither for nor against you.",
            icon=":material/help:",
        )


# -- the evidence -----------------------------------------------------------------------


def _round(number: int, round_: RoundReport) -> None:
    if not round_.questions:
        return
    st.header(plain.label(round_.title), anchor=f"round-{number + 1}")
    st.html(
        f'<div class="gr-quiet">{plain.escape(round_.level_name)} · '
        f"{verdicts.percent(round_.points)}</div>"
    )
    for question in round_.questions:
        with st.container(border=True, key=f"gr-card-{question.question_no}"):
            _question(question)


def _question(question: QuestionReport) -> None:
    st.subheader(plain.label(question.title), anchor=f"question-{question.question_no + 1}")
    st.html(
        f'<div class="gr-quiet">{plain.escape(question.area)} · '
        f"{verdicts.percent(question.points)}</div>"
    )
    plain.write(question.prompt)
    if question.state == "pending":
        st.caption("Still being graded.")
    elif question.state == "failed":
        st.caption("Could not be graded; see above.")
    else:
        verdicts.question(question)


if __name__ == "__main__":
    draw()
