"""What every WebSocket of the site shares: close codes, the Origin, how fast anybody may talk (threats 26–28)."""

import time
from collections.abc import Callable, Collection, Mapping
from enum import IntEnum
from typing import Any
from weakref import WeakValueDictionary

from django.conf import settings
from django.http import parse_cookie

JSON_PER_MINUTE = 120


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
    """For a socket that a cookie opens: the Origin is one of ours, and is not missing. Raises Refused(FORBIDDEN)."""
    if header(scope, b"origin") not in [origin for origin in settings.SOCKET_ORIGINS if origin]:
        raise Refused(Close.FORBIDDEN)


def check_foreign_origin(scope: Mapping[str, Any], others: Collection[str] | None = None) -> None:
    """For a socket that a token opens: a program has no Origin; a page's is one of ours or listed in CORS_ALLOWED_ORIGINS.

    `others` instead of that list. Raises Refused(FORBIDDEN).
    """
    if not any(key == b"origin" for key, _value in scope.get("headers", ())):
        return
    listed = settings.CORS_ALLOWED_ORIGINS if others is None else others
    if header(scope, b"origin") not in [origin for origin in (*settings.SOCKET_ORIGINS, *listed) if origin]:
        raise Refused(Close.FORBIDDEN)


def cookies_of(scope: Mapping[str, Any]) -> dict[str, str]:
    return parse_cookie(header(scope, b"cookie"))


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


def bucket_for(name: str) -> Bucket:
    """One bucket a name and process: a socket opened anew does not refill it while another holds it."""
    bucket = _buckets.get(name)
    if bucket is None:
        bucket = _buckets[name] = Bucket(JSON_PER_MINUTE)
    return bucket
