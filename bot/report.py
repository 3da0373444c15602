"""The report's shape: frozen values, and the same as JSON and as Markdown."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.domain import Quote

MARKS = {"met": "✓ met", "partial": "◐ partial", "missing": "✗ missing", "unscored": "– unscored"}


@dataclass(frozen=True)
class CriterionReport:
    """One criterion of one question, with the words that support the verdict."""

    id: str
    name: str
    weight: int
    status: str
    score: float | None
    reason: str
    quotes: tuple[Quote, ...]
    strong: str
    practise: str
    hints: int
    strategy: str
    model: str


@dataclass(frozen=True)
class QuestionReport:
    """One question: its points (0 to 1), its level (1 to 4) and all its criteria."""

    question_no: int
    question_id: str
    title: str
    prompt: str
    area: str
    state: str
    error: str | None
    points: float | None
    level: int | None
    criteria: tuple[CriterionReport, ...]
    strong_answer: str
    followed_up: tuple[str, ...]


@dataclass(frozen=True)
class RoundReport:
    """One round, with the name of its level."""

    title: str
    points: float | None
    level: int | None
    level_name: str
    questions: tuple[QuestionReport, ...]


@dataclass(frozen=True)
class AreaScore:
    """Points from 0 to 1 in one evaluation area."""

    area: str
    points: float


@dataclass(frozen=True)
class DecidedBy:
    """A criterion that moved the result: `up` towards a yes, otherwise towards a no."""

    question_id: str
    question_title: str
    criterion: str
    status: str
    up: bool


@dataclass(frozen=True)
class Practice:
    """Something to practise next, and how."""

    criterion: str
    question_title: str
    drill: str


@dataclass(frozen=True)
class FailedGrading:
    """A question that could not be graded, and why; it can be graded again."""

    question_no: int
    question_title: str
    error: str


@dataclass(frozen=True)
class Report:
    """The whole report; `pending` questions are still being graded."""

    id: str
    track: str
    company: str
    role_title: str
    level: str
    started_at: datetime
    status: str
    model: str
    strategy: str
    points: float | None
    signal: str | None
    headline: str
    decided_by: tuple[DecidedBy, ...]
    to_practise: tuple[Practice, ...]
    rounds: tuple[RoundReport, ...]
    areas: tuple[AreaScore, ...]
    pending: int
    failed: tuple[FailedGrading, ...]
    unscored: int

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        return {**asdict(self), "started_at": self.started_at.isoformat()}

    def to_markdown(self) -> str:
        """Return the report as Markdown, a page that stands on its own."""
        return "\n".join(_lines(self)) + "\n"


@dataclass(frozen=True)
class PracticeReport:
    """One answer to one question, graded outside an interview."""

    question: QuestionReport
    seconds: float


def percent(points: float | None) -> str:
    """Return points from 0 to 1 as people read them."""
    return "not scored" if points is None else f"{round(100 * points)}%"


def _lines(report: Report) -> list[str]:
    out = [
        f"# {report.company}, {report.role_title}: {report.signal or 'no signal yet'}",
        "",
        report.headline,
        "",
        f"Started {report.started_at:%Y-%m-%d %H:%M} UTC · level {report.level} · "
        f"points {percent(report.points)} · graded by {report.model or 'nobody yet'}"
        + (f" ({report.strategy})" if report.strategy else ""),
        "",
    ]
    if report.decided_by:
        out += ["## What decided it", ""]
        out += [
            f"- {'+' if d.up else '−'} {d.criterion} ({d.question_title}): {d.status}"
            for d in report.decided_by
        ]
        out.append("")
    if report.to_practise:
        out += ["## To practise next", ""]
        out += [f"- **{p.criterion}** ({p.question_title}). {p.drill}" for p in report.to_practise]
        out.append("")
    if report.failed:
        out += ["## Could not be graded", ""]
        out += [f"- {f.question_title}: {_plain(f.error)}" for f in report.failed]
        out.append("")
    for round_ in report.rounds:
        out += [f"## {round_.title}: {round_.level_name} ({percent(round_.points)})", ""]
        for question in round_.questions:
            out += _question_lines(question)
    return out


def _question_lines(question: QuestionReport) -> list[str]:
    out = [f"### {question.title} ({percent(question.points)})", "", _plain(question.prompt), ""]
    if question.state == "pending":
        out += ["Still being graded.", ""]
    for c in question.criteria:
        out.append(f"- **{c.name}**: {MARKS[c.status]}. {_plain(c.reason)}")
        out += [f"  - you said (turn {q.seq}): “{_plain(q.text)}”" for q in c.quotes]
    out += ["", "A strong answer:", "", f"> {question.strong_answer}", ""]
    return out


def _plain(text: str) -> str:
    """Return text that draws nothing in Markdown, whatever a candidate put into it."""
    flat = " ".join(text.split())
    for mark in "\\`*_{}[]<>#|!$~":
        flat = flat.replace(mark, f"\\{mark}")
    return flat
