"""What takes long runs here, off the script thread.

Streamlit starts a script again at every event, and aborts the run that is
under way; a model call there would be made twice or lost. So a page hands its
call to this worker, is drawn again at short intervals, and looks at how the
call stands. One worker serves the whole process: a second tab sees the same.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock, RLock, Thread
from typing import Any

from bot.domain import Action, Plan, Turn, Typed
from bot.errors import Bug, GreenroomError
from bot.interview import Interviews

_log = logging.getLogger(__name__)
_WORDS_A_SECOND = 28.0  # about four times as fast as speech: it reads as writing, nobody waits
_KEPT = 200  # finished attempts to remember, for tabs that have not looked yet


@dataclass(frozen=True)
class Attempt:
    """One call, under way or over. `draft` is what the candidate wrote, given back on failure."""

    key: str
    place: str  # the interview's id, or what else is worked on
    seq: int | None
    draft: str
    error: GreenroomError | None = None
    result: Any = None
    done: bool = False

    @property
    def failed(self) -> bool:
        return self.error is not None


@dataclass(frozen=True)
class Reply:
    """The interviewer's newest turns, and since when they have been coming."""

    seqs: tuple[int, ...]
    words: tuple[int, ...]
    began: float  # on the worker's clock, seconds

    def shown(self, now: float) -> dict[int, int]:
        """Return how many words of each turn are out by `now`; nothing once all are."""
        left = int((now - self.began) * _WORDS_A_SECOND) + 1
        if left >= sum(self.words):
            return {}
        out = {}
        for seq, words in zip(self.seqs, self.words, strict=True):
            out[seq] = min(words, left)
            left -= out[seq]
        return out


class Live:
    """Runs calls in threads, one at a time for each place. Safe to use from many threads."""

    def __init__(self, interviews: Interviews, clock: Callable[[], float] = time.monotonic) -> None:
        self._interviews = interviews
        self._clock = clock
        self._guard = Lock()
        self._turns: defaultdict[str, RLock] = defaultdict(RLock)
        self._attempts: OrderedDict[str, Attempt] = OrderedDict()
        self._replies: dict[str, Reply] = {}

    # -- what can be asked for ---------------------------------------------------

    def start(self, plan: Plan, key: str) -> None:
        """Begin an interview; the attempt's result is its id."""
        self._run(Attempt(key, key, None, ""), lambda: self._interviews.start(plan))

    def answer(self, interview_id: str, text: str, *, seq: int, key: str) -> None:
        """Hand an answer in. The same key again changes nothing, unless the first try failed."""
        self._run(
            Attempt(key, interview_id, seq, text),
            lambda: self._interviews.answer(interview_id, Typed(text, key), seq=seq),
        )

    def act(self, interview_id: str, action: Action, *, seq: int, key: str) -> None:
        """Do what a button asks for."""
        self._run(
            Attempt(key, interview_id, seq, ""),
            lambda: self._interviews.act(interview_id, action, seq=seq, key=key),
        )

    def retry(self, interview_id: str, key: str) -> None:
        """Make the reply that is due."""
        self._run(
            Attempt(key, interview_id, None, ""), lambda: self._interviews.retry(interview_id)
        )

    def grade(self, question_id: str, answer: str, key: str) -> None:
        """Grade an answer to one question; the attempt's result is a PracticeReport."""
        self._run(
            Attempt(key, f"practice:{question_id}", None, answer),
            lambda: self._interviews.grade(question_id, answer),
        )

    # -- how it stands -----------------------------------------------------------

    def attempt(self, key: str) -> Attempt | None:
        """Return the attempt of this key; None if there was none, or none since the start."""
        with self._guard:
            return self._attempts.get(key)

    def under_way(self, place: str) -> Attempt | None:
        """Return the attempt that is being made at this place, if one is."""
        with self._guard:
            running = (a for a in self._attempts.values() if a.place == place and not a.done)
            return next(running, None)

    def coming(self, interview_id: str) -> dict[int, int]:
        """Return, for each turn that is still coming, how many of its words are out."""
        with self._guard:
            reply = self._replies.get(interview_id)
        return reply.shown(self._clock()) if reply else {}

    def forget(self, key: str) -> None:
        """Drop a finished attempt, once its error has been answered."""
        with self._guard:
            found = self._attempts.get(key)
            if found is not None and found.done:
                del self._attempts[key]

    # -- running -----------------------------------------------------------------

    def _run(self, attempt: Attempt, call: Callable[[], Any]) -> None:
        with self._guard:
            known = self._attempts.get(attempt.key)
            if known is not None and not known.failed:
                return
            self._attempts[attempt.key] = attempt
            self._trim()
        Thread(
            target=self._work, args=(attempt, call), name=f"live-{attempt.key[:8]}", daemon=True
        ).start()

    def _work(self, attempt: Attempt, call: Callable[[], Any]) -> None:
        error: GreenroomError | None = None
        result: Any = None
        with self._guard:
            turn = self._turns[attempt.place]
        with turn:
            try:
                result = call()
            except GreenroomError as known:
                error = known
            except Exception as unknown:
                _log.exception("a call for %s went wrong", attempt.place)
                error = Bug(
                    f"Greenroom itself went wrong ({type(unknown).__name__}).",
                    "Try again; if it stays, the log names the place to report.",
                )
        with self._guard:
            self._attempts[attempt.key] = Attempt(
                attempt.key, attempt.place, attempt.seq, attempt.draft, error, result, done=True
            )
            said = [t for t in result if isinstance(t, Turn)] if isinstance(result, list) else []
            if said:
                self._replies[attempt.place] = _reply(said, self._clock())

    def _trim(self) -> None:
        done = [key for key, a in self._attempts.items() if a.done]
        for key in done[: max(0, len(done) - _KEPT)]:
            self._replies.pop(self._attempts.pop(key).place, None)


def _reply(said: Sequence[Turn], now: float) -> Reply:
    return Reply(tuple(t.seq for t in said), tuple(len(t.text.split()) for t in said), now)


@cache
def worker(interviews: Interviews) -> Live:
    """Return the process's one worker for these interviews."""
    return Live(interviews)
