"""Who may use the model now: a live turn goes before grading, always.

On two cores two calls at once only make both late, so calls go one at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Turnstile:
    """Lets one call through at a time; urgent ones before all others."""

    def __init__(self) -> None:
        self._state = Condition()
        self._busy = False
        self._urgent_waiting = 0

    def shut(self) -> None:
        """Wait until nobody is inside, and let nobody in any more."""
        with self._state:
            self._urgent_waiting += 1
            self._state.wait_for(lambda: not self._busy)
            self._busy = True

    @contextmanager
    def enter(self, *, urgent: bool) -> Iterator[None]:
        """Hold the model for the length of a with block."""
        with self._state:
            if urgent:
                self._urgent_waiting += 1
                try:
                    self._state.wait_for(lambda: not self._busy)
                finally:
                    self._urgent_waiting -= 1
            else:
                self._state.wait_for(lambda: not self._busy and not self._urgent_waiting)
            self._busy = True
        try:
            yield
        finally:
            with self._state:
                self._busy = False
                self._state.notify_all()
