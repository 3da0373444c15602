"""What a turn is. Every row that says "answer" holds words that also occur in a wish."""

from __future__ import annotations

import pytest

from bot.backends.encoder import Encoder
from bot.domain import Intent
from bot.understanding import Listener, visible, words_of
from rubrics.loader import Library

PROMPT = "A busy site keeps its comments in one table. How would you shard it, and why that way?"
PROBE = "And when one shard is full, what happens to the writes?"


@pytest.fixture(scope="module")
def listener(encoder: Encoder) -> Listener:
    return Listener(encoder.share_known)


def hear(listener: Listener, text: str, *, follow_up: bool = False) -> Intent | None:
    asked = (PROMPT, PROBE) if follow_up else (PROMPT,)
    return listener.obvious(text, asked=asked, follow_up=follow_up)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("", Intent.EMPTY),
        (" \t\r\n ", Intent.EMPTY),
        ("\u200b\u2060\x00\x07", Intent.EMPTY),
        ("?!...", Intent.NOISE),
        ("\U0001f600\U0001f600", Intent.NOISE),
        ("asdf jkl qwer zxcv", Intent.NOISE),
        ("sdkjfh skjdfh ksjdhf kjsdhf kjh", Intent.NOISE),
        ("Fine", Intent.THIN),
        ("ok", Intent.THIN),
        ("Yeah, sure, whatever you like.", Intent.THIN),
        ("42", Intent.THIN),
        ("Use Kafka.", Intent.THIN),
        ("Kafka, Flink, Debezium", Intent.THIN),
        (PROMPT, Intent.PASTED),
        ("how would you shard it and why that way", Intent.PASTED),
        (f"  {PROMPT.upper()}  ", Intent.PASTED),
    ],
)
def test_what_cannot_be_used_is_told_apart(listener: Listener, text: str, intent: Intent) -> None:
    assert hear(listener, text) is intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("stop", Intent.STOP),
        ("Quit.", Intent.STOP),
        ("Please stop the interview.", Intent.STOP),
        ("I need to stop here, sorry", Intent.STOP),
        ("Can we stop for today?", Intent.STOP),
        ("I'd like to end this interview now", Intent.STOP),
        ("Could I have a hint?", Intent.HINT),
        ("hint", Intent.HINT),
        ("A small hint, please.", Intent.HINT),
        ("Give me a pointer", Intent.HINT),
        ("I\u2019m a bit stuck here.", Intent.HINT),
        ("Can you help me out?", Intent.HINT),
        ("Could you repeat that, please?", Intent.REPEAT),
        ("Sorry, I didn't catch that.", Intent.REPEAT),
        ("Say that again?", Intent.REPEAT),
        ("pardon?", Intent.REPEAT),
        ("What was the question?", Intent.REPEAT),
        ("Can you rephrase the question?", Intent.REPEAT),
        ("I don't know.", Intent.UNKNOWN),
        ("No idea, sorry.", Intent.UNKNOWN),
        ("I honestly don't know how people do that", Intent.UNKNOWN),
        ("idk", Intent.UNKNOWN),
        ("I've never worked with that.", Intent.UNKNOWN),
        ("I'm not sure.", Intent.UNKNOWN),
        ("Skip", Intent.SKIP),
        ("Pass.", Intent.SKIP),
        ("Let's skip this one, please", Intent.SKIP),
        ("Can we move on to the next question?", Intent.SKIP),
        ("I'd rather not answer that.", Intent.REFUSE),
        ("I'd prefer not to.", Intent.REFUSE),
        ("No comment.", Intent.REFUSE),
    ],
)
def test_a_wish_is_heard(listener: Listener, text: str, intent: Intent) -> None:
    assert hear(listener, text) is intent


@pytest.mark.parametrize(
    "text",
    [
        "I want to stop the deploy and roll back.",
        "Let's finish the migration first, then measure.",
        "I would end the transaction early.",
        "Keep a pointer to the head and a pointer to the tail.",
        "I'd put an index hint into that query plan.",
        "I'd run it once more every hour.",
        "Repeat the experiment on the second half of the users.",
        "Pass the token in a header.",
        "I would skip retries for writes.",
        "Skip lists keep it sorted in memory.",
        "I'd rather not use a cache, since it goes stale.",
        "I'm not sure it matters, I'd use a queue and retry.",
        "I don't know the size, so I'd measure the table first.",
        "I never worked with Kafka, but I'd use SQS there.",
        "What I'd do is add a cache in front of it.",
        "Which is why I moved it to a queue.",
        "Where I would begin is the logs.",
        "Let me check the dashboards first, then roll back.",
        "Have the client retry with a growing delay.",
        "Do the reads first, then the writes.",
        "How far he has read is one value, which all his devices share.",
        "Denormalise, shard, replicate, cache, queue, retry.",
    ],
)
def test_an_answer_is_not_taken_for_a_wish(listener: Listener, text: str) -> None:
    assert hear(listener, text) is Intent.ANSWER


def test_no_wording_of_the_packs_is_anything_but_an_answer(
    listener: Listener, library: Library
) -> None:
    heard = {
        text: listener.obvious(text, asked=(question.prompt, *c.probes), follow_up=True)
        for pack in library.packs
        for question in pack.questions()
        for c in question.criteria
        for text in c.said
    }
    assert {t: i for t, i in heard.items() if i is not Intent.ANSWER} == {}


@pytest.mark.parametrize(
    "text",
    [
        "How many users are there?",
        "How many users?",
        "Any constraints?",
        "Is latency important here, or is throughput?",
        "Should the cache be shared between regions",
        "Can I assume that reads outnumber writes?",
        "Quick question, do we keep deleted comments?",
        "Before I start. What is the size of one comment?",
        "How many users are there? I want to size it.",
    ],
)
def test_a_question_back_is_a_clarification(listener: Listener, text: str) -> None:
    assert hear(listener, text) is Intent.CLARIFY


@pytest.mark.parametrize(
    "text",
    [
        "When should I page someone? When the error budget burns.",
        "I would shard by site, because a page reads one site only. Is that all right with you?",
    ],
)
def test_what_tells_and_asks_is_left_to_the_model(listener: Listener, text: str) -> None:
    assert hear(listener, text) is None


def test_a_long_turn_that_asks_something_is_an_answer(listener: Listener) -> None:
    text = "I would shard by site, since every page reads the comments of one site only. " * 6
    assert hear(listener, text + "Does that make sense?") is Intent.ANSWER


@pytest.mark.parametrize(
    "text",
    [
        "Je ne comprends pas la question du tout",
        "Ich würde eine Warteschlange davor setzen",
        "Yo usaría una cola delante del servicio",
        "你好，我不知道这个问题",
        "привет, я не понимаю вопрос",
    ],
)
def test_another_language_is_named(listener: Listener, text: str) -> None:
    assert hear(listener, text) is Intent.OTHER_LANGUAGE


def test_a_few_words_may_answer_a_follow_up_but_not_a_question(listener: Listener) -> None:
    assert hear(listener, "Writes fail.") is Intent.THIN
    assert hear(listener, "Writes fail.", follow_up=True) is Intent.ANSWER
    assert hear(listener, "Fine.", follow_up=True) is Intent.THIN


def test_a_follow_up_pasted_back_is_seen(listener: Listener) -> None:
    assert hear(listener, PROBE.lower(), follow_up=True) is Intent.PASTED


def test_markup_and_control_characters_hide_nothing(listener: Listener) -> None:
    assert visible("a\x00b\u202ec\n\n d") == "abc d"
    assert hear(listener, "I don\u200b't kn\x07ow.") is Intent.UNKNOWN
    assert (
        hear(listener, "<b>I would shard by site</b>, <script>alert(1)</script>") is Intent.ANSWER
    )


def test_words_keep_their_inner_marks() -> None:
    assert words_of("It\u2019s well-known, isn't_it?") == ["it's", "well-known", "isn't", "it"]


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("No, thanks.", True),
        ("That's all, thank you so much for your time today", True),
        ("", True),
        ("What does the team look like?", False),
        ("No wait, how is the pay?", False),
        ("I'd like to hear about how the teams work together", False),
    ],
)
def test_nothing_to_ask(listener: Listener, text: str, nothing: bool) -> None:
    assert listener.nothing_to_ask(text) is nothing


def test_an_answer_of_50_000_characters_is_told_quickly(listener: Listener) -> None:
    for text in ("so " * 16_000, "a" * 50_000, "?" * 50_000, "why? " * 10_000, "\u202e" * 50_000):
        assert hear(listener, text) in set(Intent)
