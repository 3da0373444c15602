"""The only door for ui: plan, start, answer, act, retry, view, report, grade.

One answer is one run of the graph, one reply, and one transaction: the answer
is stored before anything else happens, the reply with the cursor after it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock, RLock, Thread
from typing import Any

from bot.debrief import practice_report, report_of
from bot.domain import CANDIDATE, INTERVIEWER, Act, Action, Intent, Plan, Turn, Typed
from bot.errors import BadAnswer, NotFound, TryAgain
from bot.grading import Grader, GradingWorker, verdicts_on
from bot.graph import build
from bot.judge import Judge
from bot.nodes import Step, Tools
from bot.offering import offered_questions, offered_tracks
from bot.planning import make_plan
from bot.policy import planned_question
from bot.recording import storing, turn_from
from bot.report import PracticeReport, Report
from bot.state import Cursor, Phase
from bot.views import ModelStatus, QuestionInfo, TrackInfo, View
from bot.writing import cursor_of, new_turns
from rubrics.loader import Library
from rubrics.schema import Level, Question
from store.archive import Archive
from store.journal import Journal
from store.records import HistoryEntry, NewInterview

LONGEST_ANSWER = 50_000
_ACTS = {
    Action.HINT: (Intent.HINT, "(asked for a hint)"),
    Action.REPEAT: (Intent.REPEAT, "(asked to hear it again)"),
    Action.SKIP: (Intent.SKIP, "(skipped this question)"),
    Action.END: (Intent.STOP, "(ended the interview)"),
}
_RECENT = 60


@dataclass(frozen=True)
class Models:
    """What the interviewer thinks with, and where it stands."""

    tools: Tools
    judge: Judge
    status: Callable[[], ModelStatus]


class Interviews:
    """All interviews in one store. Safe to use from many threads."""

    def __init__(
        self, library: Library, journal: Journal, archive: Archive, models: Models
    ) -> None:
        self._library = library
        self._journal = journal
        self._archive = archive
        self._models = models
        self._graph = build(models.tools)
        self._grader = Grader(journal, archive, models.judge, self._question)
        self._worker: GradingWorker | None = None
        self._plans: dict[str, Plan] = {}
        self._locks: defaultdict[str, RLock] = defaultdict(RLock)
        self._guard = Lock()

    # -- what there is ----------------------------------------------------------

    @property
    def model_status(self) -> ModelStatus:
        """What the model is, whether it is ready, and whether anything leaves the machine."""
        return self._models.status()

    def tracks(self) -> list[TrackInfo]:
        """Return every loop that can be played."""
        return offered_tracks(self._library)

    def questions(self) -> list[QuestionInfo]:
        """Return the whole question bank, without criteria or outlines."""
        return offered_questions(self._library)

    def plan(
        self,
        track: str,
        *,
        rounds: Sequence[str] | None = None,
        questions: int | None = None,
        minutes: int | None = None,
        level: Level | None = None,
    ) -> Plan:
        """Return a plan. Raises NotFound for an unknown track or round, CallerError otherwise."""
        try:
            pack, found = self._library.track(track)
        except LookupError as error:
            raise NotFound(sentence(error), "`greenroom packs list` shows them all.") from error
        with storing():
            recent = self._archive.recent_question_ids(track, _RECENT)
        return make_plan(
            pack,
            found,
            rounds=rounds,
            questions=questions,
            minutes=minutes,
            level=level,
            recent=recent,
            seed=len(recent),
        )

    # -- the conversation -------------------------------------------------------

    def start(self, plan: Plan) -> str:
        """Begin an interview and say its first words; return its id."""
        company, _, role = plan.track.partition("/")
        record = NewInterview(
            track=plan.track,
            company=company,
            role=role,
            level=plan.level.value,
            plan=plan.model_dump(mode="json"),
            pack_version=plan.pack_version,
            pack_digest=plan.pack_digest,
            model=self._models.status().label,
        )
        with storing():
            self._journal.begin(record)
        self._step(record.id)
        Thread(target=self._prepare, args=(plan,), name="preparing", daemon=True).start()
        return record.id

    def _prepare(self, plan: Plan) -> None:
        """Get the questions' wordings ready while the candidate thinks: they cost time once."""
        for round_ in plan.rounds:
            for planned in round_.questions:
                self._models.tools.coverage.prepare(self._question(planned.question_id))

    def answer(self, interview_id: str, typed: Typed, *, seq: int) -> list[Turn]:
        """Store an answer, then reply; return what the interviewer says.

        `seq` is the `View.next_seq` that the candidate saw. Raises BadAnswer if
        the text is too long, AnsweredElsewhere if that turn has another answer.
        """
        if len(typed.text) > LONGEST_ANSWER:
            raise BadAnswer(
                f"That answer has {len(typed.text):,} characters.",
                f"Keep it under {LONGEST_ANSWER:,}; a real interviewer stops you sooner.",
            )
        arrived = time.monotonic()
        with self._lock(interview_id):
            cursor = self._accept(interview_id, seq, typed.text, typed.key)
            return self._step(interview_id, arrived, cursor)

    def act(self, interview_id: str, action: Action, *, seq: int, key: str) -> list[Turn]:
        """Do what a button asks for; stored like an answer, so that nothing happens twice."""
        intent, words = _ACTS[action]
        arrived = time.monotonic()
        with self._lock(interview_id):
            cursor = self._accept(interview_id, seq, words, key, intent)
            return self._step(interview_id, arrived, cursor)

    def retry(self, interview_id: str) -> list[Turn]:
        """Make the reply that is due, after an error or a crash; nothing if none is due."""
        with self._lock(interview_id):
            return self._step(interview_id)

    def view(self, interview_id: str) -> View:
        """Return where the interview stands. Raises NotFound."""
        with storing():
            record = self._archive.interview(interview_id)
            turns = tuple(turn_from(t) for t in self._archive.turns(interview_id))
        plan = self._plan_of(interview_id)
        cursor = cursor_of(turns) or Cursor()
        return View(
            id=interview_id,
            plan=plan,
            status=record.status,
            turns=turns,
            next_seq=len(turns),
            waiting_for_reply=not turns or turns[-1].speaker == CANDIDATE,
            round_no=cursor.round_no,
            question_no=cursor.question_no,
            seconds_left_in_round=max(
                0.0, plan.rounds[cursor.round_no].minutes * 60.0 - cursor.active_seconds
            ),
            hints_used=sum(t.kind == Act.HINT and t.criterion_id is not None for t in turns),
            phase=cursor.phase.value,
            ended_because=record.ended_because,
        )

    # -- afterwards -------------------------------------------------------------

    def report(self, interview_id: str) -> Report:
        """Return the report as far as grading has come. Raises NotFound."""
        with storing():
            record = self._archive.interview(interview_id)
            turns = [turn_from(t) for t in self._archive.turns(interview_id)]
            verdicts = self._archive.verdicts(interview_id)
            gradings = self._archive.gradings(interview_id)
        return report_of(
            record, self._plan_of(interview_id), turns, verdicts, gradings, self._library
        )

    def regrade(self, interview_id: str, question_no: int | None = None) -> int:
        """Queue one question again, or all that failed; return how many."""
        with storing():
            count = self._journal.requeue(interview_id, question_no)
        self._wake()
        return count

    def finish_grading(self, interview_id: str, timeout: float | None = None) -> bool:
        """Grade what is pending here and now, or wait for the worker; False if time ran out."""
        if self._worker is None:
            self._grader.grade_pending(interview_id)
            return True
        self._worker.wake()
        end = None if timeout is None else time.monotonic() + timeout
        while end is None or time.monotonic() < end:
            with storing():
                if not self._archive.gradings(interview_id, "pending"):
                    return True
            time.sleep(0.1)
        return False

    def grade(self, question_id: str, answer: str) -> PracticeReport:
        """Grade one answer outside an interview. Raises NotFound, BadAnswer, ModelUnavailable."""
        try:
            pack, question = self._library.question(question_id)
        except LookupError as error:
            raise NotFound(sentence(error), "`greenroom packs show TRACK` lists ids.") from error
        if len(answer) > LONGEST_ANSWER:
            raise BadAnswer(
                f"That answer has {len(answer):,} characters.", f"Keep it under {LONGEST_ANSWER:,}."
            )
        begun = time.monotonic()
        turn = Turn(0, CANDIDATE, Intent.ANSWER.value, answer, datetime.now(UTC))
        verdicts = verdicts_on(self._models.judge, question, [turn], pack.digest)
        return practice_report(pack, question, verdicts, time.monotonic() - begun)

    def history(self, *, limit: int = 50, offset: int = 0) -> list[HistoryEntry]:
        """Return interviews, newest first."""
        with storing():
            return self._archive.interviews(limit=limit, offset=offset)

    def export(self, interview_id: str) -> dict[str, Any]:
        """Return everything of one interview, ready for JSON. Raises NotFound."""
        with storing():
            return {
                **self._archive.export(interview_id),
                "report": self.report(interview_id).to_json(),
            }

    def delete(self, interview_id: str) -> None:
        """Delete an interview and all that belongs to it. Raises NotFound."""
        with self._lock(interview_id), storing():
            self._archive.interview(interview_id)
            self._archive.delete(interview_id)

    # -- background -------------------------------------------------------------

    def start_worker(self) -> None:
        """Grade in the background from now on, beginning with what was left over."""
        with self._guard:
            if self._worker is None:
                self._worker = GradingWorker(lambda: self._grader)
                self._worker.start()

    def _wake(self) -> None:
        if self._worker is not None:
            self._worker.wake()

    def _lock(self, interview_id: str) -> RLock:
        with self._guard:
            return self._locks[interview_id]

    def _question(self, question_id: str) -> Question:
        return self._library.question(question_id)[1]

    def _plan_of(self, interview_id: str) -> Plan:
        plan = self._plans.get(interview_id)
        if plan is None:
            with storing():
                plan = Plan.model_validate(self._archive.interview(interview_id).plan)
            self._plans[interview_id] = plan
        return plan

    def _accept(
        self, interview_id: str, seq: int, text: str, key: str, intent: Intent = Intent.ANSWER
    ) -> Cursor | None:
        """Store a turn; return the cursor if the interviewer had spoken last, as is usual."""
        plan = self._plan_of(interview_id)
        with storing():
            latest = [turn_from(t) for t in self._archive.last_turns(interview_id, 1)]
        if not latest or (latest[-1].speaker == CANDIDATE and seq > latest[-1].seq):
            # Two answers without a reply between them would lose the interview's place.
            raise TryAgain(
                "The interviewer has not replied yet.",
                "Retry, or run `greenroom resume`, and answer then; what was said before is safe.",
            )
        cursor = cursor_of(latest) or Cursor()
        asking = cursor.phase is Phase.ASKING
        with storing():
            self._journal.accept(
                interview_id,
                seq=seq,
                text=text,
                key=key,
                kind=intent.value,
                round_no=cursor.round_no,
                question_no=cursor.question_no if asking else None,
                question_id=planned_question(plan, cursor).question_id if asking else None,
            )
        return cursor if latest[-1].speaker == INTERVIEWER else None

    def _step(
        self, interview_id: str, arrived: float | None = None, cursor: Cursor | None = None
    ) -> list[Turn]:
        """Run the graph once for the latest turn, and store what the interviewer says."""
        began = time.monotonic() if arrived is None else arrived
        step = self._before(interview_id, cursor)
        if step is None:
            return []
        after: Step = self._graph.invoke(step)
        turn = step["turn"]
        intent = after.get("intent")
        if turn is not None and intent is not None and intent.value != turn.kind:
            with storing():
                self._journal.classify(interview_id, turn.seq, intent.value, {})
        new = new_turns(step, after, time.monotonic() - began)
        with storing():
            stored = self._journal.say(
                interview_id, new, queue=after.get("queue", ()), finish=after.get("finish")
            )
        if after.get("queue"):
            self._wake()
        return [turn_from(t) for t in stored]

    def _before(self, interview_id: str, cursor: Cursor | None) -> Step | None:
        """Return the step that is due, or None if the interviewer has spoken last.

        `cursor` is the interview's place if the caller has just read it.
        """
        plan = self._plan_of(interview_id)
        if cursor is None:
            with storing():
                latest = [turn_from(t) for t in self._archive.last_turns(interview_id, 2)]
            if not latest:
                return Step(
                    interview_id=interview_id,
                    plan=plan,
                    cursor=Cursor(),
                    turn=None,
                    turns=(),
                    lines=(),
                )
            cursor = cursor_of(latest) or Cursor()
        with storing():
            since = [
                turn_from(t) for t in self._archive.turns(interview_id, cursor.question_seq - 1)
            ]
        if not since or since[-1].speaker == INTERVIEWER:
            return None
        return Step(
            interview_id=interview_id,
            plan=plan,
            cursor=cursor,
            turn=since[-1],
            turns=tuple(since),
            lines=(),
        )


def words_for(action: Action) -> str:
    """Return what stands in the transcript where the candidate pressed a button."""
    return _ACTS[action][1]


def sentence(error: LookupError) -> str:
    """Return a library's complaint as a sentence for people."""
    text = str(error.args[0])
    return f"{text[:1].upper()}{text[1:].rstrip('.?')}{'?' if text.endswith('?') else '.'}"


__all__ = [
    "LONGEST_ANSWER",
    "HistoryEntry",
    "Interviews",
    "Models",
    "PracticeReport",
    "Report",
]
