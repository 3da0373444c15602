"""Packs that can't be used: each fault names its file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from rubrics.loader import load_library, load_pack
from rubrics.source import PackError, Problem
from tests.unit import packs


def faults(folder: Path) -> list[Problem]:
    with pytest.raises(PackError) as raised:
        load_pack(folder)
    return raised.value.problems


def line_with(file: Path, text: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if text in line)


def test_a_sound_pack_loads(tmp_path: Path) -> None:
    pack = load_pack(packs.write(tmp_path))
    assert [q.id for q in pack.questions()] == ["a-change"]


def test_a_wrong_key_is_named_with_its_line(tmp_path: Path) -> None:
    folder = packs.write(tmp_path, craft=packs.area(packs.question(promt="What?")))
    file = folder / "questions" / "craft.yaml"
    (problem,) = faults(folder)
    assert str(problem).startswith(f"{file}:{line_with(file, 'promt:')}: questions[0].promt: ")
    assert "is not a key" in problem.message


def test_a_wrong_value_deep_down_is_named_with_its_line(tmp_path: Path) -> None:
    question = packs.question()
    question["criteria"][1]["weight"] = 17
    folder = packs.write(tmp_path, craft=packs.area(question))
    (problem,) = faults(folder)
    assert problem.key == "questions[0].criteria[1].weight"
    assert problem.line == line_with(problem.file, "weight: 17")


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    folder = packs.write(
        tmp_path,
        owner=packs.company(schema_version=2),
        loop=packs.track(minutes=1),
        craft=packs.area(packs.question(kind="riddle"), packs.question("Bad Id")),
    )
    assert sorted(p.key for p in faults(folder)) == [
        "questions[0].kind",
        "questions[1].id",
        "rounds[0].minutes",
        "schema_version",
    ]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("area: &a\n  again: *a\n", 2, "uses the alias *a"),
        ("a: &a [x, x]\nb: &b [*a, *a]\n", 2, "uses the alias *a"),
        ("area: one\narea: two\n", 2, "appears twice"),
        ("area: one\n\ttitle: two\n", 2, "not valid YAML"),
        ("area: [one\n", 2, "not valid YAML"),
        ("- one\n- two\n", 1, "must hold keys and values"),
        ("", 1, "must hold keys and values"),
        ("just words\n", 1, "must hold keys and values"),
        ("area: one\ndate: 2026-13-45\n", 2, "month"),
        ("area: !!python/name:os.system x\n", 1, "not valid YAML"),
        ("area: one\n--- \narea: two\n", 2, "not valid YAML"),
        ("area: a\0b\n", 1, "not valid YAML"),
        ("- " * 30_000 + "a\n", 1, "nested too deeply"),
        ("[" * 30_000, 1, "nested too deeply"),
    ],
)
def test_a_file_that_is_no_pack_file_is_refused(
    text: str, line: int, said: str, tmp_path: Path
) -> None:
    folder = packs.write(tmp_path)
    file = folder / "questions" / "craft.yaml"
    file.write_text(text, encoding="utf-8")
    (problem,) = faults(folder)
    assert (problem.file, problem.line) == (file, line)
    assert said in str(problem)


def test_ten_megabytes_are_refused_unread(tmp_path: Path) -> None:
    folder = packs.write(tmp_path)
    file = folder / "questions" / "craft.yaml"
    file.write_text("title: " + "x" * 10_000_000, encoding="utf-8")
    (problem,) = faults(folder)
    assert problem.file == file
    assert "is 10,000,007 bytes" in problem.message


def test_what_is_not_utf_8_is_called_that(tmp_path: Path) -> None:
    folder = packs.write(tmp_path)
    file = folder / "company.yaml"
    file.write_bytes(b"name: caf\xe9\n")
    (problem,) = faults(folder)
    assert (problem.file, problem.message) == (file, "is not UTF-8 text")


def test_a_missing_company_is_named(tmp_path: Path) -> None:
    folder = packs.write(tmp_path)
    (folder / "company.yaml").unlink()
    (problem,) = faults(folder)
    assert problem.file == folder / "company.yaml"
    assert "No such file" in problem.message


def test_an_area_that_no_file_holds_is_named_at_its_line(tmp_path: Path) -> None:
    folder = packs.write(tmp_path, loop=packs.track(areas=["craft", "crafts"]))
    (problem,) = faults(folder)
    assert problem.key == "rounds[0].areas[1]"
    assert problem.line == line_with(problem.file, "- crafts")
    assert "areas are craft" in problem.message


def test_a_round_that_asks_more_than_there_is_is_named_at_its_line(tmp_path: Path) -> None:
    folder = packs.write(tmp_path, loop=packs.track(questions=2))
    (problem,) = faults(folder)
    assert problem.key == "rounds[0].questions"
    assert problem.line == line_with(problem.file, "questions: 2")


def test_an_outline_that_misses_a_criterion_is_named(tmp_path: Path) -> None:
    question = packs.question()
    question["outline"].pop()
    (problem,) = faults(packs.write(tmp_path, craft=packs.area(question)))
    assert problem.key == "questions[0]"
    assert "one point for each criterion" in problem.message


def test_the_same_question_id_twice_is_named_at_the_second(tmp_path: Path) -> None:
    folder = packs.write(tmp_path, craft=packs.area(packs.question(), packs.question()))
    (problem,) = faults(folder)
    assert problem.key == "questions[1].id"


def test_two_files_of_one_area_are_named(tmp_path: Path) -> None:
    folder = packs.write(tmp_path)
    more = packs.write(tmp_path / "more", craft=packs.area(packs.question("other")))
    (more / "questions" / "craft.yaml").rename(folder / "questions" / "extra.yaml")
    (problem,) = faults(folder)
    assert (problem.file.name, problem.key) == ("extra.yaml", "area")


def test_packs_that_share_a_track_or_a_question_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What ships has nothing to do with it, and would only slow the test.
    monkeypatch.setattr("rubrics.loader.SHIPPED", tmp_path / "none")
    packs.write(tmp_path / "own" / "one")
    second = packs.write(tmp_path / "own" / "two")
    with pytest.raises(PackError) as raised:
        load_library([tmp_path / "own"])
    assert [(p.file, p.key) for p in raised.value.problems] == [
        (second / "company.yaml", "id"),
        (second / "questions" / "craft.yaml", "questions[0].id"),
    ]
