"""A chat model that follows a script, for tests: it fails on a call that nobody expected.

Shipped, not a test fixture, so that packs and interviews can be tried without a model.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import Bug
from bot.ports import Capability, Prompt, Usage


@dataclass(frozen=True)
class Choose:
    """Expect a closed question; answer with these shares, or raise this error."""

    shares: dict[str, float] | Exception


@dataclass(frozen=True)
class Write:
    """Expect a request for text; answer with this, or raise this error."""

    text: str | Exception


@dataclass(frozen=True)
class Fill:
    """Expect a request for JSON; answer with this, or raise this error."""

    value: Any


Call = Choose | Write | Fill


class ScriptedChat:
    """A `bot.ports.ChatModel` whose replies are written beforehand.

    `otherwise` answers closed questions that come after the script's end; with
    none, an unexpected call is a Bug. `check_used_up` fails on an unused one.
    """

    def __init__(
        self,
        script: Iterable[Call] = (),
        *,
        otherwise: dict[str, float] | None = None,
        capability: Capability | None = None,
    ) -> None:
        self.label = "scripted"
        self.digest = "scripted"
        self.capability = capability or Capability(logprobs=True, structured=False)
        self.prompts: list[Prompt] = []
        self._script = deque(script)
        self._otherwise = otherwise

    def choose(
        self, prompt: Prompt, options: Sequence[str], *, urgent: bool = False
    ) -> dict[str, float]:
        if not self._script and self._otherwise is not None:
            self.prompts.append(prompt)
            return {o: self._otherwise.get(o, 0.0) for o in options}
        reply: dict[str, float] | Exception = self._next(Choose, prompt).shares
        if isinstance(reply, Exception):
            raise reply
        return reply

    def write(
        self,
        prompt: Prompt,
        *,
        max_tokens: int,
        urgent: bool = False,
        on_text: Callable[[str], None] | None = None,
    ) -> str:
        reply: str | Exception = self._next(Write, prompt).text
        if isinstance(reply, Exception):
            raise reply
        if on_text is not None:
            on_text(reply)
        return reply

    def fill(
        self, prompt: Prompt, schema: dict[str, Any], *, max_tokens: int, urgent: bool = False
    ) -> Any:
        reply = self._next(Fill, prompt).value
        if isinstance(reply, Exception):
            raise reply
        return reply

    def usage(self) -> Usage:
        return Usage(0, 0, 0)

    def close(self) -> None:
        self.check_used_up()

    def check_used_up(self) -> None:
        """Raise Bug if the script has replies that nobody asked for."""
        if self._script:
            raise Bug(
                f"The script has {len(self._script)} replies left, next {self._script[0]}.",
                "Shorten the script, or find out why the call was not made.",
            )

    def _next(self, kind: type[Any], prompt: Prompt) -> Any:
        self.prompts.append(prompt)
        if not self._script or not isinstance(self._script[0], kind):
            expected = self._script[0] if self._script else "the end"
            raise Bug(
                f"The script expected {expected}, and the call was {kind.__name__} with "
                f"{prompt.user[-120:]!r}.",
                "Correct the script, or the call.",
            )
        return self._script.popleft()
