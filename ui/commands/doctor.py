"""`greenroom doctor`: is everything there that an interview needs, and if not, what to do."""

from __future__ import annotations

import typer

from ui import console


def mount(app: typer.Typer) -> None:
    """Add `greenroom doctor`."""
    app.command("doctor")(_doctor)


def _doctor(json: console.Json = False) -> None:
    """Check Python, packages, models, the database and this machine; say what to do."""
    from bot import settings
    from ui.health import checks, findings

    found = []
    for finding in findings(checks(settings.load())):
        found.append(finding)
        if not json:
            console.line(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.name}: {finding.detail}")
            if finding.remedy:
                console.line(f"      -> {finding.remedy}")
    healthy = all(finding.ok for finding in found)
    if json:
        console.document({"ok": healthy, "checks": found})
    if not healthy:
        raise typer.Exit(1)
