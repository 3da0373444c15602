"""packs lint: each rule finds its fault, at its line and key, and a sound pack has none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rubrics.language import holds, reading_ease, stems, syllables
from rubrics.lint import Report, lint
from tests.unit import packs

TODAY = date(2026, 11, 21)
Question = dict[str, Any]


def judge(folder: Path, **files: Any) -> Report:
    nothing = folder / "nothing"
    nothing.mkdir(parents=True)
    return lint([packs.write(folder / "pack", **files)], today=TODAY, beside=nothing)


def spoilt(change: Callable[[Question], object]) -> Question:
    question = packs.question()
    change(question)
    return packs.area(question)


def test_a_sound_pack_has_no_fault(tmp_path: Path) -> None:
    report = judge(tmp_path)
    assert report.problems == ()
    assert report.warnings == ()
    assert (report.files, report.questions) == (3, 1)


def set_criterion(index: int, key: str, value: object) -> Callable[[Question], object]:
    return lambda q: q["criteria"][index].__setitem__(key, value)


CASES = [
    ("criteria[0].probes[0]", "holds 'slice'", set_criterion(0, "probes", ["Was it sliced?"])),
    ("criteria[1].probes[1]", "'unit test'", set_criterion(1, "probes", ["A?", "Any unit tests?"])),
    ("criteria[0].hint", "holds 'increment'", set_criterion(0, "hint", "Go by increments.")),
    ("prompt", "term of the criterion 'told-others'", lambda q: q.update(prompt="Announce it.")),
    ("prompt", "names the criterion 'small-steps'", lambda q: q.update(prompt="Work small steps!")),
    ("criteria[2].probes[0]", "23 words", set_criterion(2, "probes", ["so " * 22 + "what?"])),
    ("criteria[2].probes[0]", "question mark", set_criterion(2, "probes", ["And then"])),
    ("prompt", "said aloud", lambda q: q.update(prompt="Do this:\n- one\n- two")),
    ("facts[1].say", "said aloud", lambda q: q["facts"][1].update(say="See `limits`.")),
    ("criteria[0].weight", "carries 5 of 8", set_criterion(0, "weight", 5)),
    (
        "prompt",
        "reads hard",
        lambda q: q.update(prompt="Characterise organisational accountability considerations."),
    ),
    (
        "criteria[1].probes",
        "read hard",
        set_criterion(1, "probes", ["Which organisational considerations predominated?"]),
    ),
    ("criteria[1].name", "is the name of", set_criterion(1, "name", "works in small steps")),
    (
        "criteria[2].strong",
        "says the same",
        set_criterion(2, "strong", "Split the changes into a part that each runs on their own."),
    ),
    ("source.date", "in the future", lambda q: q["source"].update(date="2027-01-01")),
]


@pytest.mark.parametrize(("key", "message", "change"), CASES, ids=[f"{c[0]} {c[1]}" for c in CASES])
def test_a_fault_in_a_question_is_found_where_it_stands(
    key: str, message: str, change: Callable[[Question], object], tmp_path: Path
) -> None:
    report = judge(tmp_path, craft=spoilt(change))
    (problem,) = report.problems
    assert problem.key == f"questions[0].{key}"
    assert message in problem.message
    assert problem.file == tmp_path / "pack" / "questions" / "craft.yaml"
    assert problem.line > 1


def test_a_problems_line_is_the_line_in_the_file(tmp_path: Path) -> None:
    report = judge(tmp_path, craft=spoilt(set_criterion(0, "probes", ["Was it sliced?"])))
    (problem,) = report.problems
    lines = problem.file.read_text(encoding="utf-8").splitlines()
    assert "Was it sliced?" in lines[problem.line - 1]


def test_four_equal_weights_say_nothing(tmp_path: Path) -> None:
    def even(question: Question) -> None:
        more = {**question["criteria"][0], "id": "fourth", "name": "Stays at it", "hint": "Wait."}
        more |= {"strong": "Comes back after a month.", "probes": ["And a month later?"]}
        question["criteria"].append(more)
        question["outline"].append({"criterion": "fourth", "text": "I came back."})
        for criterion in question["criteria"]:
            criterion["weight"] = 2

    (problem,) = judge(tmp_path, craft=spoilt(even)).problems
    assert problem.message.startswith("all 4 criteria weigh 2")


def test_probes_alike_are_found_across_questions_whatever_their_order(tmp_path: Path) -> None:
    other = packs.question("another-change", prompt="Think of a day off. Where did you go?")
    for criterion, probe in zip(
        other["criteria"],
        ["On the evening before, what lets you sleep?", "And at noon?", "Why then?"],
        strict=True,
    ):
        criterion["probes"] = [probe]
    (problem,) = judge(tmp_path, craft=packs.area(packs.question(), other)).problems
    assert problem.key == "questions[1].criteria[0].probes[0]"
    assert "too like a probe of 'a-change'" in problem.message


def test_prompts_and_titles_alike_are_found(tmp_path: Path) -> None:
    other = packs.question("another-change", title="About a change")
    other["prompt"] = "Tell me about a big piece of work. How did it end, and what did you do?"
    for criterion, probe in zip(other["criteria"], ["Why?", "Where?", "At noon?"], strict=True):
        criterion["probes"] = [probe]
    problems = judge(tmp_path, craft=packs.area(packs.question(), other)).problems
    assert [p.key for p in problems] == ["questions[1].title", "questions[1].prompt"]


def test_what_is_beside_counts_for_likeness_and_is_not_judged(tmp_path: Path) -> None:
    beside = tmp_path / "beside"
    faulty = packs.area(
        packs.question("old", minutes=3, source=packs.SOURCE | {"date": "2099-1-1"})
    )
    faulty["questions"][0]["source"]["date"] = "2099-01-01"
    packs.write(beside / "old", craft=faulty)
    mine = packs.write(tmp_path / "mine", owner=packs.company("mine"))
    report = lint([mine], today=TODAY, beside=beside)
    assert {p.file for p in report.problems} == {mine / "questions" / "craft.yaml"}
    assert "too like the prompt of 'old'" in " ".join(p.message for p in report.problems)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("I am {nome}.", "uses {nome}"),
        ("I am {name", "does not close"),
        ("Hello {}.", "uses {}"),
    ],
)
def test_an_opening_uses_known_placeholders(text: str, message: str, tmp_path: Path) -> None:
    (problem,) = judge(tmp_path, loop=packs.track(opening=text)).problems
    assert problem.key == "rounds[0].opening"
    assert message in problem.message


def test_rounds_and_facts_have_their_dates_checked(tmp_path: Path) -> None:
    late = packs.SOURCE | {"date": "2026-11-23"}
    owner = packs.company(facts=[{"about": "size", "say": "Small.", "source": late}])
    loop = packs.track(source=late)
    problems = judge(tmp_path, loop=loop, owner=owner).problems
    assert [p.key for p in problems] == ["facts[0].source.date", "rounds[0].source.date"]


def test_tomorrow_is_not_the_future_where_the_author_sits(tmp_path: Path) -> None:
    source = packs.SOURCE | {"date": "2026-11-22"}
    assert judge(tmp_path, craft=packs.area(packs.question(source=source))).problems == ()


def test_a_part_that_leans_on_another_criterion_is_a_warning(tmp_path: Path) -> None:
    said = ["I announce it to each stakeholder.", "Every day something shipped."]
    report = judge(tmp_path, craft=spoilt(set_criterion(0, "said", said)))
    assert report.problems == ()
    (warning,) = report.warnings
    assert warning.key == "questions[0].criteria[0].said[0]"
    assert "also serves 'told-others'" in warning.message


def test_one_file_can_be_judged_alone(tmp_path: Path) -> None:
    folder = packs.write(tmp_path, craft=spoilt(set_criterion(2, "probes", ["And then"])))
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    report = lint([folder / "questions" / "craft.yaml"], today=TODAY, beside=nothing)
    assert [p.key for p in report.problems] == ["questions[0].criteria[2].probes[0]"]


def test_faults_of_shape_come_out_too(tmp_path: Path) -> None:
    report = judge(tmp_path, craft=spoilt(lambda q: q.update(promt="x")))
    assert [p.key for p in report.problems] == ["questions[0].promt"]


def test_a_pack_without_its_company_is_not_passed_over(tmp_path: Path) -> None:
    packs.write(tmp_path / "whole")
    half = packs.write(tmp_path / "half", craft=packs.area(packs.question("other")))
    (half / "company.yaml").unlink()
    report = lint([tmp_path], today=TODAY, beside=tmp_path)
    assert half / "company.yaml" in {p.file for p in report.problems}


def test_paths_without_a_pack_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no pack"):
        lint([tmp_path], today=TODAY)
    with pytest.raises(FileNotFoundError):
        lint([tmp_path / "nowhere"], today=TODAY)


@pytest.mark.parametrize(
    ("text", "phrase", "held"),
    [
        ("Would locking help?", "lock", True),
        ("Is it idempotent?", "idempotency", True),
        ("A clock on the wall", "lock", False),
        ("Compare, and then swap", "compare and swap", False),
        ("by comparing and swapping", "compare and swap", True),
        ("It answered 429 again", "429", True),
    ],
)
def test_a_phrase_is_found_in_any_inflection(text: str, phrase: str, held: bool) -> None:
    assert holds(text, phrase) is held


def test_a_curly_apostrophe_is_an_apostrophe() -> None:
    assert stems("the caller\N{RIGHT SINGLE QUOTATION MARK}s") == stems("the caller's")


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("made", 1),
        ("needed", 2),
        ("changes", 2),
        ("figures", 2),
        ("something", 2),
        ("people", 2),
        ("responsibility", 6),
        ("the", 1),
        ("nth", 1),
    ],
)
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_reading_ease_is_fleschs() -> None:
    # 6 words of one syllable in one sentence: 206.835 - 1.015 * 6 - 84.6 * 1
    assert reading_ease("The cat sat on the mat.") == pytest.approx(116.145)
    assert reading_ease("") == 100.0
