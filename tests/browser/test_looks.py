"""What only a browser can tell: that hostile words draw nothing, and that all can use the pages."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from bot.domain import Typed
from bot.settings import Settings
from rubrics.loader import load_library
from tests.browser.conftest import Open, Server
from tests.ui.pages import TRACK, desk
from tests.unit.conftest import encoder

__all__ = ["encoder"]  # pytest finds the fixture by its name here

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WAIT = 60_000  # ms
HOSTILE = (
    "# big\n\n<img src=x onerror=\"document.title='taken'\"> ![x](http://example.org/pixel.png) "
    "$x^2$ :material/delete: <h1>big</h1> [here](javascript:alert(1)) **loud**"
)
PAGES = ("/", "/interview", "/report", "/history", "/questions")


@pytest.fixture
def interview(server: Server, encoder: object) -> str:
    """A finished, graded interview with hostile words, put into the server's own database."""
    settings = Settings(data_dir=server.data)
    made = desk(server.data, encoder, load_library())  # type: ignore[arg-type]
    assert settings.database.endswith("greenroom.db")
    plan = made.interviews.plan(TRACK, questions=1, rounds=None)
    found = made.interviews.start(plan)
    strong = made.strong_answer(found)
    for n, text in enumerate((f"{strong}\n{HOSTILE}", "Let's stop here.")):
        seq = made.interviews.view(found).next_seq
        made.interviews.answer(found, Typed(text, f"key-{n}"), seq=seq)
    made.interviews.finish_grading(found)
    return found


def test_hostile_words_draw_nothing(open_page: Open, interview: str) -> None:
    for path in (f"/interview?iv={interview}", f"/report?iv={interview}"):
        page = open_page(path)
        shown = page.get_by_text("![x](http://example.org/pixel.png)")
        expect(shown.first).to_be_visible(timeout=WAIT)
        assert "<h1>big</h1> [here](javascript:alert(1)) **loud**" in shown.last.inner_text()
        assert "taken" not in page.title()
        assert page.locator(".gr-words :is(img, h1, a, strong, .katex)").count() == 0


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 380)])
def test_axe_finds_nothing_serious(open_page: Open, interview: str, theme: str, width: int) -> None:
    found = {}
    for path in (*PAGES, f"/interview?iv={interview}", f"/report?iv={interview}"):
        page = open_page(path, theme=theme, width=width)
        expect(page.get_by_role("heading").first).to_be_visible(timeout=WAIT)
        page.wait_for_timeout(1500)
        found[path] = serious(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert not any(found.values()), found


def serious(page: Page) -> list[str]:
    """Return what axe finds serious or critical, and where."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {node['html'][:160]}"
        for v in violations
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]


def test_everything_on_setup_is_reached_by_keyboard(open_page: Open) -> None:
    page = open_page("/")
    expect(page.get_by_role("button", name="Start the interview")).to_be_visible(timeout=WAIT)
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel")
        )
        if any("Start the interview" in str(r) for r in reached):
            break
    assert any("Start the interview" in str(r) for r in reached), reached
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
