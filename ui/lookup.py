"""Find an interview by what a person types of its id."""

from __future__ import annotations

from bot.errors import CallerError, NotFound
from bot.interview import Interviews

_PAGE = 500
_SHOWN = 5


def interview_id(interviews: Interviews, prefix: str) -> str:
    """Return the whole id. Raises NotFound, and CallerError if several begin so."""
    wanted = prefix.strip().lower()
    found: list[str] = []
    offset = 0
    while wanted and (page := interviews.history(limit=_PAGE, offset=offset)):
        found += [entry.id for entry in page if entry.id.startswith(wanted)]
        offset += _PAGE
    if wanted in found or len(found) == 1:
        return wanted if wanted in found else found[0]
    if not found:
        raise NotFound(
            f"There is no interview '{prefix}'.", "`greenroom history` lists those there are."
        )
    some = ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
    raise CallerError(
        f"{len(found)} interviews begin with '{prefix}': {some}.", "Give more of the id."
    )
