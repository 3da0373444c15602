"""`greenroom interview` and `greenroom resume`: an interview in a terminal, or from a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import CallerError, GreenroomError
from ui import console

if TYPE_CHECKING:
    from rubrics.schema import Level
    from ui.answers import Given
    from ui.wiring import Wish

_LEFT = 130  # what a shell gives for a program that was interrupted

Answers = Annotated[
    str | None,
    typer.Option(
        "--answers",
        metavar="FILE",
        help='JSON lines {"text": "…"} or {"action": "hint|repeat|skip|end"}; - is standard input.',
    ),
]
Events = Annotated[
    bool, typer.Option("--json", help="Print one JSON object a line and nothing else.")
]


def mount(app: typer.Typer) -> None:
    """Add `greenroom interview` and `greenroom resume`."""
    app.command("interview")(_interview)
    app.command("resume")(_resume)


def _interview(
    track: Annotated[str, typer.Argument(help="company/role, such as atlassian/ml-engineer")],
    rounds: Annotated[
        str | None, typer.Option(help="Only these rounds, by id, with commas between.")
    ] = None,
    questions: Annotated[int | None, typer.Option(help="Questions in each round.")] = None,
    minutes: Annotated[int | None, typer.Option(help="Minutes for the whole interview.")] = None,
    level: Annotated[str | None, typer.Option(help="junior, mid, senior or staff.")] = None,
    answers: Answers = None,
    json: Events = False,
) -> None:
    """Be interviewed: a chat, or with --answers a run without a person."""
    given = _prepared(answers, json=json)
    wish: Wish = {
        "rounds": None if rounds is None else [r.strip() for r in rounds.split(",")],
        "questions": questions,
        "minutes": minutes,
        "level": _level(level),
    }
    from ui import playing, wiring

    wiring.check_plan(track, **wish)  # before a model is loaded for nothing
    interviews = wiring.interviews()
    interview_id = interviews.start(interviews.plan(track, **wish))
    with _kept(interview_id):
        playing.play(interviews, interview_id, playing.audience(json=json), given)


def _resume(
    interview: Annotated[str, typer.Argument(metavar="ID", help="Its id, or how that begins.")],
    answers: Answers = None,
    json: Events = False,
) -> None:
    """Go on with an interview where it stopped; grade what is still to be graded.

    An --answers FILE is that of the whole interview: what it was told already is passed over.
    """
    given = None if answers is None else _prepared(answers, json=json)
    from ui import lookup, playing, wiring

    interviews = wiring.interviews()
    interview_id = lookup.interview_id(interviews, interview)
    # What is over takes no more answers: it is graded, where something failed, and shown.
    if answers is None and interviews.view(interview_id).status != playing.FINISHED:
        _prepared(None, json=json)
    with _kept(interview_id):
        playing.play(interviews, interview_id, playing.audience(json=json), given, resumed=True)


def _level(name: str | None) -> Level | None:
    from rubrics.schema import Level

    if name is None:
        return None
    if name not in list(Level):
        raise CallerError(f"There is no level '{name}'.", f"The levels are {', '.join(Level)}.")
    return Level(name)


def _prepared(answers: str | None, *, json: bool) -> list[Given] | None:
    """Read the answers, or see that there is a person, before anything starts."""
    from ui import chat
    from ui.answers import read

    if answers is not None:
        return read(answers)
    if json:
        raise CallerError(
            "With --json there is nobody to type answers.",
            "Pass --answers FILE, or --answers - for standard input.",
        )
    chat.require_terminal()
    return None


@contextmanager
def _kept(interview_id: str) -> Iterator[None]:
    """Say how to go on, whatever ends the command early."""
    way_on = f"The interview is kept: greenroom resume {interview_id[:8]}"
    try:
        yield
    except (KeyboardInterrupt, EOFError):
        console.note(f"\n{way_on}")
        raise typer.Exit(_LEFT) from None
    except GreenroomError:
        console.note(way_on)
        raise
