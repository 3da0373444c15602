"""A desk for the pages' tests: a real store, the shipped packs, a model that follows a script."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from streamlit.testing.v1 import AppTest

from bot.backends.encoder import Encoder
from bot.backends.scripted import Call, ScriptedChat
from bot.domain import Typed
from bot.interview import Interviews
from bot.settings import Settings
from rubrics.loader import Library
from ui import live, wiring

ROOT = Path(__file__).resolve().parents[2]
TRACK = "atlassian/ml-engineer"
FULL = {"A": 0.95, "B": 0.04, "C": 0.01}
SAID = (
    "We chose a random forest as a baseline first, measured precision and recall for each segment, "
    "found that small customers got poor results, and ran an A/B test for two weeks before the "
    "roll-out, with a holdout to see the effect on clicks and on complaints."
)


@dataclass
class Desk:
    """Interviews on a folder of the test's own, and the pages that show them."""

    interviews: Interviews
    chat: ScriptedChat
    library: Library

    @property
    def worker(self) -> live.Live:
        return live.worker(self.interviews)

    def begin(self, *, rounds: int = 1, questions: int = 1) -> str:
        """Begin an interview; its first words are out."""
        names = [r.id for t in self.interviews.tracks() if t.name == TRACK for r in t.rounds]
        plan = self.interviews.plan(TRACK, rounds=names[:rounds], questions=questions)
        return self.interviews.start(plan)

    def say(self, interview: str, text: str, key: str = "") -> None:
        """Answer as another program would."""
        seq = self.interviews.view(interview).next_seq
        self.interviews.answer(interview, Typed(text, key or f"other-{seq}"), seq=seq)

    def finished(self, *, graded: bool = True) -> str:
        """Hold a short interview to its end."""
        interview = self.begin()
        self.say(interview, self.strong_answer(interview))
        self.say(interview, "Let's stop here.")
        assert self.interviews.view(interview).status == "finished"
        if graded:
            self.interviews.finish_grading(interview)
        return interview

    def strong_answer(self, interview: str) -> str:
        """Return what the packs hold to be a strong answer to the question being asked."""
        asked = self.interviews.view(interview).turns[-1].question_id
        assert asked is not None
        return self.library.question(asked)[1].strong_answer()

    def wait(self, interview: str) -> None:
        """Wait until the worker has done what was asked of it."""
        wait_for(lambda: self.worker.under_way(interview) is None)


def desk(
    folder: Path,
    encoder: Encoder,
    library: Library,
    script: Iterable[Call] = (),
    otherwise: dict[str, float] | None = None,
) -> Desk:
    """Build a desk; nothing grades in the background, so that tests say when."""
    chat = ScriptedChat(script, otherwise=FULL if otherwise is None else otherwise)
    # By the name of its field: the alias is for the environment.
    settings = Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'greenroom.db'}")
    built = wiring.assemble(
        settings, library, encoder, chat, lambda: wiring.scripted_status("scripted")
    )
    return Desk(built, chat, library)


def open_page(page: str = "setup", **address: str) -> AppTest:
    """Open a page as a new tab does."""
    tab = AppTest.from_file(ROOT / "ui" / "app.py", default_timeout=30)
    tab.run()
    if page != "setup":
        tab.switch_page(f"screens/{page}.py")
    for name, value in address.items():
        tab.query_params[name] = value
    tab.run()
    assert not tab.exception, [e.value for e in tab.exception]
    return tab


def drawn(tab: AppTest) -> str:
    """Return all HTML and Markdown of a tab, in order."""
    bodies = []
    for element in tab.main:
        if element.type in ("html", "markdown", "title", "header", "subheader", "caption"):
            bodies.append(_body(element))
        elif element.type in ("error", "warning", "info", "success"):
            bodies.append(str(element.value))
    return "\n".join(bodies)


def links(tab: AppTest) -> dict[str, Any]:
    """Return the labels of a tab's links, and where each goes."""
    return {e.proto.label: e.proto for e in tab.get("page_link")}


def button(tab: AppTest, label: str) -> Any:
    """Return the button with this label."""
    found = [b for b in tab.button if b.label == label]
    assert len(found) == 1, f"{len(found)} buttons say {label!r}: {[b.label for b in tab.button]}"
    return found[0]


def wait_for(met: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until `met`, or fail."""
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not happen in time"
        Event().wait(0.01)


def _body(element: Any) -> str:
    return str(element.proto.body)
