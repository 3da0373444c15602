"""A chat model that loads in the background, so that the page is served at once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Any

from bot.errors import Bug, GreenroomError
from bot.ports import Capability, ChatModel, Prompt, Usage
from bot.views import ModelStatus

_log = logging.getLogger(__name__)


class DeferredChat:
    """A `bot.ports.ChatModel` that waits for the real one when it is first needed."""

    def __init__(
        self, load: Callable[[], ChatModel], *, label: str, remote: bool, capability: Capability
    ) -> None:
        self._future: Future[ChatModel] = Future()
        self._load = load
        self._label = label
        self._remote = remote
        self._expected = capability
        self._trying = Lock()
        self._thread = Thread(target=self._run, args=(self._future,), name="model", daemon=True)
        self._thread.start()

    @property
    def label(self) -> str:
        return self._label

    @property
    def digest(self) -> str:
        return self._model().digest

    @property
    def capability(self) -> Capability:
        """What the model can do; until it is known, what its kind usually can."""
        if self._future.done() and self._future.exception() is None:
            return self._future.result().capability
        return self._expected

    def status(self) -> ModelStatus:
        """Return whether the model is loading, ready or failed, and why."""
        if not self._future.done():
            return ModelStatus("loading", self._label, "being loaded", self._remote)
        error = self._future.exception()
        if isinstance(error, GreenroomError):
            return ModelStatus("failed", self._label, error.message, self._remote, error.remedy)
        where = "answers are sent to this model's address" if self._remote else ""
        return ModelStatus("remote" if self._remote else "ready", self._label, where, self._remote)

    def wait(self) -> ChatModel:
        """Return the real model once it is loaded. Raises what loading it raised."""
        return self._model()

    def choose(
        self, prompt: Prompt, options: Sequence[str], *, urgent: bool = False
    ) -> dict[str, float]:
        return self._model().choose(prompt, options, urgent=urgent)

    def write(
        self,
        prompt: Prompt,
        *,
        max_tokens: int,
        urgent: bool = False,
        on_text: Callable[[str], None] | None = None,
    ) -> str:
        return self._model().write(prompt, max_tokens=max_tokens, urgent=urgent, on_text=on_text)

    def fill(
        self, prompt: Prompt, schema: dict[str, Any], *, max_tokens: int, urgent: bool = False
    ) -> Any:
        return self._model().fill(prompt, schema, max_tokens=max_tokens, urgent=urgent)

    def usage(self) -> Usage:
        return self._model().usage()

    def close(self) -> None:
        if self._future.done() and self._future.exception() is None:
            self._future.result().close()

    def _model(self) -> ChatModel:
        tried = self._future
        error = tried.exception()  # waits
        if error is None:
            return tried.result()
        # A model that could not be reached may be back, and a missing file fetched.
        with self._trying:
            if self._future is tried and not isinstance(error, Bug):
                self._future = Future()
                self._run(self._future)
        return self._future.result()

    def _run(self, future: Future[ChatModel]) -> None:
        try:
            future.set_result(self._load())
        except GreenroomError as error:
            future.set_exception(error)
        except Exception as error:  # handed on as a Bug: who asks for the model handles no other
            _log.exception("the model could not be loaded")
            bug = Bug(
                f"The model could not be loaded ({type(error).__name__}).",
                "Run `greenroom doctor`; if it finds nothing, the log names the place to report.",
            )
            future.set_exception(bug)
