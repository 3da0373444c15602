"""Play one interview to its report: with a person at the terminal, or from given answers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from uuid import uuid4

from bot.domain import CANDIDATE, Action, Turn, Typed
from bot.errors import BadAnswer
from bot.interview import Interviews
from bot.views import View
from ui import chat, console
from ui.answers import Given, unused
from ui.telling import EventTeller, PageTeller, Teller

FINISHED = "finished"
_RAN_OUT = "The answers have run out, so the interview ends here."
_LOOK_SECONDS = 0.3


def audience(*, json: bool) -> EventTeller | PageTeller:
    """Return whoever is told: a program that reads events, or a person."""
    return EventTeller() if json else PageTeller()


def play(
    interviews: Interviews,
    interview_id: str,
    teller: EventTeller | PageTeller,
    given: Sequence[Given] | None,
    *,
    resumed: bool = False,
) -> None:
    """Go on from where the interview stands until its report is made.

    `given` holds the answers of the whole interview; None asks a person.
    Raises what `Interviews` raises; what was answered by then is kept.
    """
    before = interviews.view(interview_id)
    left = None if given is None else unused(given, before.turns)
    teller.begun(before, interviews.model_status, resumed=resumed)
    watch = _Grading(interviews, interview_id, teller)
    latest = interviews.retry(interview_id) if before.waiting_for_reply else []
    view = interviews.view(interview_id)
    if latest:
        teller.said(view, latest)
    else:
        teller.said(view, _last_words(view), repeated=resumed)
    if view.status != FINISHED:
        if left is None:
            _converse(interviews, view, teller, watch)
        else:
            _recite(interviews, view, teller, watch, left)
    elif resumed:
        interviews.regrade(interview_id)  # those that failed; it does nothing otherwise
    watch.finish()


def _recite(
    interviews: Interviews, view: View, teller: Teller, watch: _Grading, left: Sequence[Given]
) -> None:
    for number, one in enumerate(left, 1):
        if view.status == FINISHED:
            over = len(left) - number + 1
            console.note(f"The interview is over; {over} of the answers were not used.")
            return
        console.note(f"answer {number} of {len(left)}")
        view = _give(interviews, view, teller, one.action or one.text)
        watch.look()
    if view.status != FINISHED:
        teller.noted(view, _RAN_OUT)
        _give(interviews, view, teller, Action.END)


def _converse(interviews: Interviews, view: View, teller: Teller, watch: _Grading) -> None:
    chat.prepare_editing()
    teller.noted(view, chat.HELP)
    while view.status != FINISHED:
        try:
            answer = chat.ask(lambda text, view=view: teller.noted(view, text))  # type: ignore[misc]
            view = _give(interviews, view, teller, answer)
        except BadAnswer as error:
            teller.noted(view, str(error))
        watch.look()


def _give(interviews: Interviews, view: View, teller: Teller, answer: chat.Answer) -> View:
    """Hand one answer in and tell the reply; return the view after it."""
    key = uuid4().hex
    with _busy(teller, "thinking"):
        if isinstance(answer, Action):
            said = interviews.act(view.id, answer, seq=view.next_seq, key=key)
        else:
            said = interviews.answer(view.id, Typed(answer, key), seq=view.next_seq)
    after = interviews.view(view.id)
    teller.said(after, said)
    return after


class _Grading:
    """Tells verdicts as they come, each once."""

    def __init__(self, interviews: Interviews, interview_id: str, teller: Teller) -> None:
        self._interviews = interviews
        self._id = interview_id
        self._teller = teller
        self._told: set[int] = set()
        self._failed: set[int] = set()

    def look(self) -> int:
        """Tell what has been graded since the last look; return how many questions are pending."""
        report = self._interviews.report(self._id)
        view = self._interviews.view(self._id)
        for question in (q for r in report.rounds for q in r.questions):
            if question.state == "done" and question.question_no not in self._told:
                self._told.add(question.question_no)
                for criterion in question.criteria:
                    self._teller.graded(view, question, criterion)
        for failure in report.failed:
            if failure.question_no not in self._failed:
                self._failed.add(failure.question_no)
                console.note(f"not graded: {failure.question_title}. {failure.error}")
        return report.pending

    def finish(self) -> None:
        """Wait for what is still being graded, then tell the report."""
        pending = self.look()
        if pending:
            console.note(f"grading: {pending} to go")
        with _busy(self._teller, "grading"):
            while not self._interviews.finish_grading(self._id, timeout=_LOOK_SECONDS):
                was, pending = pending, self.look()
                if pending != was and pending:
                    console.note(f"grading: {pending} to go")
        self.look()
        if self._failed:
            short = self._id[:8]
            console.note(f"What could not be graded can be tried again: greenroom resume {short}")
        view = self._interviews.view(self._id)
        self._teller.reported(view, self._interviews.report(self._id))


def _last_words(view: View) -> list[Turn]:
    """Return what the interviewer said since the candidate last spoke."""
    said = [t.seq for t in view.turns if t.speaker == CANDIDATE]
    return [t for t in view.turns if t.seq > max(said, default=-1)]


def _busy(teller: Teller, text: str) -> AbstractContextManager[None]:
    return teller.busy(text) if isinstance(teller, PageTeller) else nullcontext()
