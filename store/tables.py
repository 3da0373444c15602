"""The tables. A change here needs a migration; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An instant: aware when handed in, aware and in UTC on the way out.

    SQLite keeps no time zone, so it is stored there as UTC without one, always
    with microseconds: a fixed width lets SQLite overwrite a row in place.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(SQLModel):
    """What the tables have in common: one catalogue, with constraint names that can be altered."""

    metadata = MetaData(naming_convention=_NAMES)


def _owner(**options: Any) -> Column[str]:
    """Return the column that ties a row to its interview, and lets it go with it."""
    key = ForeignKey("interview.id", ondelete="CASCADE")
    return Column("interview_id", String(32), key, nullable=False, **options)


def _text(*, nullable: bool = False) -> Any:
    return Field(sa_type=Text, nullable=nullable)


def _json() -> Any:
    return Field(sa_type=JSON, nullable=False)


def _moment(*, nullable: bool = False) -> Any:
    return Field(sa_type=Moment, nullable=nullable)


class InterviewRow(Base, table=True):
    """One interview. The plan comes last: the history reads the columns before it only."""

    __tablename__ = "interview"
    __table_args__ = (Index(None, "created_at"),)

    id: str = Field(sa_column=Column(String(32), primary_key=True))
    created_at: datetime = _moment()
    updated_at: datetime = _moment()
    track: str = _text()
    company: str = _text()
    role: str = _text()
    level: str = _text()
    pack_version: str = _text()
    pack_digest: str = _text()
    model: str = _text()
    status: str = _text()
    ended_at: datetime | None = _moment(nullable=True)
    ended_because: str | None = _text(nullable=True)
    plan: dict[str, Any] = _json()


class TurnRow(Base, table=True):
    """One thing said. Unique on its place, and on the key that the client gave it."""

    __tablename__ = "turn"
    __table_args__ = (
        UniqueConstraint("interview_id", "seq"),
        Index(
            None,
            "interview_id",
            "key",
            unique=True,
            sqlite_where=sql("key IS NOT NULL"),
            postgresql_where=sql("key IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    interview_id: str = Field(sa_column=_owner())
    seq: int
    at: datetime = _moment()
    speaker: str = _text()
    kind: str = _text()
    round_no: int | None
    question_no: int | None
    question_id: str | None = _text(nullable=True)
    criterion_id: str | None = _text(nullable=True)
    seconds: float | None
    key: str | None = _text(nullable=True)
    detail: dict[str, Any] = _json()
    text: str = _text()


class VerdictRow(Base, table=True):
    """The latest verdict on one criterion of one question."""

    __tablename__ = "verdict"

    interview_id: str = Field(sa_column=_owner(primary_key=True))
    question_no: int = Field(primary_key=True)
    criterion_id: str = Field(sa_column=Column(Text, primary_key=True))
    status: str = _text()
    score: float | None
    confidence: float | None
    reason: str = _text()
    quotes: list[dict[str, Any]] = _json()
    strategy: str = _text()
    model: str = _text()
    prompt_digest: str = _text()
    pack_digest: str = _text()
    model_digest: str = _text()
    graded_at: datetime = _moment()


class GradingRow(Base, table=True):
    """One entry of the grading queue."""

    __tablename__ = "grading"

    interview_id: str = Field(sa_column=_owner(primary_key=True))
    question_no: int = Field(primary_key=True)
    question_id: str = _text()
    state: str = _text()
    attempts: int
    error: str | None = _text(nullable=True)
    updated_at: datetime = _moment()


class ReportRow(Base, table=True):
    """The report of one interview, kept so that it need not be made again."""

    __tablename__ = "report"

    interview_id: str = Field(sa_column=_owner(primary_key=True))
    made_at: datetime = _moment()
    document: dict[str, Any] = _json()
