"""What can go wrong with the database, each with the way out.

The store knows no other part of Greenroom, so it has its own tree; `bot`
translates it into its own.
"""

from __future__ import annotations

from store.records import Turn


class StoreError(Exception):
    """The database could not do what was asked. Nothing of that call was stored."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"


class NotStored(StoreError):
    """An interview, turn or grading that the database does not hold."""


class TurnTaken(StoreError):
    """The place of a turn is not free: another turn stands there, or the count is off.

    `existing` is the turn that stands at `seq`, or None when `seq` lies beyond
    the end; `expected` is the only seq that a new turn may have.
    """

    def __init__(self, interview_id: str, seq: int, expected: int, existing: Turn | None) -> None:
        found = (
            f"already holds what the {existing.speaker} said"
            if existing
            else f"can't be written before turn {expected}"
        )
        super().__init__(
            f"Turn {seq} of interview {interview_id} {found}.",
            "Read the interview again and go on from its last turn.",
        )
        self.interview_id = interview_id
        self.seq = seq
        self.expected = expected
        self.existing = existing


class Finished(StoreError):
    """The interview has ended, and takes no more turns."""

    def __init__(self, interview_id: str, because: str | None) -> None:
        super().__init__(
            f"Interview {interview_id} is finished ({because or 'no reason stored'}).",
            "Read its report, or start a new interview.",
        )
        self.interview_id = interview_id
        self.because = because


class Busy(StoreError):
    """Another program kept the database locked for longer than the timeout."""


class ReadOnly(StoreError):
    """The database, or the folder it lies in, can't be written."""


class Full(StoreError):
    """There is no room left on the disk, or in the size that the database may take."""


class Newer(StoreError):
    """The database was written by a newer Greenroom. It was not touched."""

    def __init__(self, where: str, found: str, expected: str) -> None:
        super().__init__(
            f"The database {where} has schema version {found}; "
            f"this Greenroom knows versions up to {expected}.",
            "Update Greenroom, or set GREENROOM_DATABASE_URL to another database.",
        )
        self.found = found
        self.expected = expected


class Damaged(StoreError):
    """The file is not a database of Greenroom's, or parts of it are missing."""


class Unreachable(StoreError):
    """The address is wrong, or no database answers there."""
