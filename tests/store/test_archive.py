from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import Engine

from store.archive import Archive
from store.journal import Journal
from store.records import Interview, NewInterview, NewTurn, NewVerdict, Quote, Turn

Answer = Callable[..., Turn]
Begin = Callable[..., Interview]


def fill(interview: Interview, journal: Journal, answer: Answer, words: str) -> None:
    """Take an interview as far as its report, with `words` in every place they can reach."""
    said = answer(interview.id, 1, words)
    journal.say(interview.id, [NewTurn(2, f"{words}?", "close")], queue=[(0, "drift")])
    quote = Quote(said.text, 1, 0, len(said.text))
    verdict = NewVerdict("alerts", "met", words, (quote,), "closed", "m", "a", "b", "c", 1.0, 0.9)
    journal.save_verdicts(interview.id, 0, [verdict])
    journal.save_report(interview.id, {"words": words})


def test_history_is_newest_first_with_what_each_holds(
    begin: Begin, interview: Interview, journal: Journal, archive: Archive, answer: Answer
) -> None:
    later = begin("atlassian/backend-engineer")
    answer(interview.id, 1)
    journal.say(interview.id, [NewTurn(2, "And?", "follow_up", question_no=0)])
    answer(interview.id, 3, "Also by asking users.")
    journal.say(interview.id, [NewTurn(4, "Next?", "question", question_no=1)])
    journal.accept(
        interview.id, seq=5, text="?", key="5", round_no=0, question_no=1, question_id="queues"
    )
    journal.classify(interview.id, 5, "clarification", {})
    journal.finish(interview.id, "time")

    history = archive.interviews(10)
    assert [(e.id, e.turns, e.answered) for e in history] == [
        (later.id, 0, 0),
        (interview.id, 6, 1),
    ]
    assert history[1].ended_because == "time"
    assert history[1].created_at == interview.created_at
    assert [e.id for e in archive.interviews(1, 1)] == [interview.id]
    assert [e.id for e in archive.interviews(10, status="active")] == [later.id]


def test_turns_are_read_from_either_end(
    interview: Interview, journal: Journal, archive: Archive
) -> None:
    journal.say(interview.id, [NewTurn(n, str(n), "talk") for n in range(1, 6)])
    assert [turn.seq for turn in archive.turns(interview.id, after=3)] == [4, 5]
    assert [turn.seq for turn in archive.last_turns(interview.id, 2)] == [4, 5]
    assert [turn.seq for turn in archive.last_turns(interview.id, 100)] == [0, 1, 2, 3, 4, 5]
    assert archive.last_turn(interview.id) == archive.turns(interview.id)[-1]


def test_there_is_no_last_turn_before_the_first(begin: Begin, archive: Archive) -> None:
    assert archive.last_turn(begin().id) is None


def test_recent_questions_are_each_named_once_newest_first(
    begin: Begin, journal: Journal, archive: Archive
) -> None:
    for asked in (["a", "b"], ["c", "a"]):
        turns = [NewTurn(n, "?", "question", question_id=q) for n, q in enumerate(asked)]
        journal.say(begin("x/y").id, [*turns, NewTurn(2, "Bye", "close")])
    journal.say(begin("other/track").id, [NewTurn(0, "?", "question", question_id="d")])
    assert archive.recent_question_ids("x/y", 10) == ["a", "c", "b"]
    assert archive.recent_question_ids("x/y", 2) == ["a", "c"]


def test_an_export_holds_everything_and_survives_json(
    interview: Interview, journal: Journal, archive: Archive, answer: Answer
) -> None:
    fill(interview, journal, answer, "Größe \0 λ")
    exported = archive.export(interview.id)
    assert json.loads(json.dumps(exported)) == exported

    def same(plain: dict[str, object], record: object) -> bool:
        return {k: str(v) for k, v in plain.items() if not k.endswith("_at") and k != "at"} == {
            k: str(list(map(vars, v)) if isinstance(v, tuple) else v)
            for k, v in vars(record).items()
            if not k.endswith("_at") and k != "at"
        }

    stored = archive.interview(interview.id)
    assert same(exported["interview"], stored)
    assert exported["interview"]["created_at"] == stored.created_at.isoformat()
    for part, records in {
        "turns": archive.turns(interview.id),
        "verdicts": archive.verdicts(interview.id),
        "gradings": archive.gradings(interview.id),
    }.items():
        assert len(exported[part]) == len(records) > 0
        assert all(map(same, exported[part], records)), part
    assert exported["report"]["document"] == {"words": "Größe \0 λ"}


def test_an_export_can_be_played_into_another_database(
    interview: Interview, journal: Journal, archive: Archive, answer: Answer
) -> None:
    fill(interview, journal, answer, "By watching it.")
    exported = json.loads(json.dumps(archive.export(interview.id)))
    archive.delete(interview.id)

    kept = exported["interview"]
    told = ("created_at", "updated_at", "status", "ended_at", "ended_because")
    journal.begin(NewInterview(**{k: v for k, v in kept.items() if k not in told}))
    for turn in exported["turns"]:
        place = {k: turn[k] for k in ("round_no", "question_no", "question_id", "seq", "text")}
        if turn["speaker"] == "candidate":
            journal.accept(kept["id"], key=turn["key"], **place)
            journal.classify(kept["id"], turn["seq"], turn["kind"], turn["detail"])
        else:
            rest = {k: turn[k] for k in ("kind", "criterion_id", "detail", "seconds")}
            journal.say(kept["id"], [NewTurn(**place, **rest)])

    def lasting(turns: list[dict[str, object]]) -> list[dict[str, object]]:
        return [{k: v for k, v in turn.items() if k != "at"} for turn in turns]

    assert lasting(archive.export(kept["id"])["turns"]) == lasting(exported["turns"])


def test_delete_leaves_nothing_of_one_and_all_of_the_others(
    begin: Begin,
    interview: Interview,
    engine: Engine,
    journal: Journal,
    archive: Archive,
    answer: Answer,
    path: Path,
) -> None:
    other = begin()
    journal.say(other.id, [NewTurn(0, "Hello", "opening")], queue=[(0, "drift")])
    before = archive.export(other.id)
    secret = "The code word is heliotrope."
    fill(interview, journal, answer, secret)
    assert any(secret.encode() in file.read_bytes() for file in path.parent.iterdir())

    archive.delete(interview.id)

    with engine.connect() as connection:
        for table in ("interview", "turn", "verdict", "grading", "report"):
            column = "id" if table == "interview" else "interview_id"
            count = text(f"SELECT count(*) FROM {table} WHERE {column} = :id")
            assert connection.scalar(count, {"id": interview.id}) == 0, table
    assert archive.export(other.id) == before
    left = [file.name for file in path.parent.iterdir() if secret.encode() in file.read_bytes()]
    assert left == [], "the words are still in the file"
