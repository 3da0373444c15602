from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from store.archive import Archive
from store.engine import SCHEMA, check, open_store
from store.errors import Busy, Damaged, Full, Newer, ReadOnly, Unreachable
from store.journal import Journal
from store.records import Interview, NewInterview, Turn
from store.transactions import bare

Answer = Callable[..., Turn]
NOBODY = 65534


@contextmanager
def unprivileged() -> Iterator[None]:
    """Give up root's right to read and write everything, as far as files go."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that `unprivileged` can reach: pytest's own is closed to everyone else."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture
def closed(engine: Engine, interview: Interview, path: Path) -> Path:
    """A database with one interview in it, and nobody using it."""
    engine.dispose()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    return path


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


def test_every_connection_is_durable_and_keeps_foreign_keys(engine: Engine) -> None:
    first, second = engine.connect(), engine.connect()
    with first, second:
        for connection in (first, second):

            def setting(name: str, connection=connection) -> object:
                return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

            assert setting("journal_mode") == "wal"
            assert setting("foreign_keys") == 1
            assert setting("synchronous") == 2, "2 is FULL"
            assert setting("busy_timeout") == 200
            assert setting("secure_delete") == 1


def test_opening_an_up_to_date_database_is_quick(closed: Path, url: str) -> None:
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        open_store(url).dispose()
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.05
    script = (
        "import sys; from store.engine import open_store; open_store(sys.argv[1]); "
        "print('alembic' in sys.modules)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script, url],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert shown.stdout == "False\n"


def test_opening_twice_keeps_what_is_there(closed: Path, url: str, interview: Interview) -> None:
    engine = open_store(url)
    assert len(Archive(engine).turns(interview.id)) == 1
    engine.dispose()


def test_a_locked_database_is_busy_after_the_timeout(
    engine: Engine, path: Path, interview: Interview, archive: Archive, answer: Answer
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        start = time.monotonic()
        with pytest.raises(Busy, match=r"greenroom\.db is locked by another program.*try again"):
            answer(interview.id, 1)
        assert 0.2 <= time.monotonic() - start < 2
        assert len(archive.turns(interview.id)) == 1, "reading goes on"
        with pytest.raises(Busy):
            open_store(str(engine.url), busy_timeout=0.1)
        other.execute("ROLLBACK")
    assert answer(interview.id, 1).seq == 1, "and so does the interview"


def test_a_new_database_locked_by_another_is_busy(path: Path, url: str) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Busy):
            open_store(url, busy_timeout=0.1)


def test_a_file_opened_read_only_is_refused(closed: Path) -> None:
    with pytest.raises(ReadOnly, match=r"greenroom\.db.*read-only.*GREENROOM_DATABASE_URL"):
        open_store(f"sqlite:///file:{closed}?mode=ro&uri=true")


@pytest.mark.parametrize(
    ("file_mode", "folder_mode"), [(0o444, 0o755), (0o444, 0o555), (0o666, 0o555)]
)
def test_a_file_or_folder_without_the_right_to_write_is_refused(
    file_mode: int, folder_mode: int, closed: Path, open_folder: Path
) -> None:
    path = open_folder / closed.name
    path.write_bytes(closed.read_bytes())
    path.chmod(file_mode)
    open_folder.chmod(folder_mode)
    before = path.read_bytes()
    with unprivileged():
        with pytest.raises(ReadOnly, match=r"greenroom\.db"):
            open_store(f"sqlite:///{path}")
        found = check(f"sqlite:///{path}")
    open_folder.chmod(0o755)
    assert (found.exists, found.writable, found.version) == (True, False, SCHEMA)
    assert isinstance(found.fault, ReadOnly)
    assert path.read_bytes() == before
    assert [file.name for file in open_folder.iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["new.db", "deeper/new.db"])
def test_a_folder_where_nothing_can_be_made_is_refused(name: str, open_folder: Path) -> None:
    open_folder.chmod(0o555)
    url = f"sqlite:///{open_folder / name}"
    with unprivileged():
        with pytest.raises(ReadOnly, match=str(open_folder)):
            open_store(url)
        found = check(url)
    open_folder.chmod(0o755)
    assert (found.exists, found.writable) == (False, False)
    assert list(open_folder.iterdir()) == []


def test_a_database_that_turns_read_only_says_so(
    engine: Engine, interview: Interview, archive: Archive, answer: Answer
) -> None:
    bare(engine, "PRAGMA query_only = ON")
    with pytest.raises(ReadOnly):
        answer(interview.id, 1)
    assert len(archive.turns(interview.id)) == 1


def test_a_full_disk_costs_the_call_and_nothing_else(
    engine: Engine, interview: Interview, archive: Archive, answer: Answer
) -> None:
    # A limit on the file's pages ends in the same error as a disk without room.
    pages = bare(engine, "PRAGMA page_count")
    assert pages is not None
    bare(engine, f"PRAGMA max_page_count = {pages[0]}")
    with pytest.raises(Full, match=r"no room.*Free some space"):
        answer(interview.id, 1, "x" * 200_000, key="k")
    assert len(archive.turns(interview.id)) == 1
    bare(engine, f"PRAGMA max_page_count = {pages[0] + 100}")
    assert len(answer(interview.id, 1, "x" * 200_000, key="k").text) == 200_000


def test_a_newer_database_is_refused_untouched(closed: Path, url: str) -> None:
    change(closed, "UPDATE alembic_version SET version_num = '0999'")
    before = closed.read_bytes()
    with pytest.raises(Newer, match=rf"0999.*up to {SCHEMA}.*Update Greenroom") as caught:
        open_store(url)
    assert (caught.value.found, caught.value.expected) == ("0999", SCHEMA)
    assert closed.read_bytes() == before
    assert [file.name for file in closed.parent.iterdir()] == [closed.name]
    found = check(url)
    assert found.version == "0999"
    assert isinstance(found.fault, Newer)


@pytest.mark.parametrize("size", [10, 100, 4096, 20_000])
def test_a_truncated_file_is_damaged(size: int, closed: Path, url: str) -> None:
    os.truncate(closed, size)
    with pytest.raises(Damaged, match=r"greenroom\.db is damaged"):
        open_store(url)
    assert isinstance(check(url).fault, Damaged)
    assert closed.stat().st_size == size


def test_a_page_gone_bad_is_damaged_when_it_is_read(
    closed: Path, url: str, interview: Interview
) -> None:
    with closing(sqlite3.connect(closed)) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'turn'")
        start = (page.fetchone()[0] - 1) * 4096
    with closed.open("r+b") as file:
        file.seek(start)
        file.write(b"\xff" * 4096)
    engine = open_store(url)
    with pytest.raises(Damaged):
        Archive(engine).turns(interview.id)
    engine.dispose()


@pytest.mark.parametrize("content", [b"Dear diary, today I had an interview.", os.urandom(8192)])
def test_a_file_that_is_no_database_is_left_alone(content: bytes, path: Path, url: str) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(Damaged, match="no database"):
        open_store(url)
    assert path.read_bytes() == content


def test_another_programs_database_is_left_alone(path: Path, url: str) -> None:
    path.parent.mkdir()
    change(path, "CREATE TABLE recipes (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(Damaged, match=r"not Greenroom's: it holds recipes"):
        open_store(url)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "sqlite://a.db", "oracle9://x"]
)
def test_an_address_that_would_keep_nothing_is_refused(url: str) -> None:
    with pytest.raises(Unreachable, match="GREENROOM_DATABASE_URL"):
        open_store(url)
    assert isinstance(check(url).fault, Unreachable)


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    url = "postgresql+psycopg://me:hunter2@127.0.0.1:1/greenroom"
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1/greenroom does not answer") as caught:
        open_store(url, busy_timeout=1)
    found = check(url)
    assert (found.exists, found.version) == (False, None)
    assert "hunter2" not in f"{caught.value} {found}"


def test_check_makes_nothing(path: Path, url: str, tmp_path: Path) -> None:
    found = check(url)
    assert (found.exists, found.writable, found.size, found.fault) == (False, True, None, None)
    assert (found.where, found.expected) == (str(path), SCHEMA)
    assert list(tmp_path.iterdir()) == []


def test_check_tells_what_is_there(closed: Path, url: str) -> None:
    found = check(url)
    assert (found.exists, found.writable, found.version) == (True, True, SCHEMA)
    assert (found.size, found.fault) == (closed.stat().st_size, None)
    assert [file.name for file in closed.parent.iterdir()] == [closed.name]


def test_check_looks_on_while_an_interview_goes_on(
    path: Path, url: str, interview: Interview, answer: Answer
) -> None:
    before = {file.name: file.stat().st_size for file in path.parent.iterdir()}
    found = check(url)
    assert (found.version, found.fault) == (SCHEMA, None)
    assert found.size == before["greenroom.db"] + before["greenroom.db-wal"]
    assert {file.name: file.stat().st_size for file in path.parent.iterdir()} == before
    assert answer(interview.id, 1).seq == 1


def test_a_path_with_odd_characters_works(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'Grüße 100% #1' / 'green room.db'}"
    engine = open_store(url)
    begun = Journal(engine).begin(NewInterview("t", "c", "r", "l", {}, "1", "d", "m"))
    engine.dispose()
    assert check(url).version == SCHEMA
    assert [folder.name for folder in tmp_path.iterdir()] == ["Grüße 100% #1"]
    engine = open_store(url)
    assert Archive(engine).interview(begun.id) == begun
    engine.dispose()


def test_an_error_never_shows_what_the_candidate_said(
    engine: Engine, interview: Interview, answer: Answer
) -> None:
    pages = bare(engine, "PRAGMA page_count")
    assert pages is not None
    bare(engine, f"PRAGMA max_page_count = {pages[0]}")
    with pytest.raises(Full) as caught:
        answer(interview.id, 1, "my private words " * 10_000, key="k")
    seen: BaseException | None = caught.value
    shown = ""
    while seen is not None:
        shown += f"{seen!r} {seen}"
        seen = seen.__cause__
    assert "INSERT INTO turn" in shown, "the statement is there, without its values"
    assert "private" not in shown
