from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from bot.backends.deferred import DeferredChat
from bot.backends.scripted import Choose, ScriptedChat
from bot.errors import ArtefactMissing, Bug, ModelUnavailable
from bot.ports import Capability, ChatModel, Prompt

EXPECTED = Capability(logprobs=True, structured=False)
PROMPT = Prompt("s", "u", "d")


def deferred(load: Callable[[], ChatModel], *, remote: bool = False) -> DeferredChat:
    return DeferredChat(load, label="m", remote=remote, capability=EXPECTED)


def test_it_is_there_at_once_and_waits_only_when_asked() -> None:
    ready = threading.Event()

    def load() -> ChatModel:
        ready.wait(5.0)
        return ScriptedChat([Choose({"A": 1.0})], capability=Capability(True, True))

    chat = deferred(load)
    assert (chat.status().state, chat.capability, chat.label) == ("loading", EXPECTED, "m")
    ready.set()
    assert chat.choose(PROMPT, ("A",)) == {"A": 1.0}
    assert (chat.status().state, chat.capability) == ("ready", Capability(True, True))
    chat.close()


def test_a_remote_model_says_that_answers_leave_the_machine() -> None:
    chat = deferred(ScriptedChat, remote=True)
    chat.wait()
    assert (chat.status().state, chat.status().leaves_machine) == ("remote", True)


def test_a_model_that_came_back_is_used() -> None:
    outcomes = iter([ModelUnavailable("Down.", "Retry."), ModelUnavailable("Still.", "Retry.")])

    def load() -> ChatModel:
        for error in outcomes:
            raise error
        return ScriptedChat([Choose({"A": 1.0})])

    chat = deferred(load)
    with pytest.raises(ModelUnavailable, match="Still"):
        chat.choose(PROMPT, ("A",))
    assert chat.status().state == "failed"
    assert chat.choose(PROMPT, ("A",)) == {"A": 1.0}
    assert chat.status().state == "ready"


def test_a_missing_file_is_told_with_its_remedy() -> None:
    def load() -> ChatModel:
        raise ArtefactMissing("There is no m.gguf.", "Run `greenroom models fetch`.")

    chat = deferred(load)
    with pytest.raises(ArtefactMissing):
        chat.wait()
    status = chat.status()
    assert (status.state, status.remedy) == ("failed", "Run `greenroom models fetch`.")
    assert chat.capability == EXPECTED
    chat.close()


def test_an_error_of_ours_is_a_failure_and_not_a_model() -> None:
    tries: list[int] = []

    def load() -> ChatModel:
        tries.append(1)
        raise ZeroDivisionError

    chat = deferred(load)
    for _ in range(2):
        with pytest.raises(Bug, match=r"ZeroDivisionError.*greenroom doctor"):
            chat.choose(PROMPT, ("A",))
    assert (chat.status().state, len(tries)) == ("failed", 1)


def test_many_who_wait_load_it_once_more_and_not_each_for_itself() -> None:
    tries: list[int] = []
    gate = threading.Barrier(4)

    def load() -> ChatModel:
        tries.append(1)
        if len(tries) == 1:
            raise ModelUnavailable("Down.", "Retry.")
        return ScriptedChat(otherwise={"A": 1.0})

    chat = deferred(load)
    chat._thread.join(5.0)
    answers: list[dict[str, float]] = []

    def ask() -> None:
        gate.wait(5.0)
        answers.append(chat.choose(PROMPT, ("A",)))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5.0)
    assert answers == [{"A": 1.0}] * 4
    assert len(tries) == 2
