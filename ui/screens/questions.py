"""The question bank: browse, filter, practise one and see it graded."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

import streamlit as st

from bot.interview import PracticeReport
from bot.views import QuestionInfo
from rubrics.schema import Kind, Level
from ui import wiring
from ui.live import Attempt
from ui.widgets import fault, places, plain, verdicts

_PAGE = 10
_OPEN, _TRY = "q", "try"  # in the address: the question that is open, and the attempt at it


def draw() -> None:
    """Draw the page: one question if the address names one, else all."""
    questions = wiring.interviews().questions()
    named = st.query_params.get(_OPEN)
    if named is None:
        _browse(questions)
        return
    found = next((q for q in questions if q.id == named), None)
    if found is None:
        st.error(f"No pack has a question “{plain.label(named)}”.", icon=":material/error:")
        places.link(places.QUESTIONS, "All questions", icon=":material/arrow_back:")
        return
    _practise(found)


# -- the bank -------------------------------------------------------------------------


def _browse(questions: Sequence[QuestionInfo]) -> None:
    st.title("Questions")
    found = _filtered(questions)
    st.html(f'<div class="gr-quiet" role="status">{len(found)} of {len(questions)} questions</div>')
    if not found:
        st.info("No question fits all of these. Take one of the filters off.")
        return
    pages = -(-len(found) // _PAGE)
    place = st.container()
    page = 1
    if pages > 1:
        # A new filter is a new list, which begins at its first page.
        page = st.pagination(pages, key=f"page-{hash(tuple(q.id for q in found))}")
    with place:
        for question in found[(page - 1) * _PAGE : page * _PAGE]:
            with st.container(border=True, key=f"gr-card-{question.id}"):
                _line(question)


def _filtered(questions: Sequence[QuestionInfo]) -> list[QuestionInfo]:
    text = st.text_input("Search", key="find", type="search", placeholder="Words of the question")
    with st.grid(4, min_column_width=160):
        company = _any("Company", sorted({q.company for q in questions}))
        mine = [q for q in questions if company in (None, q.company)]
        area = _any("Area", sorted({q.area for q in mine}))
        kind = _any("Kind", [k.value for k in Kind])
        level = _any("Level", [level.value for level in Level])
    words = text.casefold().split()
    return [
        q
        for q in mine
        if area in (None, q.area)
        and kind in (None, q.kind.value)
        and level in (None, q.level.value)
        and all(w in f"{q.title} {q.prompt} {q.area}".casefold() for w in words)
    ]


def _any(label: str, options: Sequence[str]) -> str | None:
    chosen: str | None = st.selectbox(
        label,
        options,
        index=None,
        placeholder="Any",
        key=f"filter-{label}",
        persist_state="session",
    )
    return chosen


def _line(question: QuestionInfo) -> None:
    st.html(f'<h2 class="gr-entry">{plain.escape(question.title)}</h2>{_facts(question)}')
    prompt = " ".join(question.prompt.split())
    plain.write(prompt if len(prompt) <= 220 else f"{prompt[:220].rsplit(' ', 1)[0]} …")
    st.page_link(
        places.QUESTIONS,
        label="Practise this one",
        icon=":material/edit:",
        query_params={_OPEN: question.id},
    )


def _facts(question: QuestionInfo) -> str:
    facts = (
        question.company,
        question.area,
        question.kind.value,
        question.level.value,
        f"{question.minutes} min",
        question.source,
    )
    spans = "".join(f"<span>{plain.escape(f)}</span>" for f in facts)
    return f'<div class="gr-row gr-quiet">{spans}</div>'


# -- practice ---------------------------------------------------------------------------


def _practise(question: QuestionInfo) -> None:
    places.link(places.QUESTIONS, "All questions", icon=":material/arrow_back:")
    st.title(plain.label(question.title), anchor=False)
    st.html(_facts(question))
    plain.write(" ".join(question.prompt.split()))
    st.html(f'<div class="gr-quiet">Source: {plain.escape(question.source_note)}</div>')
    attempt = places.worker().attempt(st.query_params.get(_TRY, ""))
    busy = attempt is not None and not attempt.done
    box = f"practice-{question.id}"
    if attempt is not None and box not in st.session_state:
        st.session_state[box] = attempt.draft  # a reload finds the answer where it was
    st.text_area("Your answer", key=box, height=220, placeholder="As you would say it aloud")
    st.button(
        "Being graded…" if busy else "Grade it",
        type="primary",
        icon=":material/fact_check:",
        disabled=busy,
        on_click=_grade,
        args=(question.id, box),
    )
    st.html(
        f'<div class="gr-quiet">It is held against {question.criteria} criteria, which you see '
        "afterwards. Practice is not kept in the history.</div>"
    )
    st.fragment(_wait, run_every=0.4 if busy else None)(busy)
    if attempt is not None and attempt.error is not None:
        fault.show(attempt.error)
    elif attempt is not None and isinstance(attempt.result, PracticeReport):
        _graded(attempt, attempt.result)


def _grade(question_id: str, box: str) -> None:
    text = st.session_state[box].strip()
    if not text:
        st.toast("Write an answer first.")
        return
    last = places.worker().attempt(st.query_params.get(_TRY, ""))
    if last is not None and not last.done:
        return
    key = uuid4().hex
    st.query_params[_TRY] = key
    places.worker().grade(question_id, text, key)


def _wait(was_busy: bool) -> None:
    attempt = places.worker().attempt(st.query_params.get(_TRY, ""))
    busy = attempt is not None and not attempt.done
    if busy != was_busy:
        st.rerun()
    if busy:
        st.progress(1.0, text="Reading your answer against each criterion. This takes seconds.")


def _graded(attempt: Attempt, report: PracticeReport) -> None:
    question = report.question
    st.header(f"{verdicts.percent(question.points)}", anchor=False)
    st.caption(f"Graded in {report.seconds:.0f} s")
    spans = [(q.start, q.end) for c in question.criteria for q in c.quotes]
    st.html(
        f'<div class="gr-turn gr-candidate" id="{verdicts.anchor(0)}" tabindex="-1">'
        f'<div class="gr-who gr-quiet">You</div>'
        f'<div class="gr-words">{plain.marked(attempt.draft, spans)}</div></div>'
    )
    verdicts.question(question, followed_up=False)


if __name__ == "__main__":
    draw()
