"""From Setup to Report in Chromium, with the embedded model: what a candidate does."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from rubrics.loader import load_library
from tests.browser.conftest import Open, Server

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(600)]

REPLY = 60_000  # ms for a reply; the first waits for the model to load
GRADES = 240_000  # ms until two cores have graded one question


def test_a_candidate_gets_from_setup_to_the_report(open_page: Open, server: Server) -> None:
    page = open_page("/")
    begin_one_question(page, "Values")

    expect(page.get_by_role("heading", name="Values", exact=True)).to_be_visible(timeout=REPLY)
    expect(page.get_by_text("question 1 of 1")).to_be_visible()
    first, second = two_answers(page)
    before = said_by_interviewer(page)
    answer(page, first)
    wait_for_more(page, before)
    followed_up = said_by_interviewer(page)

    page.reload()
    expect(page.get_by_text(first)).to_be_visible(timeout=REPLY)
    wait_for_more(page, followed_up - 1)
    answer(page, second)
    wait_for_more(page, followed_up)

    # A power cut, and another server on the same folder: the address still knows the place.
    server.kill()
    server.start()
    page.goto(page.url)
    expect(page.get_by_text(second)).to_be_visible(timeout=REPLY)

    page.get_by_role("button", name="Finish").click()
    page.get_by_role("dialog").get_by_role("button", name="Finish").click()
    page.get_by_role("link", name="Read your report").click(timeout=REPLY)
    expect(page.get_by_role("heading", name="What was said")).to_be_visible(timeout=REPLY)
    expect(page.get_by_role("heading", name="By competency")).to_be_visible(timeout=GRADES)
    assert_every_quote_was_said(page, first, second)


def begin_one_question(page: Page, round_title: str) -> None:
    """Choose one round and one question, and start."""
    expect(page.get_by_role("button", name="Start the interview")).to_be_visible(timeout=REPLY)
    for box in page.get_by_role("checkbox").all():
        name = box.get_attribute("aria-label") or ""
        if " min" in name and not name.startswith(round_title):
            page.get_by_text(name, exact=True).click()
    page.get_by_text("Make it shorter").click()
    expect(page.get_by_role("spinbutton", name="Questions in each round")).to_have_value("1")
    expect(page.get_by_role("heading", name=re.compile(r"1 question$"))).to_be_visible()
    page.get_by_role("button", name="Start the interview").click()


def two_answers(page: Page) -> tuple[str, str]:
    """Return a strong answer to the question on the page, less one point, and then that point."""
    shown = " ".join(page.get_by_role("main").inner_text().split())
    asked = [
        question
        for pack in load_library().packs
        for area in pack.areas
        for question in area.questions
        if " ".join(question.prompt.split()) in shown
    ]
    assert len(asked) == 1
    last = asked[0].outline[-1]
    return asked[0].strong_answer(without=last.criterion), last.text


def answer(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="Your answer")
    box.fill(text)
    box.press("Enter")
    expect(page.get_by_text(text)).to_be_visible(timeout=REPLY)


def said_by_interviewer(page: Page) -> int:
    return page.get_by_role("main").get_by_label("Chat message from assistant").count()


def wait_for_more(page: Page, before: int) -> None:
    """Wait until the interviewer has said something more, all of it."""
    said = page.get_by_role("main").get_by_label("Chat message from assistant")
    expect(said.nth(before)).to_be_visible(timeout=REPLY)
    expect(page.get_by_role("button", name="Finish")).to_be_enabled(timeout=REPLY)


def assert_every_quote_was_said(page: Page, *said: str) -> None:
    links = page.locator("blockquote a")
    expect(links.first).to_be_visible(timeout=REPLY)
    for link in links.all():
        quote = link.inner_text()
        assert any(quote in text for text in said)
        place = page.locator(link.get_attribute("href") or "#none")
        assert quote in place.inner_text()
    links.first.click()
    expect(page.locator(".gr-turn:target")).to_be_in_viewport()
