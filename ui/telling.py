"""Where an interview is told: as events for a program, or as a page of talk for a person."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.domain import Act, Turn
from bot.report import CriterionReport, QuestionReport, Report, percent
from bot.views import ModelStatus, View
from ui import console, events

_WIDEST = 88


class Teller(Protocol):
    """Hears of an interview as it goes."""

    def begun(self, view: View, model: ModelStatus, *, resumed: bool) -> None:
        """The interview is there; nothing of it has been told yet."""
        ...

    def said(self, view: View, turns: Sequence[Turn], *, repeated: bool = False) -> None:
        """The interviewer said something; `repeated` if it was told before."""
        ...

    def noted(self, view: View, text: str) -> None:
        """The command itself has something to say."""
        ...

    def graded(self, view: View, question: QuestionReport, criterion: CriterionReport) -> None:
        """One criterion has its verdict."""
        ...

    def reported(self, view: View, report: Report) -> None:
        """The report is made."""
        ...


class EventTeller:
    """One JSON object a line on standard output."""

    def begun(self, view: View, model: ModelStatus, *, resumed: bool) -> None:
        console.event(events.interview(view, model, resumed=resumed))

    def said(self, view: View, turns: Sequence[Turn], *, repeated: bool = False) -> None:
        for turn in turns:
            console.event(events.turn(view, turn, repeated=repeated))

    def noted(self, view: View, text: str) -> None:
        console.event(events.note(view, text))

    def graded(self, view: View, question: QuestionReport, criterion: CriterionReport) -> None:
        console.event(events.verdict(view, question, criterion))

    def reported(self, view: View, report: Report) -> None:
        console.event(events.report(view, report))


class PageTeller:
    """Wrapped lines for a person, on a terminal or in a file."""

    def __init__(self) -> None:
        self.page = Console(highlight=False, markup=False, emoji=False)
        self.width = min(_WIDEST, self.page.width)

    def begun(self, view: View, model: ModelStatus, *, resumed: bool) -> None:
        where = "leave this machine" if model.leaves_machine else "stay on this machine"
        self._line(events.summary(view), "bold")
        self._line(f"Interview {view.id}. Model {model.label}; your answers {where}.", "dim")

    def said(self, view: View, turns: Sequence[Turn], *, repeated: bool = False) -> None:
        for turn in turns:
            if turn.kind == Act.OPENING and turn.round_no is not None:
                round_ = view.plan.rounds[turn.round_no]
                self._line()
                head = f"{round_.title} · {round_.interviewer} · {round_.minutes} minutes"
                self._line(head, "bold cyan")
            self._line()
            style = "bold" if turn.kind in (Act.QUESTION, Act.FOLLOW_UP) else ""
            for part in printable(turn.text).splitlines():
                self.page.print(Padding(Text(part, style), (0, 0, 0, 2)), width=self.width)

    def noted(self, view: View, text: str) -> None:
        self._line()
        self._line(text, "dim")

    def graded(self, view: View, question: QuestionReport, criterion: CriterionReport) -> None:
        """Verdicts are for the report: no interviewer shows them while the talk goes on."""

    def reported(self, view: View, report: Report) -> None:
        self._line()
        self._line(report.headline, "bold")
        for round_ in report.rounds:
            self._line(f"  {round_.title}: {round_.level_name} ({percent(round_.points)})")
        for reason in report.decided_by:
            mark = "+" if reason.up else "−"
            self._line(f"  {mark} {reason.criterion} ({reason.question_title}): {reason.status}")
        if report.to_practise:
            self._line()
            self._line("To practise next", "bold")
            for practice in report.to_practise:
                self._line(f"  {practice.criterion}: {practice.drill}")
        self._line()
        self._line(f"With every criterion and its quotes: greenroom report {report.id[:8]}", "dim")

    @contextmanager
    def busy(self, text: str) -> Iterator[None]:
        """Show that something is being waited for; nothing where there is no terminal."""
        if not self.page.is_terminal:
            yield
            return
        with self.page.status(Text(text, "dim"), spinner="dots"):
            yield

    def _line(self, text: str = "", style: str = "") -> None:
        self.page.print(Text(printable(text), style), width=self.width)


def printable(text: str) -> str:
    """Return `text` without what would move a terminal's cursor, or turn its writing round."""
    return "".join(
        c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"}
    )
