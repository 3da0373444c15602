"""Every model call: the openai client, with retries, a time limit and one caller at a time."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, TypeVar

import jsonschema
import openai
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from tenacity import RetryError, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_base, wait_exponential_jitter

from bot.backends.turnstile import Turnstile
from bot.errors import GreenroomError, ModelNonsense, ModelTimeout, ModelUnavailable
from bot.ports import Capability, Prompt, Usage

ATTEMPTS = 3
MAX_WAIT_SECONDS = 20.0
_TOP_TOKENS = 20
_FLOOR = 1e-6  # the share given to an option that is not among the top tokens
_Reply = TypeVar("_Reply")


class OpenAIChat:
    """A `bot.ports.ChatModel` behind any OpenAI-compatible address."""

    def __init__(
        self,
        client: openai.OpenAI,
        *,
        model: str,
        label: str,
        digest: str,
        capability: Capability,
        keep: object = None,
        wait: wait_base | None = None,
    ) -> None:
        self.label = label
        self.digest = digest
        self.capability = capability
        self._client = client
        self._model = model
        self._keep = keep  # the embedded server lives as long as its client
        self._turnstile = Turnstile()
        self._wait = wait or _RetryAfter()
        self._lock = Lock()
        self._usage = Usage(0, 0, 0)

    def choose(
        self, prompt: Prompt, options: Sequence[str], *, urgent: bool = False
    ) -> dict[str, float]:
        def ask() -> dict[str, float]:
            completion = self._complete(
                prompt, max_tokens=1, logprobs=True, top_logprobs=_TOP_TOKENS
            )
            return _shares(completion, options, self.label)

        return self._call(ask, urgent=urgent)

    def write(
        self,
        prompt: Prompt,
        *,
        max_tokens: int,
        urgent: bool = False,
        on_text: Callable[[str], None] | None = None,
    ) -> str:
        def ask() -> str:
            if on_text is None:
                return _text(self._complete(prompt, max_tokens=max_tokens), self.label)
            return self._stream(prompt, max_tokens, on_text)

        return self._call(ask, urgent=urgent)

    def fill(
        self, prompt: Prompt, schema: dict[str, Any], *, max_tokens: int, urgent: bool = False
    ) -> Any:
        wanted = {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema}}

        def ask() -> Any:
            completion = self._complete(prompt, max_tokens=max_tokens, response_format=wanted)
            if completion.choices[0].finish_reason == "length":
                raise ModelNonsense(
                    f"{self.label} was cut off before its reply was complete.",
                    "Try again, or choose a model with a longer reply.",
                )
            return _parsed(_text(completion, self.label), schema, self.label)

        return self._call(ask, urgent=urgent)

    def usage(self) -> Usage:
        with self._lock:
            usage, self._usage = self._usage, Usage(0, 0, 0)
        return usage

    def rest(self) -> None:
        """Let the call in hand end, and no other begin: for the end of the program.

        llama.cpp crashes when the interpreter goes away while it computes.
        """
        self._turnstile.shut()

    def close(self) -> None:
        self._client.close()
        self._keep = None

    def _call(self, ask: Callable[[], _Reply], *, urgent: bool) -> _Reply:
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=self._wait,
            retry=retry_if_exception(_passing),
        )
        try:
            # The turnstile is taken anew for each try, so that waiting out a 429
            # on a grade never holds up the live turn.
            reply: _Reply = retrying(self._once, ask, urgent)
            return reply
        except RetryError as error:
            raise translated(error.last_attempt.exception(), self.label) from error
        except openai.OpenAIError as error:
            raise translated(error, self.label) from error

    def _once(self, ask: Callable[[], _Reply], urgent: bool) -> _Reply:
        with self._turnstile.enter(urgent=urgent):
            try:
                return ask()
            except (ValueError, AttributeError, TypeError, LookupError) as error:
                # The client does not check what it parses: a body that is no JSON, or JSON of
                # another shape, shows only when a part of it is missing.
                raise self._nonsense() from error
            except openai.APIResponseValidationError as error:
                raise self._nonsense() from error

    def _nonsense(self) -> ModelNonsense:
        return ModelNonsense(
            f"{self.label} sent something that is not a chat completion.",
            "Try again; `greenroom doctor` checks the address.",
        )

    def _complete(self, prompt: Prompt, **options: Any) -> ChatCompletion:
        completion: ChatCompletion = self._client.chat.completions.create(
            model=self._model, messages=_messages(prompt), temperature=0, seed=1, **options
        )
        if not completion.choices:
            raise ModelNonsense(f"{self.label} sent a reply without any choice.", "Try again.")
        self._count(completion.usage)
        return completion

    def _stream(self, prompt: Prompt, max_tokens: int, on_text: Callable[[str], None]) -> str:
        pieces: list[str] = []
        with self._client.chat.completions.create(
            model=self._model,
            messages=_messages(prompt),
            temperature=0,
            seed=1,
            max_tokens=max_tokens,
            stream=True,
            stream_options={"include_usage": True},
        ) as chunks:
            for chunk in chunks:
                self._count(chunk.usage)
                piece = chunk.choices[0].delta.content if chunk.choices else None
                if piece:
                    pieces.append(piece)
                    on_text(piece)
        return _not_empty("".join(pieces), self.label)

    def _count(self, usage: Any) -> None:
        if usage is None:
            return
        details = usage.prompt_tokens_details
        cached = (details.cached_tokens or 0) if details else 0
        with self._lock:
            old = self._usage
            self._usage = Usage(
                old.processed + usage.prompt_tokens - cached,
                old.cached + cached,
                old.generated + usage.completion_tokens,
            )


class _RetryAfter(wait_base):
    """Wait as long as the service asks, else longer after every failure."""

    _otherwise = wait_exponential_jitter(multiplier=0.5, max=MAX_WAIT_SECONDS)

    def __call__(self, retry_state: Any) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        if isinstance(error, openai.APIStatusError):
            asked = error.response.headers.get("retry-after", "")
            if asked.replace(".", "", 1).isdigit():
                return min(float(asked), MAX_WAIT_SECONDS)
        return self._otherwise(retry_state)


def _passing(error: BaseException) -> bool:
    if isinstance(error, openai.APITimeoutError):
        return False  # the candidate has waited long enough; the way on is theirs to choose
    if isinstance(error, openai.APIStatusError):
        return error.status_code == 429 or error.status_code >= 500
    return isinstance(error, openai.APIConnectionError | ModelNonsense)


def translated(error: BaseException | None, label: str) -> GreenroomError:
    """Return the openai client's error as one that says what to do about it."""
    if isinstance(error, ModelNonsense):
        return error
    if isinstance(error, openai.APITimeoutError):
        return ModelTimeout(
            f"{label} took longer than the time limit.",
            "Retry, or raise GREENROOM_MODEL_TIMEOUT; your answer is safe.",
        )
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return ModelUnavailable(
            f"{label} refused the key.", "Check OPENAI_API_KEY; your answer is safe."
        )
    if isinstance(error, openai.APIStatusError):
        return ModelUnavailable(
            f"{label} answered with status {error.status_code}.",
            "Retry in a moment; `greenroom doctor` checks the address. Your answer is safe.",
        )
    return ModelUnavailable(
        f"{label} can't be reached.",
        "Retry; `greenroom doctor` checks the address. Your answer is safe.",
    )


def _messages(prompt: Prompt) -> list[ChatCompletionMessageParam]:
    return [
        {"role": "system", "content": prompt.system},
        {"role": "user", "content": prompt.user},
    ]


def _text(completion: ChatCompletion, label: str) -> str:
    return _not_empty(completion.choices[0].message.content or "", label)


def _not_empty(text: str, label: str) -> str:
    if not text.strip():
        raise ModelNonsense(f"{label} sent an empty reply.", "Try again.")
    return text.strip()


def _parsed(text: str, schema: dict[str, Any], label: str) -> Any:
    try:
        value = json.loads(text)
        jsonschema.validate(value, schema)
    except (json.JSONDecodeError, jsonschema.ValidationError) as error:
        raise ModelNonsense(
            f"{label} sent something that is not the JSON it was asked for.", "Try again."
        ) from error
    return value


def _shares(completion: ChatCompletion, options: Sequence[str], label: str) -> dict[str, float]:
    """Read the first token's probabilities as shares of the options.

    A token counts for the one option that it begins or that it spells, whatever its case.
    """
    logprobs = completion.choices[0].logprobs
    if logprobs is None or not logprobs.content:
        raise ModelNonsense(f"{label} returned no token probabilities.", "Choose another model.")
    mass = dict.fromkeys(options, _FLOOR)
    for top in logprobs.content[0].top_logprobs:
        token = top.token.strip().lower()
        fitting = [o for o in options if token and o.lower().startswith(token)]
        if len(fitting) == 1:
            mass[fitting[0]] += math.exp(top.logprob)
    total = sum(mass.values())
    return {option: share / total for option, share in mass.items()}
