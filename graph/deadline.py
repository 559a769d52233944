"""A time limit that holds: who asks is told in time, also when a server is slow to stop."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

from graph.errors import QueryError

GRACE = 0.25
"""Seconds by which a server that keeps the limit itself may be late before it is no longer waited for."""

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T]) -> T:
    """What some work gives, done in a thread of its own, which is left alone when it is late.

    Args:
        work: ends by itself not long after the limit; the end of the program does not wait for it.

    Raises:
        QueryError: the time is over.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, name="keiretsu-query", daemon=True).start()
    try:
        return future.result(seconds + GRACE)
    except TimeoutError:
        if future.done():
            return future.result()  # the work's own error, or done in the last moment
        raise over(seconds) from None


def over(seconds: float) -> QueryError:
    """The error that tells of the limit."""
    return QueryError(
        f"no answer within the time limit of {seconds:g} seconds; "
        "ask for less (shorter paths, fewer patterns that nothing joins) or allow more time"
    )
