"""The log: a candidate's words stay out of it unless the setting lets them in."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from bot import logs
from bot.logs import Words
from bot.settings import Settings


@pytest.fixture(autouse=True)
def root_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    for handler in list(root.handlers):  # a command that another test ran has started the log
        if isinstance(handler, RotatingFileHandler):
            root.removeHandler(handler)
            handler.close()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def written(settings: Settings) -> str:
    file = logs.start(settings)
    assert file is not None
    logging.getLogger("bot.test").info("heard %s on %s", Words("my secret plan"), "turn 4")
    return file.read_text(encoding="utf-8")


def test_words_are_counted_not_written(tmp_path: Path) -> None:
    text = written(Settings(data_dir=tmp_path / "new"))
    assert "heard (3 words) on turn 4" in text
    assert "secret" not in text


def test_words_are_written_when_asked_for(tmp_path: Path) -> None:
    assert "heard my secret plan on turn 4" in written(
        Settings(data_dir=tmp_path, log_answers=True)
    )


def test_starting_twice_writes_each_line_once(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    logs.start(settings)
    assert written(settings).count("heard") == 1


def test_libraries_that_log_requests_are_kept_quiet(tmp_path: Path) -> None:
    file = logs.start(Settings(data_dir=tmp_path))
    assert file is not None
    logging.getLogger("openai._base_client").debug("Request options: my secret plan")
    logging.getLogger("openai._base_client").info("Retrying with my secret plan")
    assert "secret" not in file.read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert logs.start(Settings(data_dir=tmp_path / "file")) is None
