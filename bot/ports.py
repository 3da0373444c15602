"""What the interviewer needs from outside, as small Protocols.

The shipped implementations are in bot/backends; `bot.backends.scripted` is one
of them and is what unit tests use.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Capability:
    """What a chat model was found able to do.

    `logprobs`: it returns the probabilities of its next token, so a closed
    question can be read as a number. `structured`: it keeps to a JSON Schema
    *and* is strong enough to be trusted with a whole rubric at once.
    """

    logprobs: bool
    structured: bool


@dataclass(frozen=True)
class Prompt:
    """A rendered prompt; `digest` names its template so that a verdict can be traced."""

    system: str
    user: str
    digest: str


@dataclass(frozen=True)
class Usage:
    """Prompt tokens that one call had to process, and those found in the cache."""

    processed: int
    cached: int
    generated: int


class ChatModel(Protocol):
    """A language model. All calls raise ModelUnavailable, ModelTimeout or ModelNonsense.

    A call that is not `urgent` waits while an urgent one is under way.
    """

    @property
    def label(self) -> str:
        """The name that people read in a report."""
        ...

    @property
    def digest(self) -> str:
        """What tells this very model from others of the same name."""
        ...

    @property
    def capability(self) -> Capability:
        """What it can do."""
        ...

    def choose(
        self, prompt: Prompt, options: Sequence[str], *, urgent: bool = False
    ) -> dict[str, float]:
        """Return the probability of each option as the first word of the reply.

        The options' shares add up to 1; needs `capability.logprobs`.
        """
        ...

    def write(
        self,
        prompt: Prompt,
        *,
        max_tokens: int,
        urgent: bool = False,
        on_text: Callable[[str], None] | None = None,
    ) -> str:
        """Return the reply as text; `on_text` gets each piece as it comes."""
        ...

    def fill(
        self, prompt: Prompt, schema: dict[str, Any], *, max_tokens: int, urgent: bool = False
    ) -> Any:
        """Return the reply parsed as JSON that fits `schema`."""
        ...

    def usage(self) -> Usage:
        """Return the tokens used since the last time this was asked."""
        ...

    def close(self) -> None:
        """Free what the model holds."""
        ...


class SentenceEncoder(Protocol):
    """Turns texts into unit vectors, so that a dot product is a similarity."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row for each text."""
        ...

    def share_known(self, words: Sequence[str]) -> float:
        """Return the share of `words`, from 0 to 1, that are in the vocabulary."""
        ...
