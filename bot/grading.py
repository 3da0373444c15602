"""Grading that survives: a queue in the store, one question at a time, off the critical path."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from threading import Event, Thread

from bot.domain import CANDIDATE, INTERVIEWER, Act, Plan, Turn, Verdict
from bot.errors import GreenroomError, NotFound
from bot.judge import Judge
from bot.nodes import ANSWERING
from bot.recording import storing, turn_from
from bot.scoring import supported, with_hints
from rubrics.schema import Question
from store.archive import Archive
from store.journal import Journal
from store.records import Grading, NewVerdict
from store.records import Quote as StoredQuote

_log = logging.getLogger(__name__)
_IDLE_SECONDS = 5.0


class Grader:
    """Takes questions off the queue and stores their verdicts."""

    def __init__(
        self,
        journal: Journal,
        archive: Archive,
        judge: Judge,
        question: Callable[[str], Question],
    ) -> None:
        self._journal = journal
        self._archive = archive
        self._judge = judge
        self._question = question

    def grade_pending(self, interview_id: str | None = None) -> int:
        """Grade all that is queued, of one interview or of all; return how many were tried."""
        with storing():
            queued = self._archive.gradings(interview_id, "pending")
        for grading in queued:
            self._grade(grading)
        return len(queued)

    def _grade(self, grading: Grading) -> None:
        try:
            question = self._question(grading.question_id)
        except LookupError:
            self._fail(
                grading,
                f"The question {grading.question_id} is in no pack any more. "
                "Bring its pack back, then grade again.",
            )
            return
        try:
            with storing():
                turns = [turn_from(t) for t in self._archive.turns(grading.interview_id)]
                plan = Plan.model_validate(self._archive.interview(grading.interview_id).plan)
            mine = [t for t in turns if t.question_no == grading.question_no]
            verdicts = verdicts_on(self._judge, question, mine, plan.pack_digest)
            with storing():
                self._journal.save_verdicts(
                    grading.interview_id, grading.question_no, [_stored(v) for v in verdicts]
                )
        except GreenroomError as error:
            _log.warning("question %s could not be graded: %s", grading.question_id, error.message)
            self._fail(grading, str(error))
        except Exception as error:  # whatever it is, it costs one question and not the report
            _log.exception("question %s could not be graded", grading.question_id)
            self._fail(
                grading,
                f"Greenroom itself went wrong ({type(error).__name__}). "
                "Grade again; if it stays, the log names the place to report.",
            )

    def _fail(self, grading: Grading, why: str) -> None:
        try:
            with storing():
                self._journal.fail_grading(grading.interview_id, grading.question_no, why)
        except NotFound:
            _log.info("an interview was deleted while it was graded")


def verdicts_on(
    judge: Judge, question: Question, turns: list[Turn], pack_digest: str
) -> tuple[Verdict, ...]:
    """Grade one question's turns: the judge proposes, the transcript and the hints decide."""
    answers = [t for t in turns if t.speaker == CANDIDATE and t.kind in ANSWERING]
    given = [t.text for t in turns if t.speaker == INTERVIEWER]
    hints = Counter(t.criterion_id for t in turns if t.kind == Act.HINT and t.criterion_id)
    material = judge.material(question, answers, given)
    proposed = judge.grade(material, pack_digest)
    return tuple(with_hints(supported(v, answers), hints[v.criterion_id]) for v in proposed)


class GradingWorker:
    """A thread that grades whenever something is queued. One for each process."""

    def __init__(self, grader: Callable[[], Grader]) -> None:
        self._grader = grader
        self._wake = Event()
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="grading", daemon=True)

    def start(self) -> None:
        """Begin; what an earlier process left in the queue comes first."""
        self._thread.start()

    def wake(self) -> None:
        """Say that something was queued."""
        self._wake.set()

    def stop(self) -> None:
        """End after the question in hand."""
        self._stopping.set()
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self._grader().grade_pending()
            except GreenroomError as error:  # the queue is in the store: the next round finds it
                _log.warning("grading waits: %s", error.message)
            self._wake.wait(_IDLE_SECONDS)


def _stored(verdict: Verdict) -> NewVerdict:
    return NewVerdict(
        criterion_id=verdict.criterion_id,
        status=verdict.status.value,
        reason=verdict.reason,
        quotes=tuple(StoredQuote(q.text, q.seq, q.start, q.end) for q in verdict.quotes),
        strategy=verdict.strategy,
        model=verdict.model,
        prompt_digest=verdict.prompt_digest,
        pack_digest=verdict.pack_digest,
        model_digest=verdict.model_digest,
        score=verdict.score,
        confidence=verdict.confidence,
    )
