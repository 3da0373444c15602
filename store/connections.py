"""Addresses of databases, and connections with the settings that Greenroom relies on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from store.errors import Unreachable
from store.transactions import begin

# A write-ahead log of so many pages of 4 KiB is copied into the database by whoever
# commits next, who waits for the disk three times instead of once. At about ten
# pages for an answer and its reply, that is one answer in a hundred.
_LOG_PAGES = 1000
# A log that has been copied is then cut to so many bytes.
_LOG_BYTES = 256 * 1024


def parse(url: str) -> URL:
    """Return the address. Raises Unreachable if it is none, or would keep nothing."""
    try:
        address = make_url(url)
        address.get_dialect().import_dbapi()
    except (ArgumentError, ImportError) as error:
        raise Unreachable(
            "The database address is not one that Greenroom understands.",
            "Set GREENROOM_DATABASE_URL to sqlite:///FILE or postgresql+psycopg://HOST/NAME.",
        ) from error
    if address.get_backend_name() == "sqlite" and (
        address.host or address.database in (None, "", ":memory:")
    ):
        raise Unreachable(
            "The database address names no file, so nothing would be kept.",
            "Set GREENROOM_DATABASE_URL to sqlite:///FILE, with three slashes and the file's path.",
        )
    return address


def file_of(address: URL) -> Path | None:
    """Return the file of a SQLite address, and None for a server's."""
    database = address.database
    if address.get_backend_name() != "sqlite" or database is None:
        return None
    if database.startswith("file:"):
        database = unquote(database.removeprefix("file:"))
    return Path(database)


def connect(
    address: URL, busy_timeout: float, *, foreign_keys: bool = True, pooled: bool = True
) -> Engine:
    """Return an engine whose connections are set up as they are made; it makes none yet.

    `busy_timeout` is in seconds.
    """
    if address.get_backend_name() == "sqlite":
        connect_args: dict[str, object] = {"timeout": busy_timeout}
        set_up = _sqlite_settings(foreign_keys)
    else:
        connect_args = {"connect_timeout": max(2, round(busy_timeout))}
        set_up = _postgres_settings(busy_timeout)
    engine = create_engine(
        address,
        connect_args=connect_args,
        poolclass=None if pooled else NullPool,
        # A candidate's words are parameters: an error's message must not show them.
        hide_parameters=True,
    )
    event.listen(engine, "connect", set_up)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "begin", begin)
    return engine


def _sqlite_settings(foreign_keys: bool) -> Callable[[sqlite3.Connection, object], None]:
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        # Transactions are opened by the "begin" event, not by the driver.
        connection.isolation_level = None
        for setting in (
            f"foreign_keys = {'ON' if foreign_keys else 'OFF'}",
            "synchronous = FULL",
            f"wal_autocheckpoint = {_LOG_PAGES}",
            f"journal_size_limit = {_LOG_BYTES}",
            # What a candidate deletes is overwritten, not just forgotten.
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {setting}")

    return set_up


def _postgres_settings(busy_timeout: float) -> Callable[[object, object], None]:
    def set_up(connection: object, _record: object) -> None:
        with closing(connection.cursor()) as cursor:  # type: ignore[attr-defined]
            cursor.execute(f"SET lock_timeout = {round(busy_timeout * 1000)}")
        connection.commit()  # type: ignore[attr-defined]

    return set_up
