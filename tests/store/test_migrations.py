from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, inspect
from sqlalchemy.engine import Connection, Engine, make_url

import store.engine
import store.upgrade
from store.archive import Archive
from store.connections import connect
from store.engine import SCHEMA, open_store
from store.records import Interview, Turn
from store.tables import Base
from store.transactions import bare, for_writing
from store.upgrade import configuration, upgrade

REVISIONS = [
    script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()
]

# What a later migration may have to do on SQLite: build a table anew and drop the
# old one, whose rows all the others belong to.
REBUILD = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    with op.batch_alter_table("interview", recreate="always") as batch:
        batch.add_column(sa.Column("mood", sa.Text()))
"""
BROKEN = REBUILD + "    raise RuntimeError('halfway')\n"


def make_at(url: str, revision: str) -> None:
    """Make a database as it was when `revision` was the newest."""
    engine = connect(make_url(url), 1, foreign_keys=False, pooled=False)
    with for_writing(engine.connect()) as connection, connection.begin():
        upgrade(connection, url, revision)


def schema(engine: Engine) -> dict[str, object]:
    """Return what the database says of itself: columns, keys and what they cascade, indexes."""
    found = inspect(engine)
    return {
        table: {
            "columns": [{**c, "type": str(c["type"])} for c in found.get_columns(table)],
            "key": found.get_pk_constraint(table),
            "foreign": found.get_foreign_keys(table),
            "unique": found.get_unique_constraints(table),
            "indexes": [
                {**i, "dialect_options": {k: str(v) for k, v in i["dialect_options"].items()}}
                for i in found.get_indexes(table)
            ],
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Pretend that this Greenroom has one more migration, whose text is given."""
    ours = configuration

    def release(migration: str) -> None:
        folder = tmp_path / "later"
        folder.mkdir()
        (folder / "0002_later.py").write_text(migration)

        def with_later(connection: Connection | None = None) -> Config:
            config = ours(connection)
            versions = Path(store.upgrade.__file__).parent / "migrations" / "versions"
            config.set_main_option("path_separator", "newline")
            config.set_main_option("version_locations", f"{versions}\n{folder}")
            return config

        # There is one migration so far: the traps of the second need one made up.
        monkeypatch.setattr(store.upgrade, "configuration", with_later)
        monkeypatch.setattr(store.engine, "SCHEMA", "0002")
        monkeypatch.setattr(store.upgrade, "SCHEMA", "0002")
        monkeypatch.setattr(store.upgrade.upgrade, "__defaults__", ("0002",))

    return release


def test_the_newest_migration_is_the_one_that_opening_looks_for() -> None:
    assert ScriptDirectory.from_config(configuration()).get_heads() == [SCHEMA]


def test_revisions_are_numbers_of_four_digits_in_order() -> None:
    assert sorted(REVISIONS) == [f"{n + 1:04}" for n in range(len(REVISIONS))]


@pytest.mark.parametrize("revision", [None, *REVISIONS])
def test_migrating_ends_in_the_tables_that_the_code_describes(
    revision: str | None, path: Path, url: str, tmp_path: Path
) -> None:
    if revision is not None:
        path.parent.mkdir()
        make_at(url, revision)
    migrated = open_store(url)
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
    described = connect(make_url(f"sqlite:///{tmp_path / 'described.db'}"), 1)
    Base.metadata.create_all(described)
    assert schema(migrated) == schema(described)
    for engine in (migrated, described):
        engine.dispose()


def test_the_comparison_notices_a_difference(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert len(compare_metadata(context, MetaData())) >= len(Base.metadata.tables)


def test_the_migrations_can_be_written_for_postgresql() -> None:
    written = io.StringIO()
    config = configuration()
    config.output_buffer = written
    config.attributes["dialect"] = "postgresql"
    command.upgrade(config, "head", sql=True)
    script = written.getvalue()
    assert "at TIMESTAMP WITH TIME ZONE NOT NULL" in script
    assert "ON turn (interview_id, key) WHERE key IS NOT NULL" in script
    assert script.count("ON DELETE CASCADE") == 4


def test_rebuilding_a_table_keeps_the_rows_that_belong_to_it(
    interview: Interview,
    engine: Engine,
    url: str,
    answer: Callable[..., Turn],
    next_version: Callable[[str], None],
) -> None:
    answer(interview.id, 1)
    before = Archive(engine).export(interview.id)
    engine.dispose()
    next_version(REBUILD)
    upgraded = open_store(url)
    assert "mood" in {column["name"] for column in inspect(upgraded).get_columns("interview")}
    assert Archive(upgraded).export(interview.id) == before
    assert bare(upgraded, "PRAGMA foreign_keys") == (1,)
    upgraded.dispose()


def test_a_migration_that_fails_changes_nothing(
    interview: Interview, engine: Engine, url: str, next_version: Callable[[str], None]
) -> None:
    before, was = Archive(engine).export(interview.id), schema(engine)
    engine.dispose()
    with pytest.MonkeyPatch.context():
        next_version(BROKEN)
        with pytest.raises(RuntimeError, match="halfway"):
            open_store(url)
    after = connect(make_url(url), 1)
    assert bare(after, "SELECT version_num FROM alembic_version") == ("0001",)
    assert schema(after) == was
    assert Archive(after).export(interview.id) == before
    after.dispose()
