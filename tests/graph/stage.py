"""A stage for interviews in tests: the real packs, the real encoder, a real database, a script."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from bot import settings as configuration
from bot.backends.catalog import Catalog
from bot.backends.encoder import Encoder
from bot.backends.scripted import ScriptedChat
from bot.domain import INTERVIEWER, Act, Plan, PlannedQuestion
from bot.interview import Interviews
from bot.ports import ChatModel
from bot.settings import Settings
from bot.views import View
from rubrics.loader import Library, load_library
from ui import wiring

SHARES = {"A": 0.5, "B": 0.3, "C": 0.2, "Yes": 0.8, "No": 0.2}
# Where models are on this machine, before any test points the settings elsewhere.
_MODELS = configuration.load().artefacts
_QUOTED = re.compile(r"“[^”]*”")


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """The shipped encoder; what it embedded for one test is there for the next."""
    return Encoder(Catalog.load().path(wiring.ENCODER, Settings(models_dir=_MODELS)))


@lru_cache(maxsize=1)
def library() -> Library:
    """The shipped packs."""
    return load_library([])


def open_house(folder: Path, chat: ChatModel | None = None) -> Interviews:
    """Return interviews that are kept in `folder`; a second call is a second program's."""
    settings = Settings(data_dir=folder)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    chat = chat or ScriptedChat(otherwise=SHARES)
    status = wiring.scripted_status("scripted")
    return wiring.assemble(settings, library(), encoder(), chat, lambda: status)


def asking(plan: Plan, questions: Mapping[str, Sequence[str]]) -> Plan:
    """Return the plan with the questions of these rounds, by id, in place of those chosen."""
    rounds = []
    for round_ in plan.rounds:
        chosen = [
            PlannedQuestion(
                question_id=name, minutes=library().question(name)[1].minutes, why="for a test"
            )
            for name in questions.get(round_.round_id, ())
        ]
        rounds.append(round_.model_copy(update={"questions": tuple(chosen) or round_.questions}))
    return plan.model_copy(update={"rounds": tuple(rounds)})


def sentences(view: View) -> list[str]:
    """Return all that the interviewer said of its own accord, sentence by sentence.

    Without the candidate's own words that it quotes, and without what the
    candidate asked to hear again.
    """
    said = []
    for turn in view.turns:
        if turn.speaker != INTERVIEWER or turn.kind == Act.REPEAT:
            continue
        said += [s.strip() for s in re.split(r"(?<=[.!?])\s+", turn.text) if s.strip()]
    return said


def unquoted(text: str) -> str:
    """Return the text without what stands between curly quotation marks."""
    return _QUOTED.sub("“”", text)
