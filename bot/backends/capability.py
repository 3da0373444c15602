"""Find out by trying what a model behind an address can do."""

from __future__ import annotations

import openai

from bot.backends.chat import OpenAIChat
from bot.errors import GreenroomError, ModelNonsense
from bot.ports import Capability, Prompt

_CLOSED = Prompt(
    "You reply with one letter.", "Which letter comes first, A or B? Reply with A or B.", ""
)
_SCHEMA = {
    "type": "object",
    "properties": {
        "quotes": {"type": "array", "items": {"type": "string"}},
        "missing": {"enum": ["apples", "pears", "plums"]},
    },
    "required": ["quotes", "missing"],
    "additionalProperties": False,
}
_RUBRIC = Prompt(
    "You copy words exactly and reply in JSON.",
    "Said: 'I bought apples, and later two plums.' Copy into quotes the two fruits exactly as "
    "said; missing is the fruit among apples, pears and plums that was not said.",
    "",
)


def detect(client: openai.OpenAI, model: str) -> Capability:
    """Return what the model does when tried. Raises ModelUnavailable if it can't be reached.

    Two short calls: a closed question with probabilities, and a small task
    that needs a schema kept, words copied and the right conclusion drawn. Who
    passes the second is trusted with a whole rubric in one call.
    """
    chat = OpenAIChat(
        client, model=model, label=model, digest="", capability=Capability(True, True)
    )
    return Capability(logprobs=_logprobs(chat), structured=_structured(chat))


def _logprobs(chat: OpenAIChat) -> bool:
    try:
        return chat.choose(_CLOSED, ("A", "B"), urgent=True)["A"] > 0.5
    except ModelNonsense:
        return False
    except GreenroomError as error:
        if isinstance(error.__cause__, openai.BadRequestError):
            return False
        raise


def _structured(chat: OpenAIChat) -> bool:
    try:
        reply = chat.fill(_RUBRIC, _SCHEMA, max_tokens=120, urgent=True)
    except ModelNonsense:
        return False
    except GreenroomError as error:
        if isinstance(error.__cause__, openai.BadRequestError):
            return False
        raise
    quoted = " ".join(reply["quotes"]).lower()
    return bool(
        reply["missing"] == "pears"
        and "apples" in quoted
        and "plums" in quoted
        and "pears" not in quoted
    )
