"""From rows to records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from store.records import (
    Grading,
    GradingState,
    HistoryEntry,
    Interview,
    NewVerdict,
    Quote,
    Report,
    Speaker,
    Status,
    Turn,
    Verdict,
)
from store.tables import GradingRow, InterviewRow, ReportRow, TurnRow, VerdictRow


def interview_of(row: InterviewRow) -> Interview:
    return Interview(
        id=row.id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        track=row.track,
        company=row.company,
        role=row.role,
        level=row.level,
        plan=row.plan,
        pack_version=row.pack_version,
        pack_digest=row.pack_digest,
        model=row.model,
        status=cast(Status, row.status),
        ended_at=row.ended_at,
        ended_because=row.ended_because,
    )


def history_entry_of(row: InterviewRow, turns: int, answered: int) -> HistoryEntry:
    return HistoryEntry(
        id=row.id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        track=row.track,
        company=row.company,
        role=row.role,
        level=row.level,
        model=row.model,
        status=cast(Status, row.status),
        ended_at=row.ended_at,
        ended_because=row.ended_because,
        turns=turns,
        answered=answered,
    )


def turn_of(row: TurnRow) -> Turn:
    return Turn(
        interview_id=row.interview_id,
        seq=row.seq,
        at=row.at,
        speaker=cast(Speaker, row.speaker),
        kind=row.kind,
        round_no=row.round_no,
        question_no=row.question_no,
        question_id=row.question_id,
        criterion_id=row.criterion_id,
        text=row.text,
        detail=row.detail,
        seconds=row.seconds,
        key=row.key,
    )


def verdict_of(row: VerdictRow) -> Verdict:
    return Verdict(
        interview_id=row.interview_id,
        question_no=row.question_no,
        criterion_id=row.criterion_id,
        status=row.status,
        score=row.score,
        confidence=row.confidence,
        reason=row.reason,
        quotes=tuple(Quote(**quote) for quote in row.quotes),
        strategy=row.strategy,
        model=row.model,
        prompt_digest=row.prompt_digest,
        pack_digest=row.pack_digest,
        model_digest=row.model_digest,
        graded_at=row.graded_at,
    )


def quotes_in(verdict: NewVerdict) -> Sequence[dict[str, Any]]:
    """Return the verdict's quotes as the table holds them."""
    return [
        {"text": quote.text, "seq": quote.seq, "start": quote.start, "end": quote.end}
        for quote in verdict.quotes
    ]


def grading_of(row: GradingRow) -> Grading:
    return Grading(
        interview_id=row.interview_id,
        question_no=row.question_no,
        question_id=row.question_id,
        state=cast(GradingState, row.state),
        attempts=row.attempts,
        error=row.error,
        updated_at=row.updated_at,
    )


def report_of(row: ReportRow) -> Report:
    return Report(
        interview_id=row.interview_id,
        document=row.document,
        made_at=row.made_at,
    )
