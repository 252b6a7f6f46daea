"""Who may open the socket, and how fast they may talk (threats 26–28).

The Origin must match the configured list exactly and may not be missing, because the cookie authenticates. The cookie
decides which interview; the id in the address only picks it.
"""

import time
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any
from weakref import WeakValueDictionary

from django.conf import settings
from django.http import Http404, parse_cookie

from interviews.access import candidate_interview
from interviews.models import Interview

JSON_PER_MINUTE = 120
MOST_SOCKETS = 8  # of one interview in one process: a few devices and tabs, not a flood


class Close(IntEnum):
    SESSION = 4401
    FORBIDDEN = 4403
    ELSEWHERE = 4409
    TOO_FAST = 4429
    STORAGE = 4507
    TOO_BIG = 1009
    RESTART = 1012


class Refused(Exception):
    """The socket is closed with `code`."""

    def __init__(self, code: Close) -> None:
        super().__init__(code.name)
        self.code = code


def header(scope: Mapping[str, Any], name: bytes) -> str:
    """The one value of a header; "" when it is missing or came twice."""
    values = [value for key, value in scope.get("headers", ()) if key == name]
    return values[0].decode("latin-1") if len(values) == 1 else ""


def check_origin(scope: Mapping[str, Any]) -> None:
    """Raises Refused(FORBIDDEN)."""
    origin = header(scope, b"origin")
    if not origin or origin not in settings.SOCKET_ORIGINS:
        raise Refused(Close.FORBIDDEN)


def cookies_of(scope: Mapping[str, Any]) -> dict[str, str]:
    return parse_cookie(header(scope, b"cookie"))


def admitted(public_id: str, cookies: Mapping[str, str]) -> Interview:
    """The interview of this cookie, in a state in which there is a call. Raises Refused."""
    try:
        interview = candidate_interview(public_id, cookies)
    except Http404:
        raise Refused(Close.SESSION) from None
    if interview.erased_at or interview.state not in (*Interview.LIVE, Interview.State.COMPLETED):
        raise Refused(Close.FORBIDDEN)
    return interview


class Bucket:
    """`per_minute` messages, all of which may come at once; refilled evenly."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = float(per_minute), clock
        self._left, self._at = self._most, clock()
        self.sockets = 0  # open ones that share it

    def take(self) -> float:
        """0 when the message may pass, else the seconds to wait."""
        now = self._clock()
        per_s = self._most / 60
        self._left = min(self._most, self._left + (now - self._at) * per_s)
        self._at = now
        if self._left < 1:
            return (1 - self._left) / per_s
        self._left -= 1
        return 0.0


_buckets: WeakValueDictionary[str, Bucket] = WeakValueDictionary()


def bucket_for(public_id: str) -> Bucket:
    """One bucket an interview and process: a socket opened anew does not refill it while another holds it."""
    bucket = _buckets.get(public_id)
    if bucket is None:
        bucket = _buckets[public_id] = Bucket(JSON_PER_MINUTE)
    return bucket
