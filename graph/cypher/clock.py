"""The time that a query may take."""

from time import monotonic

from graph.deadline import over

OFTEN = 256
"""Ticks from one look at the clock to the next."""


class Clock:
    """Told of every step, it stops the query whose time is over."""

    __slots__ = ("_end", "_left", "_seconds")

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._end = None if seconds is None else monotonic() + seconds
        self._left = OFTEN

    def tick(self) -> None:
        """Count a step.

        Raises:
            QueryError: the time is over.
        """
        self._left -= 1
        if self._left < 0:
            self._left = OFTEN
            if self._seconds is not None and self._end is not None and monotonic() > self._end:
                raise over(self._seconds)
