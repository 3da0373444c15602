"""Between the store's records and the interviewer's values, and between their errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import store.errors as kept
from bot.domain import Quote, Status, Turn, Verdict
from bot.errors import AnsweredElsewhere, CallerError, NotFound, StoreBusy, StoreUnusable
from store.records import Turn as StoredTurn
from store.records import Verdict as StoredVerdict


@contextmanager
def storing() -> Iterator[None]:
    """Turn the store's errors into those that the pages and the command know."""
    try:
        yield
    except kept.NotStored as error:
        raise NotFound(error.message, error.remedy) from error
    except kept.TurnTaken as error:
        raise AnsweredElsewhere(
            "This turn was already answered, in another tab or terminal.",
            "What you wrote is still here: see where the interview is now, and go on from there.",
        ) from error
    except kept.Finished as error:
        raise CallerError(error.message, error.remedy) from error
    except kept.Busy as error:
        raise StoreBusy(error.message, error.remedy) from error
    except kept.StoreError as error:
        raise StoreUnusable(error.message, error.remedy) from error


def turn_from(stored: StoredTurn) -> Turn:
    """Return a stored turn as a `bot.domain.Turn`."""
    return Turn(
        seq=stored.seq,
        speaker=stored.speaker,
        kind=stored.kind,
        text=stored.text,
        at=stored.at,
        round_no=stored.round_no,
        question_no=stored.question_no,
        question_id=stored.question_id,
        criterion_id=stored.criterion_id,
        detail=stored.detail,
        seconds=stored.seconds,
    )


def verdict_from(stored: StoredVerdict, hints: int) -> Verdict:
    """Return a stored verdict as a `bot.domain.Verdict`."""
    return Verdict(
        criterion_id=stored.criterion_id,
        status=Status(stored.status),
        score=stored.score,
        reason=stored.reason,
        quotes=tuple(Quote(q.text, q.seq, q.start, q.end) for q in stored.quotes),
        strategy=stored.strategy,
        model=stored.model,
        model_digest=stored.model_digest,
        prompt_digest=stored.prompt_digest,
        pack_digest=stored.pack_digest,
        confidence=stored.confidence,
        hints=hints,
    )
