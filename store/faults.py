"""From what a database driver raises to what a person can act on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError

from store.errors import Busy, Damaged, Full, ReadOnly, StoreError, Unreachable

_BUSY = "Close the other program that uses it, or wait a moment; then try again."
_READ_ONLY = (
    "Make the file and its folder writable, "
    "or set GREENROOM_DATABASE_URL to a place that you may write to."
)
_DENIED = "Let the database's user write to it, or set GREENROOM_DATABASE_URL to another one."
_DAMAGED = (
    "Move the file away, or set GREENROOM_DATABASE_URL to another one, "
    "and put back a copy if you have one; `sqlite3 FILE .recover` may save what is left."
)
_FULL = "Free some space, then try again."
_UNREACHABLE = "Check GREENROOM_DATABASE_URL, and that the database server runs."
_DISK = "Check the disk and the connection to it, then try again."

# SQLite's primary result codes, https://sqlite.org/rescode.html
_SQLITE: dict[int, tuple[type[StoreError], str, str]] = {
    5: (Busy, "is locked by another program", _BUSY),
    6: (Busy, "is locked by another program", _BUSY),
    3: (ReadOnly, "can't be opened: access was denied", _READ_ONLY),
    8: (ReadOnly, "can't be written: it, or its folder, is read-only", _READ_ONLY),
    14: (ReadOnly, "can't be opened or created", _READ_ONLY),
    11: (Damaged, "is damaged: parts of the file are missing or wrong", _DAMAGED),
    26: (Damaged, "is damaged, or is no database at all", _DAMAGED),
    13: (Full, "has no room left to grow", _FULL),
    10: (StoreError, "could not be read or written: the disk reported an error", _DISK),
}

# PostgreSQL's states, https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES: dict[str, tuple[type[StoreError], str, str]] = {
    "55P03": (Busy, "is locked by another program", _BUSY),
    "40001": (Busy, "is in use by another program", _BUSY),
    "40P01": (Busy, "is in use by another program", _BUSY),
    "25006": (ReadOnly, "can't be written: it is read-only", _DENIED),
    "42501": (ReadOnly, "can't be written: access was denied", _DENIED),
    "53100": (Full, "has no room left to grow", _FULL),
}


def name(url: URL) -> str:
    """Return what to call a database in a message: its file, or its address less the password."""
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    return url.render_as_string(hide_password=True)


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Raise a StoreError for what went wrong with the database called `where`.

    What no person outside can mend (a broken statement, say) passes unchanged.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        known = _known(error, where)
        if known is None:
            raise
        raise known from error


def _known(error: DBAPIError | sqlite3.Error, where: str) -> StoreError | None:
    origin = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(origin, "sqlite_errorcode", None)
    if code is not None:
        # The low byte is the primary code; the rest says more closely what happened.
        found = _SQLITE.get(code & 0xFF)
    else:
        state = getattr(origin, "sqlstate", None)
        found = _POSTGRES.get(state or "")
        if found is None and isinstance(error, OperationalError):
            found = (Unreachable, "does not answer", _UNREACHABLE)
    if found is None:
        return None
    kind, what, remedy = found
    return kind(f"The database {where} {what}.", remedy)
