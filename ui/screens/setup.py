"""Set up: choose a loop and its length, see what it will take, begin."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

import streamlit as st

from bot.domain import Plan
from bot.errors import CallerError
from bot.views import RoundInfo, TrackInfo
from rubrics.schema import Level
from ui import wiring
from ui.widgets import fault, model, places, plain

_STARTING = "starting"  # the key of the attempt to begin an interview


def draw() -> None:
    """Draw the page."""
    st.title("Set up an interview")
    st.write(
        "Greenroom plays a company's interview loop with you, asks the follow-up your answer calls "
        "for, and grades what you said with quotes of it."
    )
    model.show()
    track = _choose_track()
    with st.container(border=True, key="gr-card-choices"):
        level = _choose_level(track)
        rounds = _choose_rounds(track)
        questions, minutes = _choose_length(track, rounds)
    if not rounds:
        st.info("Choose at least one round.", icon=":material/checklist:")
        return
    try:
        plan = wiring.interviews().plan(
            track.name,
            rounds=[r.id for r in rounds],
            questions=questions,
            minutes=minutes,
            level=level,
        )
    except CallerError as error:
        fault.show(error)
        return
    _preview(plan)
    _begin(plan)
    _sources(track)


def _choose_track() -> TrackInfo:
    tracks = wiring.interviews().tracks()
    left, right = st.columns(2)
    companies = list(dict.fromkeys(t.company for t in tracks))
    company = left.selectbox("Company", companies, key="company")
    mine = [t for t in tracks if t.company == company]
    title = right.selectbox("Role", [t.title for t in mine], key=f"role-{company}")
    track = next(t for t in mine if t.title == title)
    plain.write(track.about)
    return track


def _choose_level(track: TrackInfo) -> Level:
    chosen = st.segmented_control(
        "Level",
        list(Level),
        default=track.default_level,
        format_func=lambda level: level.value.capitalize(),
        required=True,
        key=f"level-{track.name}",
        help="Questions written for this level come first.",
    )
    return chosen or track.default_level


def _choose_rounds(track: TrackInfo) -> list[RoundInfo]:
    st.markdown("**Rounds**")
    chosen = []
    for round_ in track.rounds:
        words = f"{plain.label(round_.title)}, {round_.minutes} min"
        if st.checkbox(words, value=True, key=f"round-{track.name}-{round_.id}"):
            chosen.append(round_)
    return chosen


def _choose_length(track: TrackInfo, rounds: Sequence[RoundInfo]) -> tuple[int | None, int | None]:
    whole = sum(r.minutes for r in rounds)
    shorter = st.checkbox(
        "Make it shorter",
        key=f"shorter-{track.name}",
        help="A real loop takes hours, over days. This shares less time out among the rounds.",
    )
    if not shorter or not rounds:
        return None, None
    left, right = st.columns(2)
    questions = left.number_input(
        "Questions in each round", 1, 12, 1, key=f"questions-{track.name}"
    )
    least = 5 * len(rounds)
    minutes = right.number_input(
        "Minutes in all",
        least,
        max(whole, least),
        min(max(least, 20 * len(rounds)), max(whole, least)),
        step=5,
        key=f"minutes-{track.name}-{len(rounds)}",
    )
    return int(questions), int(minutes)


def _preview(plan: Plan) -> None:
    count = plan.question_count
    st.subheader(f"{_length(plan.minutes)}, {count} question{'s' if count != 1 else ''}")
    items = "".join(
        f"<li><strong>{plain.escape(r.title)}</strong> · {r.minutes} min · "
        f"{len(r.questions)} question{'s' if len(r.questions) != 1 else ''}"
        f'<br><span class="gr-quiet">with {plain.escape(r.interviewer)}, '
        f"{plain.escape(r.interviewer_role)}</span></li>"
        for r in plan.rounds
    )
    st.html(f'<ol class="gr-list">{items}</ol>')


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} minutes"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _begin(plan: Plan) -> None:
    worker = places.worker()
    attempt = worker.attempt(st.session_state.get(_STARTING, ""))
    busy = attempt is not None and not attempt.done
    if attempt is not None and attempt.error is not None:
        fault.show(attempt.error)
    st.button(
        "Starting…" if busy else "Start the interview",
        type="primary",
        icon=":material/play_arrow:",
        on_click=_start,
        args=(plan,),
        disabled=busy,
    )
    st.fragment(_wait, run_every=0.3 if busy else None)()


def _start(plan: Plan) -> None:
    """Ask for the interview once, however often the button is pressed meanwhile."""
    worker = places.worker()
    attempt = worker.attempt(st.session_state.get(_STARTING, ""))
    if attempt is None or attempt.failed:
        st.session_state[_STARTING] = uuid4().hex
    worker.start(plan, st.session_state[_STARTING])


def _wait() -> None:
    attempt = places.worker().attempt(st.session_state.get(_STARTING, ""))
    if attempt is None or not attempt.done:
        return
    if attempt.failed:
        places.worker().forget(attempt.key)
        st.rerun()
    del st.session_state[_STARTING]
    places.go_to(places.INTERVIEW, str(attempt.result))


def _sources(track: TrackInfo) -> None:
    if not track.facts:
        return
    with st.expander(f"What the interviewer knows of {plain.label(track.company)}, and from where"):
        facts = "".join(f"<li>{plain.escape(fact)}</li>" for fact in track.facts)
        st.html(f'<ul class="gr-list">{facts}</ul>')


if __name__ == "__main__":
    draw()
