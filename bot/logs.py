"""Logging: to a file in the data folder, and never a candidate's words unless asked for.

Code that has words to mention logs them as `Words`, which shows their number;
the setting `log_answers` makes it show the words themselves. Libraries that
log what they send are kept quiet for the same reason.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path

from bot.settings import Settings

_MEGABYTE = 1_000_000
_FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# At debug level these log whole requests, and so whole answers.
_TALKATIVE = ("openai", "httpx", "httpcore", "httpx2", "httpcore2", "langsmith", "langgraph")


@dataclass(frozen=True)
class Words:
    """A candidate's words in a log call: ``log.info("heard %s", Words(text))``."""

    text: str

    def __str__(self) -> str:
        return f"({len(self.text.split())} words)"


def start(settings: Settings) -> Path | None:
    """Send the log to data_dir/greenroom.log, 1 MB at most and two older ones; return its path.

    Returns None if the folder can't be written: nobody should lose an
    interview for want of a log. Calling it again changes nothing.
    """
    root = logging.getLogger()
    for handler in root.handlers:
        if isinstance(handler, RotatingFileHandler):
            return Path(handler.baseFilename)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    file = settings.data_dir / "greenroom.log"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=_MEGABYTE, backupCount=2, encoding="utf-8")
    except OSError:
        return None
    handler.setFormatter(logging.Formatter(_FORM))
    if settings.log_answers:
        handler.addFilter(_show_words)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return file


def _show_words(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(a.text if isinstance(a, Words) else a for a in record.args)
    return True
