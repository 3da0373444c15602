"""The interview's page: empty, full, interrupted, and in two tabs at once."""

from __future__ import annotations

import html

import pytest
from streamlit.testing.v1 import AppTest

from bot.backends.encoder import Encoder
from bot.domain import CANDIDATE
from bot.errors import ModelTimeout
from tests.ui.pages import SAID, Desk, button, drawn, links, open_page
from ui.widgets import conversation


def send(tab: AppTest, text: str) -> None:
    tab.chat_input[0].set_value(text).run()


def settle(desk: Desk, tab: AppTest, interview: str) -> None:
    """Let the worker finish, and the page be drawn as its timer would."""
    desk.wait(interview)
    tab.run()
    assert not tab.exception


def send_and_get_back(desk: Desk, tab: AppTest, interview: str, text: str) -> str:
    """Send, and return what was put back into the box, once, by whichever run saw it first."""
    send(tab, text)
    first = tab.chat_input[0].proto.value
    settle(desk, tab, interview)
    second = tab.chat_input[0].proto.value
    assert not (first and second)
    return str(first or second)


def heard(desk: Desk, interview: str) -> list[str]:
    return [t.text for t in desk.interviews.view(interview).turns if t.speaker == CANDIDATE]


def test_without_an_interview_it_leads_to_one(desk: Desk) -> None:
    tab = open_page("interview")
    assert "No interview is under way." in drawn(tab)
    assert list(links(tab)) == ["Set one up"]
    assert not tab.chat_input
    interview = desk.begin()
    assert f"iv={interview}" in links(open_page("interview"))["Resume it"].query_string


def test_an_address_that_nobody_knows_says_so(desk: Desk) -> None:
    tab = open_page("interview", iv="nobody")
    assert "nobody" in html.unescape(tab.error[0].value)
    assert "All interviews" in links(tab)
    assert not tab.chat_input


def test_the_head_names_round_interviewer_question_and_time(desk: Desk) -> None:
    interview = desk.begin(rounds=2, questions=2)
    round_ = desk.interviews.view(interview).plan.rounds[0]
    page = drawn(open_page("interview", iv=interview))
    for words in (
        round_.title,
        round_.interviewer,
        "round 1 of 2",
        "question 1 of 2",
        f"{round_.minutes} min left",
    ):
        assert html.escape(words) in page


def test_an_answer_is_stored_and_answered(desk: Desk) -> None:
    interview = desk.begin()
    tab = open_page("interview", iv=interview)
    send(tab, SAID)
    settle(desk, tab, interview)
    assert heard(desk, interview) == [SAID]
    view = desk.interviews.view(interview)
    assert view.turns[-1].speaker != CANDIDATE
    assert SAID in drawn(tab)
    assert not tab.error


def test_a_rerun_sends_nothing_again(desk: Desk) -> None:
    interview = desk.begin()
    tab = open_page("interview", iv=interview)
    send(tab, SAID)
    for _ in range(3):
        tab.run()
    settle(desk, tab, interview)
    assert heard(desk, interview) == [SAID]


def test_hostile_words_are_shown_as_they_are(desk: Desk) -> None:
    interview = desk.begin()
    hostile = "# big <img src=x onerror=alert(1)> ![x](http://example.org/x) $x$ :material/delete:"
    desk.say(interview, hostile)
    page = drawn(open_page("interview", iv=interview))
    assert "<img" not in page
    assert html.escape(hostile) in page


def test_buttons_ask_for_a_hint_a_repetition_and_the_next_question(desk: Desk) -> None:
    interview = desk.begin(questions=2)
    tab = open_page("interview", iv=interview)
    for label in ("Hint", "Repeat", "Skip"):
        before = desk.interviews.view(interview).next_seq
        button(tab, label).click().run()
        settle(desk, tab, interview)
        assert desk.interviews.view(interview).next_seq > before + 1
        # The page waits for the words to come; a test need not.
        desk.worker._replies.clear()
        tab.run()
    assert desk.interviews.view(interview).question_no == 1


def test_finishing_is_confirmed_first_and_leads_to_the_report(desk: Desk) -> None:
    interview = desk.begin()
    tab = open_page("interview", iv=interview)
    tab.button(key="finish").click().run()
    assert desk.interviews.view(interview).status == "active"
    tab.button(key="finish-yes").click().run()
    settle(desk, tab, interview)
    assert desk.interviews.view(interview).status == "finished"
    assert f"iv={interview}" in links(tab)["Read your report"].query_string
    assert not tab.chat_input


def test_a_reply_that_fails_loses_nothing_and_can_be_had_again(
    desk: Desk, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    interview = desk.begin()
    tab = open_page("interview", iv=interview)

    def late(_: object) -> None:
        raise ModelTimeout("The model took longer than 60 s.", "Try again.")

    with monkeypatch.context() as patch:  # the shipped encoder has no way to be late
        patch.setattr(encoder, "embed", late)
        send(tab, SAID)
        settle(desk, tab, interview)
    assert "The model took longer than 60 s" in html.unescape(tab.error[0].value)
    assert heard(desk, interview) == [SAID]
    assert SAID in drawn(tab)
    button(tab, "Try again").click().run()
    settle(desk, tab, interview)
    assert not tab.error
    assert not desk.interviews.view(interview).waiting_for_reply
    assert heard(desk, interview) == [SAID]


def test_a_reply_that_another_process_left_due_can_be_had(
    desk: Desk, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    interview = desk.begin()
    with monkeypatch.context() as patch:
        patch.setattr(encoder, "embed", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.say(interview, SAID)
    tab = open_page("interview", iv=interview)
    assert "Your answer is safe" in tab.warning[0].value
    button(tab, "Try again").click().run()
    settle(desk, tab, interview)
    assert not tab.warning


def test_an_answer_that_is_too_long_comes_back_into_the_box(desk: Desk) -> None:
    interview = desk.begin()
    tab = open_page("interview", iv=interview)
    long = "word " * 20_000
    back = send_and_get_back(desk, tab, interview, long)
    assert "characters" in html.unescape(tab.error[0].value)
    assert heard(desk, interview) == []
    assert back == long


def test_two_tabs_answer_the_same_turn_and_the_second_keeps_its_draft(desk: Desk) -> None:
    interview = desk.begin()
    left, right = (open_page("interview", iv=interview) for _ in range(2))
    send(left, SAID)
    settle(desk, left, interview)
    mine = "My own words, in the other tab."
    back = send_and_get_back(desk, right, interview, mine)
    assert back == mine
    assert heard(desk, interview) == [SAID]
    assert SAID in drawn(right)  # where the interview is now
    assert "already answered" in html.unescape(right.error[0].value)
    left.run()
    assert not left.error  # the other tab's trouble is not this one's


def test_the_last_messages_are_shown_and_earlier_ones_on_request(desk: Desk) -> None:
    interview = desk.begin(rounds=4, questions=4)
    while desk.interviews.view(interview).next_seq <= conversation.SHOWN + 4:
        desk.say(interview, "Could you repeat that, please?")
    whole = desk.interviews.view(interview).next_seq
    tab = open_page("interview", iv=interview)
    assert len(tab.chat_message) == conversation.SHOWN
    button(tab, f"Show earlier ({whole - conversation.SHOWN})").click().run()
    assert len(tab.chat_message) == whole


def test_a_finished_interview_can_be_read_and_leads_to_its_report(desk: Desk) -> None:
    interview = desk.finished(graded=False)
    said = heard(desk, interview)[0]
    tab = open_page("interview", iv=interview)
    assert html.escape(said) in drawn(tab)
    assert "Read your report" in links(tab)
    assert not tab.chat_input
