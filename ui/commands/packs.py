"""`greenroom packs list|show|lint|schema`: the question bank, for readers and for authors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import CallerError, FixSetup, NotFound
from ui import console

if TYPE_CHECKING:
    from rubrics.loader import Library, Pack
    from rubrics.schema import Track
    from rubrics.source import Problem


def mount(app: typer.Typer) -> None:
    """Add `greenroom packs`."""
    packs = typer.Typer(help="The interview loops and their questions.")
    packs.command("list")(_list)
    packs.command("show")(_show)
    packs.command("lint")(_lint)
    packs.command("schema")(_schema)
    app.add_typer(packs, name="packs")


def _list(json: console.Json = False) -> None:
    """List the tracks that can be interviewed for."""
    library = _library()
    rows = [_summary(pack, track) for pack in library.packs for track in pack.tracks]
    if json:
        console.document(rows)
        return
    console.table(
        [
            (
                str(r["track"]),
                f"{r['rounds']} rounds",
                f"{r['questions']} questions",
                str(r["title"]),
            )
            for r in rows
        ]
    )


def _summary(pack: Pack, track: Track) -> dict[str, object]:
    areas = dict.fromkeys(area for r in track.rounds for area in r.areas)
    return {
        "track": f"{pack.company.id}/{track.role}",
        "title": f"{pack.company.name}: {track.title}",
        "rounds": len(track.rounds),
        "minutes": sum(r.minutes for r in track.rounds),
        "questions": sum(1 for area in areas for _ in pack.questions(area)),
        "level": track.default_level,
        "version": pack.company.version,
        "digest": pack.digest,
    }


def _show(
    track: Annotated[str, typer.Argument(help="company/role, such as atlassian/ml-engineer")],
    json: console.Json = False,
) -> None:
    """Show a track: its rounds, what they look for, their questions, and where it is known from."""
    try:
        pack, found = _library().track(track)
    except LookupError as error:
        said = str(error.args[0])
        raise NotFound(f"{said[0].upper()}{said[1:]}.", "") from error
    if json:
        console.document(_whole(pack, found))
        return
    console.line(f"{pack.company.name}: {found.title} (pack {pack.company.version})")
    console.line(found.about)
    for number, round_ in enumerate(found.rounds, 1):
        console.line()
        console.line(f"{number}. {round_.title} ({round_.id}), {round_.minutes} minutes")
        source = round_.source
        console.line(f"   with {round_.interviewer.name}, {round_.interviewer.role}")
        console.line(f"   {source.kind}, {source.date}: {source.note}")
        for area in (a for a in pack.areas if a.area in round_.areas):
            console.line(f"   {area.title}: {area.looks_for}")
            for question in area.questions:
                facts = f"{question.level}, {question.minutes} min"
                console.line(f"     {question.id}: {question.title} ({facts})")


def _whole(pack: Pack, track: Track) -> dict[str, object]:
    rounds = []
    for round_ in track.rounds:
        areas = [a for a in pack.areas if a.area in round_.areas]
        questions = [
            {
                "id": q.id,
                "area": area.area,
                "title": q.title,
                "kind": q.kind,
                "level": q.level,
                "minutes": q.minutes,
                "criteria": [{"id": c.id, "name": c.name, "weight": c.weight} for c in q.criteria],
                "source": q.source.model_dump(mode="json"),
            }
            for area in areas
            for q in area.questions
        ]
        rounds.append({**round_.model_dump(mode="json"), "bank": questions})
    facts = [f.model_dump(mode="json") for f in (*pack.company.facts, *track.facts)]
    return {**_summary(pack, track), "about": track.about, "facts": facts, "rounds": rounds}


def _lint(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Packs, folders of packs, or single files; the shipped packs if none."),
    ] = None,
    json: console.Json = False,
) -> None:
    """Judge what packs say; every fault names its file, line and key."""
    from datetime import date

    from rubrics.lint import lint
    from rubrics.loader import SHIPPED

    try:
        report = lint(paths or [SHIPPED], today=date.today())
    except FileNotFoundError as error:
        raise CallerError(
            f"There is no {error.args[0]}.", "Name a pack, or a file of one."
        ) from error
    except ValueError as error:
        raise CallerError(f"{error}.", "`greenroom packs lint` alone judges what ships.") from error
    if json:
        console.document(
            {
                "ok": not report.problems,
                "files": report.files,
                "questions": report.questions,
                "problems": [_problem(p) for p in report.problems],
                "warnings": [_problem(p) for p in report.warnings],
            }
        )
    else:
        for problem in report.problems:
            console.line(str(problem))
        for warning in report.warnings:
            console.line(f"{warning} (a warning)")
        faults = f"{len(report.problems)} faults, {len(report.warnings)} warnings"
        console.line(f"packs: {report.files} files, {report.questions} questions: {faults}")
    if report.problems:
        raise typer.Exit(1)


def _problem(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.file,
        "line": problem.line,
        "key": problem.key,
        "message": problem.message,
    }


def _schema() -> None:
    """Print the JSON Schema of a pack's files, which editors use to check and complete them."""
    from rubrics.schema import json_schema

    console.document(json_schema())


def _library() -> Library:
    from bot import settings
    from rubrics.loader import load_library
    from rubrics.source import PackError

    own = settings.load().packs_dir
    try:
        return load_library([own] if own else [])
    except PackError as error:
        raise FixSetup(
            f"A pack can't be used:\n{error}", "`greenroom packs lint PATH` says more."
        ) from error
