"""The interviewer's small talk, rotated so that nothing wears out."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path

from bot.state import Cursor

_FILE = Path(__file__).with_name("phrases.toml")


class Phrases:
    """Families of phrases; each interview goes through them in an order of its own."""

    def __init__(self, families: dict[str, list[str]] | None = None) -> None:
        self._families = families or tomllib.loads(_FILE.read_text(encoding="utf-8"))

    def pick(
        self, family: str, cursor: Cursor, interview_id: str, **fill: str
    ) -> tuple[str, Cursor]:
        """Return the family's next phrase, filled in, and the cursor that remembers it."""
        used = cursor.said.get(family, 0)
        pass_no, at = divmod(used, len(self._families[family]))
        text = self._order(family, interview_id, pass_no)[at].format(**fill)
        return text, cursor.but(said={**cursor.said, family: used + 1})

    def _order(self, family: str, interview_id: str, pass_no: int) -> list[str]:
        """Return the family in the interview's own order, anew on every pass."""
        phrases: list[str] = []
        for number in range(pass_no + 1):
            last = phrases[-1:]
            phrases = list(self._families[family])
            random.Random(f"{interview_id}:{family}:{number}").shuffle(phrases)
            if phrases[:1] == last:  # or it would be said twice running
                phrases.append(phrases.pop(0))
        return phrases
