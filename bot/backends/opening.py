"""Open the chat model that the settings name: embedded, or behind an address."""

from __future__ import annotations

import atexit

import openai

from bot.backends.capability import detect
from bot.backends.catalog import Catalog
from bot.backends.chat import OpenAIChat, translated
from bot.backends.deferred import DeferredChat
from bot.backends.embedded import serve
from bot.errors import FixSetup
from bot.ports import Capability
from bot.settings import Settings

# Measured (docs/how-grading-works.md): asked for a whole rubric at once, the
# embedded models award full marks and invent their evidence.
EMBEDDED = Capability(logprobs=True, structured=False)
_CONNECT_SECONDS = 5.0


def open_chat(settings: Settings, catalog: Catalog) -> DeferredChat:
    """Return the model, loading in the background; it never fails here, only when used."""
    if settings.remote:
        return DeferredChat(
            lambda: _remote(settings, catalog),
            label=_remote_label(settings, catalog),
            remote=True,
            capability=Capability(logprobs=False, structured=False),
        )
    return DeferredChat(
        lambda: _embedded(settings, catalog),
        label=settings.model,
        remote=False,
        capability=EMBEDDED,
    )


def _embedded(settings: Settings, catalog: Catalog) -> OpenAIChat:
    file = catalog.path(settings.model, settings)
    server = serve(file, threads=settings.threads)
    client = openai.OpenAI(
        base_url=server.address, api_key=server.key, timeout=settings.model_timeout, max_retries=0
    )
    chat = OpenAIChat(
        client,
        model=settings.model,
        label=settings.model,
        digest=catalog.artefact(settings.model).files[0].sha256[:16],
        capability=EMBEDDED,
        keep=server,
    )
    atexit.register(chat.rest)
    return chat


def _remote(settings: Settings, catalog: Catalog) -> OpenAIChat:
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
    client = openai.OpenAI(
        base_url=settings.openai_base_url,
        api_key=key,
        timeout=openai.Timeout(settings.model_timeout, connect=_CONNECT_SECONDS),
        max_retries=0,
    )
    model = _remote_model(client, settings, catalog)
    return OpenAIChat(
        client, model=model, label=model, digest=model, capability=detect(client, model)
    )


def _remote_model(client: openai.OpenAI, settings: Settings, catalog: Catalog) -> str:
    """Return the model's name; the catalogue's names mean nothing to a remote service."""
    if settings.model not in {a.name for a in catalog.artefacts}:
        return settings.model
    try:
        names = [m.id for m in client.models.list()]
    except openai.OpenAIError as error:
        raise translated(error, _remote_label(settings, catalog)) from error
    if not names:
        raise FixSetup(
            f"{settings.openai_base_url} lists no model.", "Name one in GREENROOM_MODEL."
        )
    return names[0]


def _remote_label(settings: Settings, catalog: Catalog) -> str:
    where = settings.openai_base_url or "the OpenAI service"
    named = settings.model not in {a.name for a in catalog.artefacts}
    return f"{settings.model} at {where}" if named else f"the model at {where}"


def probe(settings: Settings) -> str:
    """Return one line on which model answers and what it can do. Raises a GreenroomError."""
    chat = open_chat(settings, Catalog.load())
    try:
        found = chat.wait()
        can = [
            "closed questions read by probability" if found.capability.logprobs else "",
            "a whole rubric in one call" if found.capability.structured else "",
        ]
        where = "answers leave this machine" if settings.remote else "on this machine"
        return f"{found.label}, {where}: {', '.join(c for c in can if c) or 'plain text only'}"
    finally:
        chat.close()
