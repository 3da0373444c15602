"""Grading off a real database: what fails is named, alone, and can be graded again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.backends.encoder import Encoder
from bot.backends.scripted import Call, Choose, ScriptedChat
from bot.coverage import Coverage
from bot.domain import Plan
from bot.errors import ModelNonsense, ModelUnavailable
from bot.grading import Grader, GradingWorker
from bot.interview import Interviews, Models
from bot.judge import Judge
from bot.manipulation import Sieve
from bot.nodes import Tools
from bot.phrases import Phrases
from bot.report import Report
from bot.understanding import Listener
from bot.views import ModelStatus
from rubrics.loader import Library
from store.archive import Archive
from store.engine import open_store
from store.journal import Journal
from store.records import NewInterview, NewTurn

YES = {"Yes": 0.98, "No": 0.02}


class Desk:
    """One finished interview of two questions, in a database of its own, and its grader."""

    def __init__(self, folder: Path, library: Library, encoder: Encoder) -> None:
        self.engine = open_store(f"sqlite:///{folder / 'greenroom.db'}")
        self.journal, self.archive = Journal(self.engine), Archive(self.engine)
        self.library, self.encoder = library, encoder
        pack, track = library.track("general/software-engineer")
        self.pack = pack
        names = [q.id for q in pack.questions("behaviour")][:2]
        self.questions = [library.question(n)[1] for n in names]
        self.plan = _plan(pack.digest, names)
        record = NewInterview(
            track="general/software-engineer",
            company="general",
            role=track.role,
            level="mid",
            plan=self.plan.model_dump(mode="json"),
            pack_version="1",
            pack_digest=pack.digest,
            model="scripted",
        )
        self.id = self.journal.begin(record).id
        for no, question in enumerate(self.questions):
            self.play(no, question.id, question.prompt, question.strong_answer())

    def play(self, no: int, question_id: str, prompt: str, answer: str) -> None:
        place = {"round_no": 0, "question_no": no, "question_id": question_id}
        ask = NewTurn(3 * no, prompt, "question", **place)
        self.journal.say(self.id, [ask])
        self.journal.accept(self.id, seq=3 * no + 1, text=answer, key=str(no), **place)
        last = NewTurn(3 * no + 2, "Thanks.", "transition", **place)
        self.journal.say(self.id, [last], queue=[(no, question_id)])

    def grader(self, *script: Call) -> Grader:
        chat = ScriptedChat(script, otherwise=YES)
        judge = Judge(chat, Coverage(self.encoder), Sieve(self.encoder))
        return Grader(self.journal, self.archive, judge, lambda q: self.library.question(q)[1])

    def interviews(self) -> Interviews:
        coverage, sieve = Coverage(self.encoder), Sieve(self.encoder)
        chat = ScriptedChat(otherwise=YES)
        tools = Tools(
            question=lambda q: self.library.question(q)[1],
            company_facts=lambda _: (),
            encoder=self.encoder,
            coverage=coverage,
            sieve=sieve,
            listener=Listener(self.encoder.share_known),
            chat=chat,
            phrases=Phrases(),
        )
        status = ModelStatus("ready", "scripted", "", leaves_machine=False)
        models = Models(tools, Judge(chat, coverage, sieve), lambda: status)
        return Interviews(self.library, self.journal, self.archive, models)

    def report(self) -> Report:
        return self.interviews().report(self.id)

    def states(self) -> list[str]:
        found = sorted(self.archive.gradings(self.id), key=lambda g: g.question_no)
        return [g.state for g in found]


def _plan(digest: str, names: list[str]) -> Plan:
    questions = [{"question_id": n, "minutes": 10, "why": "because"} for n in names]
    round_ = {
        "round_id": "behaviour",
        "title": "Behaviour",
        "minutes": 20,
        "interviewer": "Leila",
        "interviewer_role": "manager",
        "opening": "Hello.",
        "closing": "Thanks.",
        "questions": questions,
    }
    return Plan.model_validate(
        {
            "track": "general/software-engineer",
            "company": "General",
            "role_title": "Software engineer",
            "level": "mid",
            "pack_version": "1",
            "pack_digest": digest,
            "rounds": [round_],
        }
    )


@pytest.fixture
def desk(tmp_path: Path, library: Library, encoder: Encoder) -> Iterator[Desk]:
    desk = Desk(tmp_path, library, encoder)
    yield desk
    desk.engine.dispose()


def test_all_that_is_queued_is_graded(desk: Desk) -> None:
    assert desk.grader().grade_pending() == 2
    assert desk.states() == ["done", "done"]
    report = desk.report()
    assert (report.pending, report.failed, report.signal) == (0, (), "strong yes")
    quotes = [q for r in report.rounds for x in r.questions for c in x.criteria for q in c.quotes]
    said = {t.seq: t.text for t in desk.archive.turns(desk.id)}
    assert quotes and all(said[q.seq][q.start : q.end] == q.text for q in quotes)


def test_nothing_is_graded_twice(desk: Desk) -> None:
    desk.grader().grade_pending()
    assert desk.grader().grade_pending() == 0


def test_a_question_that_fails_leaves_the_others_and_is_named(desk: Desk) -> None:
    gone = ModelUnavailable("The model can't be reached.", "Retry.")
    desk.grader(Choose(gone)).grade_pending()
    assert desk.states() == ["failed", "done"]
    report = desk.report()
    assert [(f.question_no, f.question_title) for f in report.failed] == [
        (0, desk.questions[0].title)
    ]
    assert "can't be reached" in report.failed[0].error
    assert "can't be reached" in report.to_markdown()
    assert report.rounds[0].questions[1].points is not None


def test_what_failed_can_be_graded_again(desk: Desk) -> None:
    gone = ModelUnavailable("The model can't be reached.", "Retry.")
    desk.grader(Choose(gone)).grade_pending()
    interviews = desk.interviews()
    assert interviews.regrade(desk.id) == 1
    assert desk.report().pending == 1
    assert interviews.finish_grading(desk.id)
    assert (desk.states(), desk.report().failed) == (["done", "done"], ())


def test_what_was_graded_can_be_graded_again_by_itself(desk: Desk) -> None:
    desk.grader().grade_pending()
    interviews = desk.interviews()
    assert interviews.regrade(desk.id, 1) == 1
    assert desk.states() == ["done", "pending"]
    assert interviews.regrade(desk.id) == 0, "without a number only what failed is queued"


def test_one_bad_reply_costs_one_criterion_and_not_the_question(desk: Desk) -> None:
    desk.grader(Choose(ModelNonsense("It mumbled.", "Try again."))).grade_pending()
    assert desk.states() == ["done", "done"]
    report = desk.report()
    assert report.unscored == 1
    first = report.rounds[0].questions[0].criteria[0]
    assert (first.status, first.score, first.quotes) == ("unscored", None, ())
    assert "mumbled" in first.reason


def test_an_error_of_ours_costs_one_question_and_not_the_worker(desk: Desk) -> None:
    desk.grader(Choose(KeyError("A"))).grade_pending()
    assert desk.states() == ["failed", "done"]
    assert "KeyError" in desk.report().failed[0].error


def test_a_question_that_left_its_pack_is_named(desk: Desk) -> None:
    judge = Judge(ScriptedChat(otherwise=YES), Coverage(desk.encoder), Sieve(desk.encoder))

    def gone(question_id: str) -> object:
        raise LookupError(f"there is no question '{question_id}'")

    Grader(desk.journal, desk.archive, judge, gone).grade_pending()  # type: ignore[arg-type]
    assert desk.states() == ["failed", "failed"]
    assert "in no pack any more" in desk.report().failed[0].error


def test_a_hint_costs_part_of_what_it_led_to(desk: Desk) -> None:
    no, question = 2, desk.questions[0]
    place = {"round_no": 0, "question_no": no, "question_id": question.id}
    criterion = question.criteria[2]
    desk.journal.say(desk.id, [NewTurn(6, question.prompt, "question", **place)])
    desk.journal.accept(desk.id, seq=7, text="A hint?", key="h", **place)
    desk.journal.classify(desk.id, 7, "hint", {})
    hint = NewTurn(8, criterion.hint, "hint", criterion_id=criterion.id, **place)
    desk.journal.say(desk.id, [hint])
    desk.journal.accept(desk.id, seq=9, text=question.strong_answer(), key="a", **place)
    last = NewTurn(10, "Thanks.", "transition", **place)
    desk.journal.say(desk.id, [last], queue=[(no, question.id)])
    desk.grader().grade_pending()
    verdicts = {(v.question_no, v.criterion_id): v.score for v in desk.archive.verdicts(desk.id)}
    plain, hinted = verdicts[0, criterion.id], verdicts[2, criterion.id]
    assert plain is not None and hinted == pytest.approx(0.75 * plain)


def test_an_interview_deleted_meanwhile_stops_nobody(desk: Desk) -> None:
    class Deleting(ScriptedChat):
        """Deletes the interview while its first answer is graded, as a page may."""

        def choose(self, *args: object, **kwargs: object) -> dict[str, float]:  # type: ignore[override]
            if desk.archive.interviews(10):
                desk.archive.delete(desk.id)
            return YES

    judge = Judge(Deleting(), Coverage(desk.encoder), Sieve(desk.encoder))
    grader = Grader(desk.journal, desk.archive, judge, lambda q: desk.library.question(q)[1])
    assert grader.grade_pending() == 2
    assert desk.archive.gradings() == []


def test_the_worker_grades_what_was_left_over_and_what_comes(desk: Desk) -> None:
    grader = desk.grader()
    worker = GradingWorker(lambda: grader)
    worker.start()
    _until(lambda: desk.states() == ["done", "done"])
    desk.journal.requeue(desk.id, 0)
    worker.wake()
    _until(lambda: desk.states() == ["done", "done"])
    worker.stop()
    worker._thread.join(5.0)
    assert not [t for t in threading.enumerate() if t.name == "grading" and t.is_alive()]


def _until(condition: object, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)
