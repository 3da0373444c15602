"""Writing: what happened in an interview, in the order it happened.

The journal is the record of truth. Each call is one transaction, on the disk
when the call returns, and each may be made again after a crash: what is stored
already is found and left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.engine import Engine
from sqlmodel import Session, col, delete, func, select, update

from store.errors import Finished, NotStored, TurnTaken
from store.records import Document, Interview, NewInterview, NewTurn, NewVerdict, Turn
from store.rows import interview_of, quotes_in, turn_of
from store.tables import GradingRow, InterviewRow, ReportRow, TurnRow, VerdictRow
from store.text import clean_document, clean_text
from store.transactions import settle, writing


class Journal:
    """Writes one database. Every method may raise Busy, ReadOnly, Full or Damaged.

    Text is stored as it came, save for what is no character (lone surrogates; NUL
    on PostgreSQL), each replaced by U+FFFD so that offsets hold. What is returned
    is what was stored. Every method except `begin` raises NotStored for an
    interview that does not exist. Safe to share between threads.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._keep_nul = engine.dialect.name == "sqlite"

    def begin(self, record: NewInterview) -> Interview:
        """Store a new interview; return the stored one if its id was begun already."""
        now = _now()
        with writing(self._engine) as session:
            row = session.get(InterviewRow, record.id)
            if row is None:
                row = InterviewRow(
                    id=record.id,
                    created_at=now,
                    updated_at=now,
                    track=self._clean(record.track),
                    company=self._clean(record.company),
                    role=self._clean(record.role),
                    level=self._clean(record.level),
                    pack_version=self._clean(record.pack_version),
                    pack_digest=self._clean(record.pack_digest),
                    model=self._clean(record.model),
                    status="active",
                    ended_at=None,
                    ended_because=None,
                    plan=clean_document(record.plan),
                )
                session.add(row)
            return interview_of(row)

    def accept(
        self,
        interview_id: str,
        *,
        seq: int,
        text: str,
        key: str,
        kind: str = "answer",
        round_no: int | None,
        question_no: int | None,
        question_id: str | None,
    ) -> Turn:
        """Store what the candidate said as turn `seq`, of kind `kind` until classified.

        `key` is the sender's own name for this answer: the same key again returns
        the stored turn, wherever it stands. Raises TurnTaken if `seq` is not the
        next turn (someone else may have answered), and Finished if the interview is.
        """
        key = self._clean(key)
        with writing(self._engine) as session:
            ended = _lock(session, interview_id)
            same = session.exec(
                select(TurnRow).where(TurnRow.interview_id == interview_id, TurnRow.key == key)
            ).first()
            if same is not None:
                return turn_of(same)
            if ended is not None:
                raise ended
            expected = _next_seq(session, interview_id)
            if seq != expected:
                raise _taken(session, interview_id, seq, expected)
            now = _now()
            row = TurnRow(
                interview_id=interview_id,
                seq=seq,
                at=now,
                speaker="candidate",
                kind=self._clean(kind),
                round_no=round_no,
                question_no=question_no,
                question_id=question_id,
                criterion_id=None,
                seconds=None,
                key=key,
                detail={},
                text=self._clean(text),
            )
            session.add(row)
            _touch(session, interview_id, now)
            return turn_of(row)

    def classify(self, interview_id: str, seq: int, kind: str, detail: Document) -> None:
        """Set what the candidate's turn `seq` turned out to be. Raises NotStored."""
        change = (
            update(TurnRow)
            .where(
                col(TurnRow.interview_id) == interview_id,
                col(TurnRow.seq) == seq,
                col(TurnRow.speaker) == "candidate",
            )
            .values(kind=self._clean(kind), detail=clean_document(detail))
        )
        with writing(self._engine, may_be_redone=True) as session:
            _lock(session, interview_id)
            if session.exec(change).rowcount == 0:
                raise NotStored(
                    f"Interview {interview_id} holds no turn {seq} of the candidate's.",
                    "Read the interview again.",
                )

    def say(
        self,
        interview_id: str,
        turns: Sequence[NewTurn],
        *,
        queue: Sequence[tuple[int, str]] = (),
        finish: str | None = None,
    ) -> list[Turn]:
        """Store the interviewer's turns, and with them what follows from them.

        Where the interviewer has spoken already, the stored turn is returned
        unchanged. `queue` holds (question_no, question_id) of questions to grade;
        those queued before are left alone. `finish` ends the interview, and says
        why. Raises TurnTaken where the candidate has spoken, or a turn would leave
        a gap, and Finished for a new turn once the interview is.
        """
        now = _now()
        redone = not queue and finish is None  # the step runs again from the answer
        with writing(self._engine, may_be_redone=redone) as session:
            ended = _lock(session, interview_id)
            expected = _next_seq(session, interview_id)
            rows: list[TurnRow] = []
            for new in turns:
                if new.seq != expected:
                    rows.append(_said(session, interview_id, new.seq, expected))
                    continue
                if ended is not None:
                    raise ended
                rows.append(self._row(interview_id, new, now))
                expected += 1
            session.add_all(rows)
            for question_no, question_id in queue:
                self._queue(session, interview_id, question_no, question_id, now)
            if finish is not None and ended is None:
                _end(session, interview_id, self._clean(finish), now)
            elif any(row.id is None for row in rows):
                _touch(session, interview_id, now)
            return [turn_of(row) for row in rows]

    def finish(self, interview_id: str, because: str) -> None:
        """End the interview. Once it has ended, its time and reason stay as they are."""
        with writing(self._engine) as session:
            if _lock(session, interview_id) is None:
                _end(session, interview_id, self._clean(because), _now())

    def save_verdicts(
        self, interview_id: str, question_no: int, verdicts: Sequence[NewVerdict]
    ) -> None:
        """Store a question's verdicts and mark its grading done.

        A verdict replaces the earlier one on its criterion; earlier verdicts on
        other criteria stay. The stored report goes, as it no longer holds. Raises
        NotStored if the question was never queued.
        """
        now = _now()
        latest = {self._clean(verdict.criterion_id): verdict for verdict in verdicts}
        with writing(self._engine) as session:
            _lock(session, interview_id)
            grading = _grading(session, interview_id, question_no)
            for criterion_id, verdict in latest.items():
                session.merge(
                    VerdictRow(
                        interview_id=interview_id,
                        question_no=question_no,
                        criterion_id=criterion_id,
                        status=self._clean(verdict.status),
                        score=verdict.score,
                        confidence=verdict.confidence,
                        reason=self._clean(verdict.reason),
                        quotes=clean_document(quotes_in(verdict)),
                        strategy=self._clean(verdict.strategy),
                        model=self._clean(verdict.model),
                        prompt_digest=verdict.prompt_digest,
                        pack_digest=verdict.pack_digest,
                        model_digest=verdict.model_digest,
                        graded_at=now,
                    )
                )
            grading.state, grading.error, grading.updated_at = "done", None, now
            session.exec(delete(ReportRow).where(col(ReportRow.interview_id) == interview_id))
            _touch(session, interview_id, now)

    def fail_grading(self, interview_id: str, question_no: int, error: str) -> None:
        """Mark a question's grading failed, and count the attempt. Raises NotStored."""
        with writing(self._engine) as session:
            _lock(session, interview_id)
            grading = _grading(session, interview_id, question_no)
            grading.state, grading.error = "failed", self._clean(error)
            grading.attempts += 1
            grading.updated_at = _now()

    def requeue(self, interview_id: str, question_no: int | None) -> int:
        """Put a question back into the queue, or with None every one that failed.

        Attempts count from 0 again. Verdicts stay until new ones replace them.
        Returns how many are pending because of this call. Raises NotStored for a
        question that was never queued.
        """
        now = _now()
        with writing(self._engine) as session:
            _lock(session, interview_id)
            if question_no is None:
                chosen = session.exec(
                    select(GradingRow).where(
                        GradingRow.interview_id == interview_id, GradingRow.state == "failed"
                    )
                ).all()
            else:
                chosen = [_grading(session, interview_id, question_no)]
            for grading in chosen:
                grading.state, grading.error, grading.attempts = "pending", None, 0
                grading.updated_at = now
            return len(chosen)

    def save_report(self, interview_id: str, document: Document) -> None:
        """Store the report, in place of an earlier one."""
        with writing(self._engine) as session:
            _lock(session, interview_id)
            session.merge(
                ReportRow(
                    interview_id=interview_id, made_at=_now(), document=clean_document(document)
                )
            )
        settle(self._engine)

    def _clean(self, text: str) -> str:
        return clean_text(text, keep_nul=self._keep_nul)

    def _row(self, interview_id: str, new: NewTurn, now: datetime) -> TurnRow:
        return TurnRow(
            interview_id=interview_id,
            seq=new.seq,
            at=now,
            speaker="interviewer",
            kind=self._clean(new.kind),
            round_no=new.round_no,
            question_no=new.question_no,
            question_id=new.question_id,
            criterion_id=new.criterion_id,
            seconds=new.seconds,
            key=None,
            detail=clean_document(new.detail),
            text=self._clean(new.text),
        )

    def _queue(
        self, session: Session, interview_id: str, question_no: int, question_id: str, now: datetime
    ) -> None:
        if session.get(GradingRow, (interview_id, question_no)) is None:
            session.add(
                GradingRow(
                    interview_id=interview_id,
                    question_no=question_no,
                    question_id=self._clean(question_id),
                    state="pending",
                    attempts=0,
                    error=None,
                    updated_at=now,
                )
            )


def _now() -> datetime:
    return datetime.now(UTC)


def _lock(session: Session, interview_id: str) -> Finished | None:
    """Keep other writers off the interview; return the error to raise if it has ended.

    SQLite's transaction holds the whole database already and ignores FOR UPDATE;
    on PostgreSQL the row's lock makes the writers of one interview wait in line.
    """
    found = session.exec(
        select(InterviewRow.status, InterviewRow.ended_because)
        .where(InterviewRow.id == interview_id)
        .with_for_update()
    ).first()
    if found is None:
        raise NotStored(
            f"There is no interview {interview_id}.", "`greenroom history` lists those there are."
        )
    status, because = found
    return Finished(interview_id, because) if status == "finished" else None


def _next_seq(session: Session, interview_id: str) -> int:
    last = session.exec(
        select(func.max(TurnRow.seq)).where(TurnRow.interview_id == interview_id)
    ).one()
    return 0 if last is None else last + 1


def _turn_at(session: Session, interview_id: str, seq: int) -> TurnRow | None:
    return session.exec(
        select(TurnRow).where(TurnRow.interview_id == interview_id, TurnRow.seq == seq)
    ).first()


def _taken(session: Session, interview_id: str, seq: int, expected: int) -> TurnTaken:
    existing = _turn_at(session, interview_id, seq)
    return TurnTaken(interview_id, seq, expected, turn_of(existing) if existing else None)


def _said(session: Session, interview_id: str, seq: int, expected: int) -> TurnRow:
    """Return what the interviewer has said as turn `seq` already, or raise TurnTaken."""
    existing = _turn_at(session, interview_id, seq)
    if existing is None or existing.speaker != "interviewer":
        raise _taken(session, interview_id, seq, expected)
    return existing


def _touch(session: Session, interview_id: str, now: datetime) -> None:
    session.exec(
        update(InterviewRow).where(col(InterviewRow.id) == interview_id).values(updated_at=now)
    )


def _end(session: Session, interview_id: str, because: str, now: datetime) -> None:
    session.exec(
        update(InterviewRow)
        .where(col(InterviewRow.id) == interview_id)
        .values(status="finished", ended_at=now, ended_because=because, updated_at=now)
    )


def _grading(session: Session, interview_id: str, question_no: int) -> GradingRow:
    row = session.get(GradingRow, (interview_id, question_no))
    if row is None:
        raise NotStored(
            f"Question {question_no} of interview {interview_id} was never queued for grading.",
            "Queue it when its last turn is stored.",
        )
    return row
