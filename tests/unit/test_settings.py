"""Settings: they work without any, and a wrong one is named."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from bot import settings
from bot.errors import FixSetup
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting from the environment, and no .env."""
    for name in os.environ:
        if name.startswith(("GREENROOM_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def variables() -> list[str]:
    return [
        str(f.validation_alias or f"GREENROOM_{n.upper()}")
        for n, f in Settings.model_fields.items()
    ]


def test_without_any_nothing_leaves_the_machine() -> None:
    loaded = settings.load()
    assert not loaded.remote
    assert loaded.host == "127.0.0.1"
    assert loaded.database.startswith("sqlite:///")
    assert loaded.artefacts == loaded.data_dir / "models"


def test_every_setting_is_in_the_example_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    listed = re.findall(r"^# ([A-Z_]+)=", example, re.MULTILINE)
    assert sorted(listed) == sorted(variables())


def test_the_defaults_in_the_example_are_the_defaults() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    given = re.findall(r"^# GREENROOM_([A-Z_]+)=(.+)$", example, re.MULTILINE)
    plain = Settings()
    written = Settings.model_validate({name.lower(): value for name, value in given})
    assert given
    assert written == plain


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("GREENROOM_PORT=9001\nGREENROOM_THREADS=3\n")
    monkeypatch.setenv("GREENROOM_PORT", "9002")
    loaded = settings.load()
    assert (loaded.port, loaded.threads) == (9002, 3)


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OPENAI_BASE_URL"])
def test_a_key_or_an_address_alone_makes_it_remote(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "https://models.example/v1")
    assert settings.load().remote


def test_the_key_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert "sk-secret" not in repr(settings.load())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GREENROOM_PORT", "eighty"),
        ("GREENROOM_PORT", "0"),
        ("GREENROOM_THREADS", "-1"),
        ("GREENROOM_MODEL_TIMEOUT", "0"),
        ("GREENROOM_LOG_ANSWERS", "perhaps"),
    ],
)
def test_a_wrong_setting_is_named_as_it_is_written(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(FixSetup) as raised:
        settings.load()
    assert name in raised.value.message
    assert ".env" in raised.value.remedy
