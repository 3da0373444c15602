"""The `greenroom` command: one typer app, to which each module of ui/commands adds its part."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from bot.errors import GreenroomError
from ui import console
from ui.commands import doctor, grade, interview, models, packs, records, serve

# To add a sub-command, write ui/commands/<name>.py with `mount(app)` and name it here.
_MODULES = (serve, interview, grade, records, packs, models, doctor)
MOUNTS: tuple[Callable[[typer.Typer], None], ...] = tuple(module.mount for module in _MODULES)
ALONE = "ui"  # what `greenroom` with nothing after it does


def build() -> typer.Typer:
    """Return the app with all its sub-commands."""
    app = typer.Typer(
        name="greenroom",
        help="A mock interviewer for your own machine.",
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
    )
    app.callback()(_greenroom)
    for mount in MOUNTS:
        mount(app)
    return app


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit: 0, 2 for what the caller did wrong, 1 for what went wrong."""
    given = sys.argv[1:] if arguments is None else arguments
    app = build()
    if not given and ALONE in _names(app):
        given = [ALONE]
    try:
        app(given, prog_name="greenroom")
    except GreenroomError as error:
        sys.exit(console.failure(error))
    except BrokenPipeError:  # `greenroom … | head`: the reader has what it wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _greenroom(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        console.line(installed("greenroom"))
        raise typer.Exit
    if context.invoked_subcommand is None:
        console.line(context.get_help())


def _names(app: typer.Typer) -> set[str | None]:
    commands = {c.name or getattr(c.callback, "__name__", None) for c in app.registered_commands}
    return commands | {g.name for g in app.registered_groups}


if __name__ == "__main__":
    main()
