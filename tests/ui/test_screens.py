"""Setup, Report, History and Questions: empty, full, and when something fails."""

from __future__ import annotations

import html
import json

import pytest

from bot.backends.scripted import Choose
from bot.domain import CANDIDATE
from bot.errors import ModelTimeout, StoreUnusable
from bot.views import ModelStatus
from tests.ui.conftest import SetDesk
from tests.ui.pages import SAID, TRACK, Desk, button, drawn, links, open_page, wait_for
from ui import wiring
from ui.widgets import competency, model

LATE = ModelTimeout("The model took longer than 60 s.", "Try again.")


def late(*_: object, **__: object) -> None:
    raise LATE


# -- Setup ------------------------------------------------------------------------------


def test_setup_says_what_the_model_is_and_that_nothing_leaves(desk: Desk) -> None:
    said = html.unescape(open_page().info[0].value)
    assert "scripted is ready" in said
    assert "Nothing you say leaves this machine." in said


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (ModelStatus("loading", "m", "", leaves_machine=False), "info", "is loading"),
        (ModelStatus("remote", "m", "at host", leaves_machine=True), "warning", "leave this"),
        (ModelStatus("failed", "m", "no file", False, "Fetch it."), "error", "Fetch it"),
    ],
)
def test_every_state_of_the_model_has_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, status: ModelStatus, kind: str, words: str
) -> None:
    monkeypatch.setattr(type(desk.interviews), "model_status", property(lambda _: status))
    assert status.state in model.STATES
    assert words in html.unescape(getattr(open_page(), kind)[0].value)


def test_setup_shows_the_plan_and_begins_exactly_one_interview(desk: Desk) -> None:
    tab = open_page()
    tab.selectbox(key="company").select("Atlassian").run()
    track = next(t for t in desk.interviews.tracks() if t.title == tab.selectbox[1].value)
    for box in tab.checkbox[1:-1]:
        box.uncheck()
    tab.run()
    tab.checkbox[-1].check().run()
    first = track.rounds[0]
    assert tab.subheader[0].value == "20 minutes, 1 question"
    assert html.escape(first.title) in drawn(tab)
    start = button(tab, "Start the interview")
    start.click().run()
    start.click().run()
    key = tab.session_state["starting"]
    wait_for(lambda: (a := desk.worker.attempt(key)) is not None and a.done)
    tab.run()
    assert tab.chat_message  # the page has gone on to the interview
    entries = desk.interviews.history()
    assert len(entries) == 1
    view = desk.interviews.view(entries[0].id)
    assert [r.title for r in view.plan.rounds] == [first.title]
    assert "".join(tab.query_params["iv"]) == view.id


def test_setup_without_a_round_asks_for_one(desk: Desk) -> None:
    tab = open_page()
    for box in tab.checkbox[:-1]:
        box.uncheck()
    tab.run()
    assert "Choose at least one round." in drawn(tab)
    assert not [b for b in tab.button if b.label.startswith("Start")]


def test_a_store_that_cannot_be_used_is_named_on_the_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unusable() -> None:
        raise StoreUnusable("The database x.db is read-only.", "Make it writable.")

    monkeypatch.setattr(wiring, "interviews", unusable)
    said = html.unescape(open_page().error[0].value)
    assert "The database x.db is read-only." in said
    assert "Make it writable." in said


# -- Report -------------------------------------------------------------------------------


def test_a_report_of_nothing_leads_to_setup(desk: Desk) -> None:
    tab = open_page("report")
    assert "There is nothing to report yet" in drawn(tab)
    assert list(links(tab)) == ["Set one up"]


def test_a_full_report_holds_decision_evidence_and_transcript(desk: Desk) -> None:
    interview = desk.finished()
    report = desk.interviews.report(interview)
    tab = open_page("report", iv=interview)
    page = drawn(tab)
    assert html.unescape(tab.subheader[0].value) == report.headline
    assert report.signal is not None
    assert f'<li aria-current="true">{report.signal}</li>' in page
    question = report.rounds[0].questions[0]
    for criterion in question.criteria:
        assert html.escape(criterion.name) in page
        assert f"</span> {criterion.status}</span>" in page  # a word beside the sign
    quotes = [q for c in question.criteria for q in c.quotes]
    assert quotes
    for quote in quotes:
        assert f'<a href="#turn-{quote.seq}">{html.escape(quote.text)}</a>' in page
        assert f'id="turn-{quote.seq}"' in page
    assert "<mark>" in page
    assert html.escape(question.strong_answer) in page
    assert tab.get("vega_lite_chart") or tab.get("arrow_vega_lite_chart")


def test_a_report_fills_while_grading_goes_on(desk: Desk) -> None:
    interview = desk.finished(graded=False)
    tab = open_page("report", iv=interview)
    assert "0 of 1 questions done" in tab.get("progress")[0].proto.text
    assert "Still being graded." in drawn(tab)
    desk.interviews.finish_grading(interview)
    tab.run()
    assert not tab.get("progress")
    assert "aria-current" in drawn(tab)


def test_what_could_not_be_graded_is_named_and_graded_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    interview = desk.finished(graded=False)
    with monkeypatch.context() as patch:  # a script fails one call; a model that is down fails all
        patch.setattr(desk.chat, "choose", late)
        desk.interviews.finish_grading(interview)
    tab = open_page("report", iv=interview)
    report = desk.interviews.report(interview)
    assert [f.question_no for f in report.failed] == [0]
    assert report.failed[0].question_title in html.unescape(tab.error[0].value)
    button(tab, "Grade again").click().run()
    desk.interviews.finish_grading(interview)
    tab.run()
    assert not tab.error
    assert desk.interviews.report(interview).signal is not None


def test_the_chart_writes_its_values_out(desk: Desk) -> None:
    areas = desk.interviews.report(desk.finished()).areas
    drawn_chart = json.dumps(competency.chart(areas, "dark").to_dict())
    for area in areas:
        assert f"{round(100 * area.points)} of 100" in drawn_chart


# -- History --------------------------------------------------------------------------------


def test_an_empty_history_leads_to_setup(desk: Desk) -> None:
    tab = open_page("history")
    assert "No interview has been held" in drawn(tab)
    assert list(links(tab)) == ["Set one up"]


def test_history_resumes_opens_and_gives_away(desk: Desk) -> None:
    done, under_way = desk.finished(), desk.begin()
    tab = open_page("history")
    page = [(e.proto.label, e.proto.query_string) for e in tab.get("page_link")]
    assert page == [
        ("Resume", f"iv={under_way}"),
        ("Report", f"iv={under_way}"),
        ("Open", f"iv={done}"),
        ("Report", f"iv={done}"),
    ]
    assert [b.proto.label for b in tab.get("download_button")] == ["Markdown", "JSON"] * 2


def test_deleting_is_confirmed_first(desk: Desk) -> None:
    kept, gone = desk.begin(), desk.begin()
    tab = open_page("history")
    tab.button(key=f"delete-{gone}").click().run()
    assert len(desk.interviews.history()) == 2
    tab.button(key="delete-yes").click().run()
    assert [e.id for e in desk.interviews.history()] == [kept]
    assert gone not in str([e.proto for e in tab.get("page_link")])


def test_history_has_pages(desk: Desk) -> None:
    ids = [desk.begin() for _ in range(12)]
    tab = open_page("history")
    assert len(tab.get("page_link")) == 20
    button(tab, "Older").click().run()
    shown = [e.proto.query_string for e in tab.get("page_link")]
    assert shown == [f"iv={i}" for i in (ids[1], ids[1], ids[0], ids[0])]
    assert button(tab, "Older").disabled
    button(tab, "Newer").click().run()
    assert len(tab.get("page_link")) == 20


# -- Questions ---------------------------------------------------------------------------------


def test_questions_are_filtered_by_all_that_is_chosen(desk: Desk) -> None:
    tab = open_page("questions")
    bank = desk.interviews.questions()
    assert f"{len(bank)} of {len(bank)} questions" in drawn(tab)
    tab.selectbox(key="filter-Kind").select("design").run()
    tab.selectbox(key="filter-Level").select("senior").run()
    wanted = [q for q in bank if (q.kind, q.level) == ("design", "senior")]
    assert 0 < len(wanted) < len(bank)
    assert f"{len(wanted)} of {len(bank)} questions" in drawn(tab)
    tab.text_input[0].set_value("no question holds xyzzy").run()
    assert "No question fits" in drawn(tab)


def test_an_unknown_question_says_so(desk: Desk) -> None:
    tab = open_page("questions", q="nothing")
    assert "nothing" in html.unescape(tab.error[0].value)


def test_practice_shows_the_criteria_only_after_the_answer(desk: Desk) -> None:
    info = next(q for q in desk.interviews.questions() if q.area_id == "applied-ml")
    tab = open_page("questions", q=info.id)
    before = desk.interviews.grade(info.id, SAID).question
    for criterion in before.criteria:
        assert html.escape(criterion.strong) not in drawn(tab)
    tab.text_area[0].set_value(SAID)
    button(tab, "Grade it").click().run()
    desk.wait(f"practice:{info.id}")
    tab.run()
    for criterion in before.criteria:
        assert html.escape(criterion.name) in drawn(tab)
        assert html.escape(criterion.strong) in drawn(tab)
    assert html.escape(before.strong_answer) in drawn(tab)
    assert not desk.interviews.history()


def test_practice_that_fails_keeps_the_answer(set_desk: SetDesk) -> None:
    desk = set_desk([Choose(LATE)])
    info = next(q for q in desk.interviews.questions() if q.area_id == "applied-ml")
    tab = open_page("questions", q=info.id)
    tab.text_area[0].set_value(SAID)
    button(tab, "Grade it").click().run()
    desk.wait(f"practice:{info.id}")
    tab.run()
    assert "The model took longer" in html.unescape(tab.error[0].value)
    assert tab.text_area[0].value == SAID
    button(tab, "Grade it").click().run()
    desk.wait(f"practice:{info.id}")
    tab.run()
    assert not tab.error
    address = {name: "".join(value) for name, value in tab.query_params.items()}
    again = open_page("questions", **address)
    assert again.text_area[0].value == SAID  # as after a reload


def test_what_a_candidate_says_is_never_drawn_in_the_report(desk: Desk) -> None:
    interview = desk.begin()
    attack = "<img src=x onerror=alert(1)> # big ![x](http://example.org/x) $x$"
    hostile = f"{desk.strong_answer(interview)} {attack}"
    desk.say(interview, hostile)
    desk.say(interview, "Let's stop here.")
    desk.interviews.finish_grading(interview)
    page = drawn(open_page("report", iv=interview))
    assert "<img" not in page
    turns = desk.interviews.view(interview).turns
    assert hostile in [t.text for t in turns if t.speaker == CANDIDATE]
    assert "&lt;img src=x onerror=alert(1)&gt; # big" in page


def test_the_track_of_these_tests_is_shipped(desk: Desk) -> None:
    assert TRACK in [t.name for t in desk.interviews.tracks()]
