"""Reading: what is stored, in frozen records. Exporting and deleting, too."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.orm import defer
from sqlmodel import Session, col, delete, distinct, func, select

from store.errors import NotStored
from store.faults import name, translated
from store.records import (
    Grading,
    GradingState,
    HistoryEntry,
    Interview,
    Report,
    Status,
    Turn,
    Verdict,
)
from store.rows import grading_of, history_entry_of, interview_of, report_of, turn_of, verdict_of
from store.tables import GradingRow, InterviewRow, ReportRow, TurnRow, VerdictRow
from store.transactions import bare, reading, writing

EXPORT_FORMAT = "greenroom-interview/1"


class Archive:
    """Reads one database. Every method may raise Busy or Damaged.

    Methods about one interview return nothing (an empty list, or None) for one
    that does not exist, except those that say so. Safe to share between threads.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def interview(self, interview_id: str) -> Interview:
        """Return one interview. Raises NotStored."""
        with reading(self._engine) as session:
            return _interview(session, interview_id)

    def interviews(
        self, limit: int, offset: int = 0, status: Status | None = None
    ) -> list[HistoryEntry]:
        """Return one page of the history, newest first, with what each interview holds."""
        owned = TurnRow.interview_id == InterviewRow.id
        turns = select(func.count()).where(owned).scalar_subquery()
        answered = (
            select(func.count(distinct(TurnRow.question_no)))
            .where(owned, TurnRow.speaker == "candidate", TurnRow.kind == "answer")
            .scalar_subquery()
        )
        query = (
            select(InterviewRow, turns.label("turns"), answered.label("answered"))
            # The plan is long, and no list shows it.
            .options(defer(InterviewRow.plan))  # type: ignore[arg-type]
            .order_by(col(InterviewRow.created_at).desc(), col(InterviewRow.id))
            .limit(limit)
            .offset(offset)
        )
        if status is not None:
            query = query.where(InterviewRow.status == status)
        with reading(self._engine) as session:
            return [history_entry_of(*found) for found in session.exec(query)]

    def turns(self, interview_id: str, after: int = -1) -> list[Turn]:
        """Return the turns with a seq above `after`, in order."""
        with reading(self._engine) as session:
            return _turns(session, interview_id, after)

    def last_turns(self, interview_id: str, n: int) -> list[Turn]:
        """Return the last `n` turns, in order."""
        query = (
            select(TurnRow)
            .where(TurnRow.interview_id == interview_id)
            .order_by(col(TurnRow.seq).desc())
            .limit(n)
        )
        with reading(self._engine) as session:
            return [turn_of(row) for row in reversed(session.exec(query).all())]

    def last_turn(self, interview_id: str) -> Turn | None:
        """Return the last turn, or None before the first."""
        return next(iter(self.last_turns(interview_id, 1)), None)

    def verdicts(self, interview_id: str) -> list[Verdict]:
        """Return the verdicts, by question and then by criterion."""
        with reading(self._engine) as session:
            return _verdicts(session, interview_id)

    def gradings(
        self, interview_id: str | None = None, state: GradingState | None = None
    ) -> list[Grading]:
        """Return the grading queue, of one interview or of all, longest waiting first."""
        with reading(self._engine) as session:
            return _gradings(session, interview_id, state)

    def report(self, interview_id: str) -> Report | None:
        """Return the report as last made, or None if it has to be made (again)."""
        with reading(self._engine) as session:
            row = session.get(ReportRow, interview_id)
            return None if row is None else report_of(row)

    def recent_question_ids(self, track: str, limit: int) -> list[str]:
        """Return the questions asked last in a track's interviews, newest first, each once."""
        query = (
            select(TurnRow.question_id)
            .join(InterviewRow)
            .where(InterviewRow.track == track, col(TurnRow.question_id).is_not(None))
            .group_by(col(TurnRow.question_id))
            .order_by(func.max(TurnRow.id).desc())
            .limit(limit)
        )
        with reading(self._engine) as session:
            return [asked for asked in session.exec(query) if asked is not None]

    def export(self, interview_id: str) -> dict[str, Any]:
        """Return everything about one interview, ready for `json.dumps`. Raises NotStored.

        Times are ISO 8601 in UTC. Each part has the fields of its record.
        """
        with reading(self._engine) as session:
            interview = _interview(session, interview_id)
            report = session.get(ReportRow, interview_id)
            return {
                "format": EXPORT_FORMAT,
                "interview": _plain(interview),
                "turns": [_plain(turn) for turn in _turns(session, interview_id, -1)],
                "verdicts": [_plain(verdict) for verdict in _verdicts(session, interview_id)],
                "gradings": [_plain(entry) for entry in _gradings(session, interview_id, None)],
                "report": None if report is None else _plain(report_of(report)),
            }

    def delete(self, interview_id: str) -> None:
        """Delete everything about one interview. Raises NotStored, ReadOnly, Full.

        On SQLite the words are overwritten, in the file and, unless another
        program is reading it just then, in its write-ahead log.
        """
        with writing(self._engine) as session:
            gone = session.exec(delete(InterviewRow).where(col(InterviewRow.id) == interview_id))
            if gone.rowcount == 0:
                raise _unknown(interview_id)
        if self._engine.dialect.name == "sqlite":
            with translated(name(self._engine.url)):
                bare(self._engine, "PRAGMA wal_checkpoint(TRUNCATE)")


def _interview(session: Session, interview_id: str) -> Interview:
    row = session.get(InterviewRow, interview_id)
    if row is None:
        raise _unknown(interview_id)
    return interview_of(row)


def _unknown(interview_id: str) -> NotStored:
    return NotStored(
        f"There is no interview {interview_id}.", "`greenroom history` lists those there are."
    )


def _turns(session: Session, interview_id: str, after: int) -> list[Turn]:
    query = (
        select(TurnRow)
        .where(TurnRow.interview_id == interview_id, TurnRow.seq > after)
        .order_by(col(TurnRow.seq))
    )
    return [turn_of(row) for row in session.exec(query)]


def _verdicts(session: Session, interview_id: str) -> list[Verdict]:
    query = (
        select(VerdictRow)
        .where(VerdictRow.interview_id == interview_id)
        .order_by(col(VerdictRow.question_no), col(VerdictRow.criterion_id))
    )
    return [verdict_of(row) for row in session.exec(query)]


def _gradings(
    session: Session, interview_id: str | None, state: GradingState | None
) -> list[Grading]:
    query = select(GradingRow)
    if interview_id is not None:
        query = query.where(GradingRow.interview_id == interview_id)
    if state is not None:
        query = query.where(GradingRow.state == state)
    query = query.order_by(col(GradingRow.updated_at), col(GradingRow.question_no))
    return [grading_of(row) for row in session.exec(query)]


def _plain(record: Any) -> Any:
    """Return a record, or a part of one, as JSON has it."""
    if isinstance(record, datetime):
        return record.isoformat()
    if isinstance(record, tuple):
        return [_plain(part) for part in record]
    if is_dataclass(record):
        return {part.name: _plain(getattr(record, part.name)) for part in fields(record)}
    return record
