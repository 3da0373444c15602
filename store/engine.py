"""Opening the database: its folder, its settings, its version."""

from __future__ import annotations

import os
import sqlite3
import time
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import URL, Connection, Engine

from store.connections import connect, file_of, parse
from store.errors import Damaged, Newer, ReadOnly, StoreError, Unreachable
from store.faults import name, translated
from store.transactions import bare, for_writing

# The newest migration. It is written here so that opening an up-to-date
# database needs no Alembic, which takes ten times as long to load.
SCHEMA = "0001"


@dataclass(frozen=True)
class Health:
    """What `greenroom doctor` tells about the database.

    `where` is the file, or the address less its password; `size` is in bytes,
    the write-ahead log included (None where it can't be told); `version` is None
    for a database not made yet; `fault` says why it can't be used, if it can't.
    """

    where: str
    exists: bool
    writable: bool
    version: str | None
    expected: str
    size: int | None
    fault: StoreError | None = None


def open_store(url: str, *, busy_timeout: float = 5.0) -> Engine:
    """Return an engine for the database at `url`, made or brought up to date.

    `busy_timeout`, in seconds, is how long a call waits for another program's
    lock. Raises Newer (nothing was touched), ReadOnly, Damaged, Busy,
    Unreachable. Safe when several programs open the same new database at once.
    """
    address = parse(url)
    where = name(address)
    _make_folder(address)
    engine = connect(address, busy_timeout)
    try:
        with translated(where):
            with engine.connect() as connection:
                version = stored_version(connection, where)
            if engine.dialect.name == "sqlite":
                _use_log(engine, busy_timeout)
            if version == SCHEMA:
                _try_writing(engine)
            else:
                _upgrade(address, busy_timeout)
    except BaseException:
        engine.dispose()
        raise
    return engine


def check(url: str, *, busy_timeout: float = 1.0) -> Health:
    """Look at the database without making or changing anything; raises nothing of its own."""
    try:
        address = parse(url)
    except Unreachable as error:
        return Health(url.partition("://")[0], False, False, None, SCHEMA, None, error)
    path = file_of(address)
    if path is None:
        return _look(Health(name(address), True, True, None, SCHEMA, None), address, busy_timeout)
    if not path.exists():
        return Health(str(path), False, _can_make(path), None, SCHEMA, None)
    log = path.with_name(path.name + "-wal")
    logged = log.stat().st_size if log.exists() else 0
    # A connection to a file in WAL mode makes two files beside it, unless told that
    # the file can't change. With an empty log, that is as good as true.
    mode = {} if logged else {"immutable": "1"}
    still = URL.create(
        "sqlite", database=path.absolute().as_uri(), query={"mode": "ro", **mode, "uri": "true"}
    )
    # The file is not opened to find out: closing it would undo SQLite's own locks on it.
    writable = _may_write(path) and _may_write(path.parent)
    size = path.stat().st_size + logged
    found = _look(Health(str(path), True, writable, None, SCHEMA, size), still, busy_timeout)
    if writable or found.fault is not None:
        return found
    fault = ReadOnly(f"The database {path} can't be written.", "Make it and its folder writable.")
    return replace(found, fault=fault)


def stored_version(connection: Connection, where: str) -> str | None:
    """Return the database's schema version, or None if it is empty.

    Raises Newer if it is none that this Greenroom knows, and Damaged if the
    database belongs to another program.
    """
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables or "interview" not in tables:
        if tables:
            raise Damaged(
                f"The database {where} is not Greenroom's: it holds {', '.join(sorted(tables))}.",
                "Set GREENROOM_DATABASE_URL to another file.",
            )
        return None
    version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if version is None or not version.isdecimal() or version > SCHEMA:
        raise Newer(where, str(version), SCHEMA)
    return str(version)


def _look(health: Health, address: URL, busy_timeout: float) -> Health:
    """Return the health with the version found, or the fault that was found instead."""
    engine = connect(address, busy_timeout)
    try:
        with translated(health.where), engine.connect() as connection:
            return replace(health, version=stored_version(connection, health.where))
    except Newer as error:
        return replace(health, version=error.found, fault=error)
    except Unreachable as error:
        return replace(health, exists=False, writable=False, fault=error)
    except StoreError as error:
        return replace(health, fault=error)
    finally:
        engine.dispose()


def _make_folder(address: URL) -> None:
    path = file_of(address)
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReadOnly(
            f"The folder {path.parent} for the database can't be made: {error.strerror}.",
            "Set GREENROOM_DATABASE_URL to a place that you may write to.",
        ) from error


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _can_make(path: Path) -> bool:
    """Whether a file that does not exist yet, and its folders, could be made."""
    folder = next((p for p in path.absolute().parents if p.exists()), None)
    return folder is not None and folder.is_dir() and _may_write(folder)


def _use_log(engine: Engine, busy_timeout: float) -> None:
    """Turn the write-ahead log on, once in a database's life."""
    deadline = time.monotonic() + busy_timeout
    while bare(engine, "PRAGMA journal_mode") != ("wal",):
        try:
            bare(engine, "PRAGMA journal_mode = WAL")
            return  # some network file systems can't; the plain journal is as safe, only slower
        except sqlite3.OperationalError as error:
            # Of two programs that turn it on at once, one is refused without waiting.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _try_writing(engine: Engine) -> None:
    """Write without effect and undo it: what is read-only is refused here, not mid-interview."""
    with for_writing(engine.connect()) as connection, connection.begin() as transaction:
        # The write lock alone proves nothing: SQLite grants it on a read-only file.
        connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
        transaction.rollback()


def _upgrade(address: URL, busy_timeout: float) -> None:
    from store.upgrade import upgrade

    # A migration that rebuilds a table drops the old one, and with foreign keys on
    # that would delete every row that points to it.
    engine = connect(address, busy_timeout, foreign_keys=False, pooled=False)
    try:
        with for_writing(engine.connect()) as connection, connection.begin():
            upgrade(connection, name(address))
    finally:
        engine.dispose()
