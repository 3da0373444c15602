"""How long a candidate waits: from a typed answer of 120 words to the first word of the reply.

Plays an interview on the embedded model with the grader at work in between, as in
real life. Baseline, in the same run and with the machine to itself: the naive way,
one prompt with question, criteria and answer, whose follow-up is written freely;
the time to its first token.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from bench.cases import samples
from bench.table import Target, place, settle, show
from bot import settings as configuration
from bot.backends.catalog import Catalog
from bot.backends.encoder import Encoder
from bot.backends.opening import open_chat
from bot.domain import Typed
from bot.interview import Interviews
from bot.ports import ChatModel, Prompt, Usage
from bot.settings import Settings
from rubrics.loader import Library, load_library
from rubrics.schema import Question
from ui.wiring import assemble

WORDS = 120
TRACK = "atlassian/ml-engineer"
NAIVE = 5  # prompts of the baseline


@dataclass(frozen=True)
class Turn:
    """Seconds to the reply, what the reply was, and the tokens used since the turn before."""

    seconds: float
    kind: str
    usage: Usage


def main(
    turns: Annotated[int, typer.Option(min=20, help="Answers to give")] = 24,
    pause: Annotated[float, typer.Option(help="Seconds between a reply and the next answer")] = 2.0,
    check: Annotated[bool, typer.Option(help="Exit with 1 when a target is missed")] = False,
) -> None:
    """Print the wait for each turn, the tokens, the baseline and the peak of memory."""
    chosen = configuration.load()
    catalog, library = Catalog.load(), load_library()
    encoder = Encoder(catalog.path("all-minilm-l6-v2", chosen))
    chat = open_chat(chosen, catalog)
    chat.wait()
    with TemporaryDirectory() as folder:
        kept = Settings(data_dir=Path(folder), models_dir=chosen.artefacts)
        interviews = assemble(kept, library, encoder, chat, chat.status)
        naive = [naive_wait(chat, q) for q in _some(library, interviews)]
        interviews.start_worker()
        played = list(play(interviews, chat, library, turns, pause))
        peak = peak_memory()
    print(f"The wait for a reply to {WORDS} words, {chat.label}, {place()}")
    rows = [
        [str(n), f"{t.seconds:.2f}", t.kind, str(t.usage.processed), str(t.usage.cached)]
        for n, t in enumerate(played, 1)
    ]
    head = ["turn", "seconds", "reply", "tokens processed", "cached"]
    show("Each turn; the tokens since the turn before are nearly all the grader's", head, rows)
    waits = [t.seconds for t in played]
    median = statistics.median(waits)
    show(
        "Seconds to the first word",
        ["", "median", "slowest"],
        [
            ["the naive way, first token (baseline)", *_marks(naive)],
            ["ours, the whole reply", *_marks(waits)],
        ],
    )
    print(f"\n  the naive way to ours, median: {statistics.median(naive) / median:.1f}")
    early, late = statistics.median(waits[1:4]), statistics.median(waits[18:21])
    settle(
        [
            Target("median wait", median, 4, " s"),
            Target("turns 19 to 21 to turns 2 to 4", late / early, 1.3),
            Target("peak memory of the whole program", peak, 3, " GiB"),
        ],
        check=check,
    )
    sys.stdout.flush()


def play(
    interviews: Interviews, chat: ChatModel, library: Library, turns: int, pause: float
) -> Iterator[Turn]:
    """Yield each turn of an interview of so many answers."""
    id_ = interviews.start(interviews.plan(TRACK, questions=3))
    chat.usage()
    for number in range(turns):
        view = interviews.view(id_)
        asked = view.plan.question_at(view.question_no)[1].question_id
        text = answer_to(library.question(asked)[1], number)
        time.sleep(pause)
        began = time.perf_counter()
        replies = interviews.answer(id_, Typed(text, f"key-{number}"), seq=view.next_seq)
        yield Turn(time.perf_counter() - began, replies[0].kind, chat.usage())


def answer_to(question: Question, number: int) -> str:
    """Return 120 words or so: some of the packs' own wordings, others at each turn."""
    parts = [t for w in (0, 1, 2) for t in samples(question, w).values()]
    turned = parts[number * 2 % len(parts) :] + parts
    words = " ".join(turned).split()[:WORDS]
    return " ".join(words).rstrip(",;:") + "."


def naive_wait(chat: ChatModel, question: Question) -> float:
    """Return the seconds to the first token of a follow-up written freely to one long prompt."""
    criteria = "\n".join(
        f"- {c.name}. Strong: {c.strong} Partial: {c.partial}" for c in question.criteria
    )
    prompt = Prompt(
        "You are an interviewer. Ask one follow-up about what the answer leaves out.",
        f"Question: {question.prompt}\n\nCriteria:\n{criteria}\n\nAnswer: {answer_to(question, 0)}",
        "",
    )
    first: list[float] = []
    began = time.perf_counter()
    chat.write(prompt, max_tokens=8, on_text=lambda _: first.append(time.perf_counter()))
    return first[0] - began


def _some(library: Library, interviews: Interviews) -> list[Question]:
    plan = interviews.plan(TRACK, questions=3)
    chosen = [q.question_id for r in plan.rounds for q in r.questions][:NAIVE]
    return [library.question(name)[1] for name in chosen]


def peak_memory() -> float:
    """Return the most memory that this process has held, in GiB: it is the whole program.

    Its only children are `uname` and the like, asked by the openai client: until
    such a child becomes the other program it shares our memory, and is counted with it.
    """
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1024**3


def _marks(seconds: list[float]) -> list[str]:
    return [f"{statistics.median(seconds):.2f}", f"{max(seconds):.2f}"]


if __name__ == "__main__":
    typer.run(main)
