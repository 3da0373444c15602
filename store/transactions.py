"""One call, one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from store.faults import name, translated

_WRITES = "greenroom_writes"
_MAY_BE_REDONE = "greenroom_may_be_redone"


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Yield a session that sees one moment of the database. Raises StoreError."""
    with translated(name(engine.url)), Session(engine) as session, session.begin():
        yield session


@contextmanager
def writing(engine: Engine, *, may_be_redone: bool = False) -> Iterator[Session]:
    """Yield a session whose work is stored as a whole at the end, or not at all.

    `may_be_redone` says that it follows from what is stored already. SQLite then
    doesn't wait for the disk: a killed program still loses nothing, and what a
    power cut takes is worked out again. All else waits until it is on the disk.

    On SQLite it holds the write lock from the start: a transaction that reads
    first and asks for the lock later may be refused halfway. Raises StoreError.
    """
    with translated(name(engine.url)), Session(engine) as session, session.begin():
        session.connection(execution_options={_WRITES: True, _MAY_BE_REDONE: may_be_redone})
        yield session


def begin(connection: Connection) -> None:
    """Open a transaction on SQLite, in place of the driver, which would do so too late."""
    options = connection.get_execution_options()
    if not options.get(_WRITES, False):
        connection.exec_driver_sql("BEGIN")
        return
    redone = options.get(_MAY_BE_REDONE, False)
    connection.exec_driver_sql(f"PRAGMA synchronous = {'NORMAL' if redone else 'FULL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def for_writing(connection: Connection) -> Connection:
    """Return the connection, its next transaction holding the write lock from the start."""
    return connection.execution_options(**{_WRITES: True})


def bare(engine: Engine, statement: str) -> tuple[Any, ...] | None:
    """Run one statement outside any transaction, and return the first row of what it gives."""
    with closing(engine.raw_connection()) as connection:
        row: tuple[Any, ...] | None = connection.cursor().execute(statement).fetchone()
        return row


def settle(engine: Engine) -> None:
    """Copy SQLite's write-ahead log into the database, as far as nobody is in the way.

    It waits for the disk twice, so it is done where no candidate waits. What goes
    wrong here is no failure of the call before, which is stored: the next one to
    write will meet it, and say so.
    """
    if engine.dialect.name == "sqlite":
        with suppress(DBAPIError, sqlite3.Error):
            bare(engine, "PRAGMA wal_checkpoint(PASSIVE)")
