"""`greenroom history`, `report` and `delete`: the interviews that there were."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import CallerError
from ui import console

if TYPE_CHECKING:
    from store.records import HistoryEntry

_PAGE = 500
_Id = Annotated[str, typer.Argument(metavar="ID", help="Its id, or how that begins.")]


class Format(StrEnum):
    """What `greenroom report` writes."""

    MD = "md"
    JSON = "json"


def mount(app: typer.Typer) -> None:
    """Add `greenroom history`, `report` and `delete`."""
    app.command("history")(_history)
    app.command("report")(_report)
    app.command("delete")(_delete)


def _history(json: console.Json = False) -> None:
    """List all interviews, newest first."""
    from ui import wiring

    interviews = wiring.records()
    entries: list[HistoryEntry] = []
    while page := interviews.history(limit=_PAGE, offset=len(entries)):
        entries += page
    if json:
        console.document([_entry(e) for e in entries])
    elif not entries:
        console.line("There is no interview yet; `greenroom interview TRACK` begins one.")
    else:
        console.table([_row(e) for e in entries])


def _entry(entry: HistoryEntry) -> dict[str, object]:
    return {
        "id": entry.id,
        "track": entry.track,
        "level": entry.level,
        "status": entry.status,
        "started_at": entry.created_at.isoformat(),
        "updated_at": entry.updated_at.isoformat(),
        "ended_at": entry.ended_at.isoformat() if entry.ended_at else None,
        "ended_because": entry.ended_because,
        "answered": entry.answered,
        "turns": entry.turns,
        "model": entry.model,
    }


def _row(entry: HistoryEntry) -> tuple[str, ...]:
    how = entry.ended_because or f"open: greenroom resume {entry.id[:8]}"
    return (
        entry.id[:8],
        f"{entry.created_at:%Y-%m-%d %H:%M} UTC",
        entry.track,
        entry.level,
        f"{entry.answered} answered",
        how,
    )


def _report(
    interview: _Id,
    format: Annotated[Format, typer.Option(help="Markdown, or JSON.")] = Format.MD,
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Print an interview's report, as far as grading has come."""
    from ui import lookup, wiring

    interviews = wiring.records()
    made = interviews.report(lookup.interview_id(interviews, interview))
    if json or format is Format.JSON:
        console.document(made.to_json())
    else:
        console.line(made.to_markdown().rstrip("\n"))
    unfinished = made.pending + len(made.failed)
    if unfinished:
        console.note(
            f"greenroom: {unfinished} questions are not graded; "
            f"`greenroom resume {made.id[:8]}` grades them."
        )


def _delete(
    interview: _Id,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    json: console.Json = False,
) -> None:
    """Delete an interview, its answers and its report, for good."""
    from ui import lookup, wiring

    interviews = wiring.records()
    interview_id = lookup.interview_id(interviews, interview)
    if not yes and not _confirmed(interview_id):
        console.note("Nothing was deleted.")
        raise typer.Exit(1)
    interviews.delete(interview_id)
    if json:
        console.document({"deleted": interview_id})
    else:
        console.line(f"Deleted interview {interview_id}.")


def _confirmed(interview_id: str) -> bool:
    if not sys.stdin.isatty():
        raise CallerError(
            "There is no terminal here to ask whether it may be deleted.", "Pass --yes."
        )
    return typer.confirm(f"Delete interview {interview_id} for good?", err=True)
