"""Build everything once for a process and hand it in: the only place that knows all the parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from threading import Lock
from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from bot import logs
from bot import settings as configuration
from bot.backends.catalog import Catalog
from bot.backends.encoder import Encoder
from bot.backends.opening import open_chat
from bot.backends.scripted import ScriptedChat
from bot.coverage import Coverage
from bot.errors import Bug, FixSetup, NotFound
from bot.interview import Interviews, Models, sentence
from bot.judge import Judge
from bot.manipulation import Sieve
from bot.nodes import Tools
from bot.phrases import Phrases
from bot.planning import make_plan
from bot.ports import ChatModel, SentenceEncoder
from bot.recording import storing
from bot.settings import Settings
from bot.understanding import Listener
from bot.views import ModelStatus
from rubrics.loader import Library, load_library
from rubrics.schema import CompanyFact, Level
from rubrics.source import PackError
from store.archive import Archive
from store.engine import open_store
from store.journal import Journal

ENCODER = "all-minilm-l6-v2"
_building = Lock()


def settings() -> Settings:
    """Return the settings. Raises FixSetup naming the one that is wrong."""
    return configuration.load()


def library(chosen: Settings) -> Library:
    """Return the shipped packs and the owner's. Raises FixSetup naming file, line and key."""
    try:
        return load_library([chosen.packs_dir] if chosen.packs_dir else [])
    except PackError as error:
        raise FixSetup(
            f"A pack can't be used:\n{error}\n",
            "Correct it; `greenroom packs lint PATH` checks it.",
        ) from error


class Wish(TypedDict):
    """What a candidate may choose of an interview; None is the track's own."""

    rounds: Sequence[str] | None
    questions: int | None
    minutes: int | None
    level: Level | None


def check_plan(track: str, **wish: Unpack[Wish]) -> None:
    """Raise what `Interviews.plan` would, without opening a model or the database."""
    try:
        pack, found = library(settings()).track(track)
    except LookupError as error:
        raise NotFound(sentence(error), "`greenroom packs list` shows them all.") from error
    make_plan(pack, found, **wish)


def interviews(*, grading: bool = True) -> Interviews:
    """Return the process's interviews, the model loading and, if wanted, the grader at work."""
    with _building:
        built = _interviews()
    if grading:
        built.start_worker()
    return built


def records() -> Interviews:
    """Return the interviews for looking at and deleting: no model is loaded or needed."""
    chosen = settings()
    logs.start(chosen)
    status = scripted_status("none")
    return assemble(chosen, library(chosen), _NoEncoder(), ScriptedChat(), lambda: status)


@lru_cache(maxsize=1)
def _interviews() -> Interviews:
    chosen = settings()
    logs.start(chosen)
    catalog = Catalog.load()
    encoder = Encoder(catalog.path(ENCODER, chosen))
    chat = open_chat(chosen, catalog)
    return assemble(chosen, library(chosen), encoder, chat, chat.status)


def assemble(
    chosen: Settings,
    packs: Library,
    encoder: SentenceEncoder,
    chat: ChatModel,
    status: Callable[[], ModelStatus],
) -> Interviews:
    """Put the parts together. Raises StoreBusy or StoreUnusable if the database can't be used."""
    with storing():
        engine = open_store(chosen.database)
    coverage = Coverage(encoder)
    sieve = Sieve(encoder)
    tools = Tools(
        question=lambda question_id: packs.question(question_id)[1],
        company_facts=lambda track: _facts(packs, track),
        encoder=encoder,
        coverage=coverage,
        sieve=sieve,
        listener=Listener(encoder.share_known),
        chat=chat,
        phrases=Phrases(),
    )
    models = Models(tools, Judge(chat, coverage, sieve), status)
    return Interviews(packs, Journal(engine), Archive(engine), models)


def _facts(packs: Library, track: str) -> tuple[CompanyFact, ...]:
    pack, found = packs.track(track)
    return (*found.facts, *pack.company.facts)


class _NoEncoder:
    """Stands where nothing is compared."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise Bug("Looking at records needs no encoder.", "Report this.")

    def share_known(self, words: Sequence[str]) -> float:
        raise Bug("Looking at records needs no encoder.", "Report this.")


def scripted_status(label: str) -> ModelStatus:
    """Return the status of a model that is always there, as in tests."""
    return ModelStatus("ready", label, "follows a script", leaves_machine=False)
