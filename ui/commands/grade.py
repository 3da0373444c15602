"""`greenroom grade`: one answer to one question of the bank, graded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ui import console

if TYPE_CHECKING:
    from bot.report import PracticeReport


def mount(app: typer.Typer) -> None:
    """Add `greenroom grade`."""
    app.command("grade")(_grade)


def _grade(
    question: Annotated[
        str, typer.Argument(metavar="QUESTION_ID", help="`greenroom packs show TRACK` lists them.")
    ],
    answer: Annotated[
        str, typer.Option("--answer", metavar="FILE", help="A text file; - is standard input.")
    ],
    json: console.Json = False,
) -> None:
    """Grade one answer to one question; nothing is stored."""
    from ui import wiring
    from ui.answers import content

    text = content(answer)
    interviews = wiring.interviews(grading=False)
    made = interviews.grade(question, text)
    if json:
        console.document(_document(made))
    else:
        _show(made)


def _document(made: PracticeReport) -> dict[str, object]:
    question = made.question
    return {
        "question_id": question.question_id,
        "title": question.title,
        "points": question.points,
        "level": question.level,
        "criteria": [
            {
                "id": c.id,
                "name": c.name,
                "weight": c.weight,
                "status": c.status,
                "score": c.score,
                "quotes": [q.text for q in c.quotes],
                "reason": c.reason,
            }
            for c in question.criteria
        ],
        "seconds": made.seconds,
        "model": question.criteria[0].model or None,  # none had a part in an empty answer
        "strategy": question.criteria[0].strategy,
    }


def _show(made: PracticeReport) -> None:
    from bot.report import MARKS, percent
    from bot.scoring import LEVELS
    from ui.telling import printable

    question = made.question
    level = f", {LEVELS[question.level]}" if question.level else ""
    console.line(f"{question.title}: {percent(question.points)}{level}")
    for c in question.criteria:
        console.line(f"  {MARKS[c.status]:10} {c.name}")
        console.line(f"             {printable(c.reason)}")
        for quote in c.quotes:
            console.line(f"             you said: “{' '.join(printable(quote.text).split())}”")
