"""The one door to models, against a real HTTP server that behaves as models' servers do."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import openai
import pytest
from tenacity.wait import wait_none

from bot.backends.capability import detect
from bot.backends.chat import OpenAIChat
from bot.errors import ModelNonsense, ModelTimeout, ModelUnavailable
from bot.ports import Capability, Prompt, Usage

PROMPT = Prompt("You reply with one letter.", "Is it A or B?", "d")
SCHEMA = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}


@dataclass(frozen=True)
class Reply:
    """What the server does with one request: wait, send, and perhaps hang up early."""

    status: int = 200
    body: str | dict[str, Any] = ""
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    cut_off: bool = False


def completion(
    text: str | None = "A", *, tokens: dict[str, float] | None = None, finish: str = "stop"
) -> dict[str, Any]:
    """Return a chat completion; `tokens` are the first token's log-probabilities."""
    top = [{"token": t, "logprob": p, "bytes": None} for t, p in (tokens or {}).items()]
    logprobs = {"content": [{**top[0], "top_logprobs": top}]} if top else None
    message = {"role": "assistant", "content": text}
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "served",
        "choices": [
            {"index": 0, "message": message, "finish_reason": finish, "logprobs": logprobs}
        ],
        "usage": {
            "prompt_tokens": 40,
            "completion_tokens": 2,
            "total_tokens": 42,
            "prompt_tokens_details": {"cached_tokens": 30},
        },
    }


class Service:
    """A loopback server that works through a list of replies and keeps what it was sent."""

    def __init__(self) -> None:
        self.replies: deque[Reply] = deque()
        self.requests: list[dict[str, Any]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["content-length"])
                service.requests.append(json.loads(self.rfile.read(size)))
                service.answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                """Keep the test's output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._thread.start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        reply = self.replies.popleft()
        time.sleep(reply.wait)
        is_json = isinstance(reply.body, dict)
        body = (json.dumps(reply.body) if is_json else str(reply.body)).encode()
        request.send_response(reply.status)
        kind = "application/json" if is_json else "text/html"
        for name, value in ({"content-type": kind} | reply.headers).items():
            request.send_header(name, value)
        request.send_header("content-length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[: len(body) // 2] if reply.cut_off else body)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.close()


def client_of(address: str, timeout: float = 5.0) -> openai.OpenAI:
    return openai.OpenAI(base_url=address, api_key="k", timeout=timeout, max_retries=0)


@pytest.fixture
def chat(service: Service) -> Iterator[OpenAIChat]:
    chat = made(client_of(service.address), wait=wait_none())
    yield chat
    chat.close()


def made(client: openai.OpenAI, **options: Any) -> OpenAIChat:
    return OpenAIChat(
        client,
        model="m",
        label="the model",
        digest="d",
        capability=Capability(True, True),
        **options,
    )


def test_a_closed_question_is_read_by_probability(chat: OpenAIChat, service: Service) -> None:
    service.replies.append(Reply(body=completion(tokens={"A": -0.2, " b": -2.0, "C": -4.0})))
    shares = chat.choose(PROMPT, ("A", "B"))
    assert shares["A"] == pytest.approx(0.8187 / (0.8187 + 0.1353), abs=0.001)
    assert sum(shares.values()) == pytest.approx(1.0)
    sent = service.requests[0]
    assert (sent["max_tokens"], sent["logprobs"], sent["temperature"]) == (1, True, 0)
    assert [m["role"] for m in sent["messages"]] == ["system", "user"]


def test_a_token_that_begins_two_options_counts_for_neither(
    chat: OpenAIChat, service: Service
) -> None:
    service.replies.append(Reply(body=completion(tokens={"m": -0.1, "mis": -3.0, "": -0.1})))
    assert chat.choose(PROMPT, ("missing", "met"))["missing"] > 0.99


def test_tokens_are_counted_once(chat: OpenAIChat, service: Service) -> None:
    service.replies.extend([Reply(body=completion()), Reply(body=completion())])
    chat.write(PROMPT, max_tokens=5)
    chat.write(PROMPT, max_tokens=5)
    assert chat.usage() == Usage(processed=20, cached=60, generated=4)
    assert chat.usage() == Usage(0, 0, 0)


def test_text_and_json(chat: OpenAIChat, service: Service) -> None:
    service.replies.extend([Reply(body=completion(" Hi.\n")), Reply(body=completion('{"x": 3}'))])
    assert chat.write(PROMPT, max_tokens=5) == "Hi."
    assert chat.fill(PROMPT, SCHEMA, max_tokens=5) == {"x": 3}
    assert service.requests[1]["response_format"]["json_schema"]["schema"] == SCHEMA


def test_429_is_waited_out_as_long_as_it_says(service: Service) -> None:
    chat = made(client_of(service.address))
    service.replies.append(Reply(429, {"error": "slow down"}, {"retry-after": "0.3"}))
    service.replies.append(Reply(body=completion("ok")))
    began = time.monotonic()
    assert chat.write(PROMPT, max_tokens=5) == "ok"
    assert 0.3 <= time.monotonic() - began < 3.0


def test_a_passing_500_is_tried_again(chat: OpenAIChat, service: Service) -> None:
    service.replies.extend(
        [Reply(500, {"error": "oops"}), Reply(503), Reply(body=completion("ok"))]
    )
    assert chat.write(PROMPT, max_tokens=5) == "ok"


def test_500_for_good_names_the_status_and_the_way_on(chat: OpenAIChat, service: Service) -> None:
    service.replies.extend([Reply(500, {"error": "oops"})] * 3)
    with pytest.raises(ModelUnavailable, match=r"the model answered with status 500\..*safe"):
        chat.write(PROMPT, max_tokens=5)
    assert len(service.requests) == 3


def test_a_wrong_key_is_not_tried_again(chat: OpenAIChat, service: Service) -> None:
    service.replies.append(Reply(401, {"error": "no"}))
    with pytest.raises(ModelUnavailable, match=r"refused the key.*OPENAI_API_KEY"):
        chat.write(PROMPT, max_tokens=5)
    assert len(service.requests) == 1


SPOILT = {
    "a page": Reply(body="<html>hello</html>"),
    "a page called JSON": Reply(
        body="<html>hello</html>", headers={"content-type": "application/json"}
    ),
    "JSON of another shape": Reply(body={"hello": "there"}),
    "no choice": Reply(body={**completion(), "choices": []}),
    "no message": Reply(body={**completion(), "choices": [{"index": 0}]}),
    "a list": Reply(body="[1, 2]", headers={"content-type": "application/json"}),
    "nothing at all": Reply(body="", headers={"content-type": "application/json"}),
    "an empty text": Reply(body=completion("  \n")),
    "no text": Reply(body=completion(None)),
}


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT.keys())
@pytest.mark.parametrize(
    "call",
    [
        lambda chat: chat.write(PROMPT, max_tokens=5),
        lambda chat: chat.fill(PROMPT, SCHEMA, max_tokens=5),
        lambda chat: chat.choose(PROMPT, ("A", "B")),
    ],
    ids=["write", "fill", "choose"],
)
def test_nonsense_is_tried_again_and_then_named(
    chat: OpenAIChat, service: Service, spoilt: Reply, call: Callable[[OpenAIChat], object]
) -> None:
    service.replies.extend([spoilt] * 3)
    with pytest.raises(ModelNonsense, match="the model"):
        call(chat)
    assert len(service.requests) == 3


@pytest.mark.parametrize("text", ["I'd say 3.", '{"x": "three"}', '{"x": 3', "[3]"])
def test_a_reply_outside_its_schema_is_nonsense(
    chat: OpenAIChat, service: Service, text: str
) -> None:
    service.replies.extend([Reply(body=completion(text))] * 3)
    with pytest.raises(ModelNonsense, match="not the JSON"):
        chat.fill(PROMPT, SCHEMA, max_tokens=5)


def test_nonsense_once_costs_nothing(chat: OpenAIChat, service: Service) -> None:
    service.replies.extend([SPOILT["a page"], Reply(body=completion('{"x": 3}'))])
    assert chat.fill(PROMPT, SCHEMA, max_tokens=5) == {"x": 3}


def test_a_reply_that_ran_out_of_tokens_is_not_used(chat: OpenAIChat, service: Service) -> None:
    service.replies.extend([Reply(body=completion('{"x": 3}', finish="length"))] * 3)
    with pytest.raises(ModelNonsense, match="cut off"):
        chat.fill(PROMPT, SCHEMA, max_tokens=5)


def test_a_connection_cut_in_mid_reply_is_tried_again(chat: OpenAIChat, service: Service) -> None:
    service.replies.extend([Reply(body=completion(), cut_off=True), Reply(body=completion("ok"))])
    assert chat.write(PROMPT, max_tokens=5) == "ok"


def test_slower_than_the_limit_is_a_timeout_and_not_tried_again(service: Service) -> None:
    chat = made(client_of(service.address, timeout=0.3), wait=wait_none())
    service.replies.append(Reply(body=completion(), wait=1.0))
    began = time.monotonic()
    with pytest.raises(ModelTimeout, match=r"time limit.*GREENROOM_MODEL_TIMEOUT"):
        chat.write(PROMPT, max_tokens=5)
    assert time.monotonic() - began < 0.9
    assert len(service.requests) == 1


def test_nobody_there(service: Service) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chat = made(client_of(f"http://127.0.0.1:{port}/v1"), wait=wait_none())
    with pytest.raises(ModelUnavailable, match=r"can't be reached.*greenroom doctor"):
        chat.choose(PROMPT, ("A", "B"))


def test_no_probabilities_is_nonsense(chat: OpenAIChat, service: Service) -> None:
    service.replies.extend([Reply(body=completion("A"))] * 3)
    with pytest.raises(ModelNonsense, match="no token probabilities"):
        chat.choose(PROMPT, ("A", "B"))


def test_a_reply_is_handed_on_piece_by_piece(chat: OpenAIChat, service: Service) -> None:
    def event(**delta: Any) -> str:
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        return f"data: {json.dumps(chunk | {'choices': [{'index': 0, 'delta': delta}]})}\n\n"

    body = (
        event(role="assistant") + event(content="Go ") + event(content="on.") + "data: [DONE]\n\n"
    )
    service.replies.append(Reply(body=body, headers={"content-type": "text/event-stream"}))
    pieces: list[str] = []
    assert chat.write(PROMPT, max_tokens=5, on_text=pieces.append) == "Go on."
    assert pieces == ["Go ", "on."]


def test_an_urgent_call_goes_before_one_that_waits_out_a_429(service: Service) -> None:
    chat = made(client_of(service.address))
    service.replies.append(Reply(429, {"error": "slow down"}, {"retry-after": "1"}))
    service.replies.extend([Reply(body=completion("live")), Reply(body=completion("grade"))])
    grade: list[str] = []
    grading = threading.Thread(target=lambda: grade.append(chat.write(PROMPT, max_tokens=5)))
    grading.start()
    while not service.requests:
        time.sleep(0.01)
    began = time.monotonic()
    assert chat.write(PROMPT, max_tokens=5, urgent=True) == "live"
    assert time.monotonic() - began < 0.8
    grading.join(5.0)
    assert grade == ["grade"]


GOOD = '{"quotes": ["apples", "two plums"], "missing": "pears"}'


@pytest.mark.parametrize(
    ("replies", "capability"),
    [
        ([completion(tokens={"A": -0.1}), completion(GOOD)], Capability(True, True)),
        ([completion(tokens={"B": -0.1}), completion(GOOD)], Capability(False, True)),
        (
            [
                completion(tokens={"A": -0.1}),
                completion('{"quotes": ["apples", "pears"], "missing": "plums"}'),
            ],
            Capability(True, False),
        ),
    ],
)
def test_what_a_model_can_do_is_found_by_trying(
    service: Service, replies: list[dict[str, Any]], capability: Capability
) -> None:
    service.replies.extend(Reply(body=r) for r in replies)
    assert detect(client_of(service.address), "m") == capability


def test_a_service_that_refuses_the_options_can_still_write(service: Service) -> None:
    service.replies.extend([Reply(400, {"error": "logprobs are not supported"})] * 2)
    assert detect(client_of(service.address), "m") == Capability(False, False)


def test_a_service_that_is_down_is_not_taken_for_a_weak_one(service: Service) -> None:
    service.replies.append(Reply(403, {"error": "no"}))
    with pytest.raises(ModelUnavailable):
        detect(client_of(service.address), "m")
