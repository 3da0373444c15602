"""The embedded model: llama.cpp's own server, in this process, on a loopback port.

It speaks the OpenAI protocol like any remote service, so `chat` needs no
second code path.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from bot.errors import FixSetup

# The embedded model only ever reads a passage and a point, or one short turn; calls come one
# at a time (bot.backends.turnstile), so one slot is enough.
CONTEXT_TOKENS = 4096
SLOTS = 1
# Unbounded, llama.cpp keeps up to 8 GiB of old prompts.
PROMPT_CACHE_MIB = 64


@dataclass(frozen=True)
class LocalServer:
    """A running llama.cpp server. Dropping the last reference stops it."""

    address: str
    key: str
    handle: object


def serve(model_file: Path, *, threads: int = 0) -> LocalServer:
    """Start llama.cpp on `model_file`. Raises FixSetup if the file can't be loaded."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model_file)
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = SLOTS
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    # Any other program on this machine can reach a loopback port; the key keeps it out.
    key = secrets.token_urlsafe(24)
    params.api_keys = [key]
    params.endpoint_slots = False
    params.ui = False
    params.verbosity = 0  # its log would mix with the command's output
    count = threads or os.cpu_count() or 1
    params.cpuparams.n_threads = count
    params.cpuparams_batch.n_threads = count
    try:
        server = xllamacpp.Server(params)
    except (RuntimeError, ValueError, OSError) as error:
        raise FixSetup(
            f"The model file {model_file.name} could not be loaded: {error}.",
            "Run `greenroom doctor`; `greenroom models fetch` replaces a damaged file.",
        ) from error
    return LocalServer(f"{server.listening_address}/v1", key, server)
