"""Bringing a database to the newest schema, with Alembic."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.engine import Connection

from store.engine import SCHEMA, stored_version
from store.errors import Damaged

_LOCK = 0x47726E72  # any number that no other program uses as an advisory lock


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration for our migrations, to run on `connection`."""
    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, where: str, to: str = SCHEMA) -> None:
    """Run the missing migrations within the connection's transaction, all or none.

    The transaction must hold SQLite's write lock. Raises Newer and Damaged.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    # Another program may have been first while this one waited for the lock.
    if stored_version(connection, where) == to:
        return
    command.upgrade(configuration(connection), to)
    if connection.dialect.name == "sqlite":
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if orphans:
            raise Damaged(
                f"The database {where} can't be upgraded: {len(orphans)} rows belong to nothing.",
                "It was left as it was; please report this.",
            )
