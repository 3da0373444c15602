"""`greenroom models list|fetch`: what the catalogue names, and getting it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from ui import console

if TYPE_CHECKING:
    from bot.backends.catalog import Artefact
    from bot.settings import Settings


def mount(app: typer.Typer) -> None:
    """Add `greenroom models`."""
    models = typer.Typer(help="The model files: what there is, and fetching it.")
    models.command("list")(_list)
    models.command("fetch")(_fetch)
    app.add_typer(models, name="models")


def _list(json: console.Json = False) -> None:
    """List the models that Greenroom knows, and which of them are here."""
    from bot import settings
    from bot.backends.catalog import Catalog

    loaded = settings.load()
    catalog = Catalog.load()
    needed = {a.name for a in catalog.needed(loaded)}
    rows = [_row(a, loaded, needed=a.name in needed) for a in catalog.artefacts]
    if json:
        console.document(rows)
        return
    for row in rows:
        wanted = "needed" if row["needed"] else "on request"
        size = console.bytes_text(float(str(row["bytes"])))
        console.line(f"{row['name']:20} {row['state']:8} {size:>8}  {wanted:10}  {row['title']}")
    console.line(f"in {loaded.artefacts}")


def _row(artefact: Artefact, loaded: Settings, *, needed: bool) -> dict[str, object]:
    from bot.backends.catalog import State, locate

    states = [locate(artefact, file, loaded.artefacts) for file in artefact.files]
    worst = next(
        (s for s in (State.CORRUPT, State.MISSING) if any(s is x for _, x in states)), State.READY
    )
    return {
        "name": artefact.name,
        "state": worst,
        "bytes": artefact.size,
        "needed": needed,
        "role": artefact.role,
        "groups": artefact.groups,
        "licence": artefact.licence,
        "title": artefact.title,
        "files": [
            {"path": place, "sha256": file.sha256, "state": state}
            for file, (place, state) in zip(artefact.files, states, strict=True)
        ],
    }


def _fetch(
    names: Annotated[
        list[str] | None, typer.Argument(help="Models to fetch; if none, those that are needed.")
    ] = None,
    json: console.Json = False,
) -> None:
    """Fetch models that are missing; an interrupted fetch goes on where it stopped."""
    from bot import settings
    from bot.backends.catalog import Catalog, State, locate

    loaded = settings.load()
    catalog = Catalog.load()
    wanted = [catalog.artefact(n) for n in names] if names else list(catalog.needed(loaded))
    lacking = [
        a
        for a in wanted
        if any(locate(a, f, loaded.artefacts)[1] is not State.READY for f in a.files)
    ]
    if lacking:
        _run(lacking, loaded)
    if json:
        console.document([_row(a, loaded, needed=True) for a in wanted])
    else:
        total = console.bytes_text(sum(a.size for a in wanted))
        console.line(f"models: {', '.join(a.name for a in wanted)}: here and verified ({total})")


def _run(lacking: list[Artefact], loaded: Settings) -> None:
    from bot.backends.fetching import fetch
    from bot.backends.sources import HUB, HttpWeb, PipIndex
    from ui.progress import FetchProgress

    total = console.bytes_text(sum(a.size for a in lacking))
    console.note(f"models: fetching {', '.join(a.name for a in lacking)} ({total})")
    web = HttpWeb(os.environ.get("HF_ENDPOINT") or HUB)  # the hub's own name for a mirror of it
    try:
        with FetchProgress() as progress:
            fetch(lacking, loaded.artefacts, progress, web=web, index=PipIndex())
    except KeyboardInterrupt:
        console.note("models: stopped; what is here is kept, and the same command goes on from it")
        raise
