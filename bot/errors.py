"""One tree of errors, split by what the person reading can do about it.

Every message names the thing that failed; `remedy` names the way out. The
command exits with `exit_status`; the pages show both sentences.
"""

from __future__ import annotations


class GreenroomError(Exception):
    """Anything that Greenroom tells a person about."""

    exit_status = 1

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"


class CallerError(GreenroomError):
    """What was asked for can't be done as asked: call again, corrected."""

    exit_status = 2


class NotFound(CallerError):
    """A track, question, interview or file that does not exist."""


class BadAnswer(CallerError):
    """An answer that can't be taken, such as one that is too long. Nothing was stored."""


class AnsweredElsewhere(CallerError):
    """This turn already has another answer, given in another tab or terminal."""


class TryAgain(GreenroomError):
    """Something passing: the same call may work later."""


class ModelUnavailable(TryAgain):
    """The model could not be reached, or kept failing after retries."""


class ModelTimeout(ModelUnavailable):
    """The model took longer than the timeout."""


class ModelNonsense(TryAgain):
    """The model replied with something unusable, after retries."""


class StoreBusy(TryAgain):
    """The database stayed locked by another program."""


class FixSetup(GreenroomError):
    """The set-up needs a hand before this can work."""


class ArtefactMissing(FixSetup):
    """A model file is not on this machine."""


class ArtefactCorrupt(FixSetup):
    """A model file's hash is wrong. It is never loaded."""


class StoreUnusable(FixSetup):
    """The database is read-only, damaged, or from a newer Greenroom."""


class Bug(GreenroomError):
    """Greenroom itself went wrong."""
