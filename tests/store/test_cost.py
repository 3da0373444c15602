"""What a turn costs must not grow with the interview. bench/growth.py measures the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import event, text
from sqlalchemy.engine import Connection, Engine

from store.archive import Archive
from store.journal import Journal
from store.records import Interview, NewTurn, NewVerdict


@contextmanager
def statements(engine: Engine) -> Iterator[list[tuple[str, object]]]:
    """Yield the statements that are run meanwhile, each with its parameters."""
    seen: list[tuple[str, object]] = []

    def note(_c: Connection, _k: object, sql: str, values: object, _x: object, _m: bool) -> None:
        seen.append((sql, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def exchange(journal: Journal, interview_id: str, seq: int) -> None:
    place = {"round_no": 0, "question_no": seq // 10, "question_id": "q"}
    journal.accept(interview_id, seq=seq, text="words " * 100, key=str(seq), **place)
    journal.classify(interview_id, seq, "answer", {"coverage": [0.5]})
    journal.say(interview_id, [NewTurn(seq + 1, "Why?", "follow_up", **place)], queue=[(0, "q")])


def test_the_hundredth_exchange_runs_the_statements_of_the_second(
    engine: Engine, journal: Journal, begin: Callable[..., Interview]
) -> None:
    interview_id = begin().id
    run: list[list[str]] = []
    for seq in range(0, 200, 2):
        with statements(engine) as seen:
            exchange(journal, interview_id, seq)
        run.append([sql for sql, _ in seen])
    assert run[99] == run[1]
    assert len([sql for sql in run[99] if sql.startswith("BEGIN")]) == 3, "one for each call"


def test_no_call_about_an_interview_reads_a_whole_table(
    engine: Engine, journal: Journal, archive: Archive, begin: Callable[..., Interview]
) -> None:
    interview_id = begin().id
    with statements(engine) as seen:
        exchange(journal, interview_id, 0)
        verdict = NewVerdict("c", "met", "r", (), "closed", "m", "a", "b", "c")
        journal.save_verdicts(interview_id, 0, [verdict])
        journal.save_report(interview_id, {})
        archive.interview(interview_id)
        archive.turns(interview_id, after=0)
        archive.last_turns(interview_id, 30)
        archive.verdicts(interview_id)
        archive.gradings(interview_id)
        archive.report(interview_id)
        archive.interviews(20)
        archive.delete(interview_id)
    asked = [
        (sql, values) for sql, values in seen if sql.startswith(("SELECT", "UPDATE", "DELETE"))
    ]
    assert len(asked) > 15
    with engine.connect() as connection:
        for sql, values in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            steps = [row[3] for row in plan]
            scans = [s for s in steps if s.startswith("SCAN") and "USING INDEX" not in s]
            assert scans == ["SCAN CONSTANT ROW"] * len(scans), (sql, steps)


def test_the_file_is_at_most_four_times_what_was_said(
    engine: Engine, journal: Journal, begin: Callable[..., Interview]
) -> None:
    interview_id = begin().id
    for seq in range(0, 200, 2):
        exchange(journal, interview_id, seq)
    with engine.connect() as connection:
        said = connection.scalar(text("SELECT sum(length(text)) FROM turn"))
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    assert said is not None
    assert pages is not None
    assert pages * 4096 < 4 * said
