"""Try object storage again where that may help, with a fresh URL where the old one expired."""

from __future__ import annotations

from openparticipant.cli.http import NoAnswerError
from openparticipant.cli.s3_error import StorageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from openparticipant.cli.client import Client

    T = TypeVar("T")


def with_fresh_urls(client: Client, locate: Callable[[], T], move: Callable[[T], None]) -> T:
    """Move bytes to or from the place that `locate` names, and return that place.

    Raises NoAnswerError or StorageError once another try is of no use.
    """
    place = locate()
    times = client.attempts()
    for _ in times:
        try:
            move(place)
        except NoAnswerError as error:
            if times.are_over or not error.retryable:
                raise
        except StorageError as error:
            if times.are_over or not (error.passing or error.expired):
                raise
            if error.expired:
                place = locate()
            times.heed(error.retry_after)
        else:
            return place
    raise AssertionError("the last attempt returns or raises")
