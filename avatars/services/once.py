"""One maker at a time for something that is paid: whoever asks for the same meanwhile waits for it (threats 49).

The claim lives in the cache, which all processes share where it is Redis. Without a cache everybody goes on and may pay twice.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.cache import cache

log = logging.getLogger(__name__)
LOOK_EVERY_S = 0.05


@contextmanager
def one_at_a_time(name: str, *, most_s: float) -> Iterator[None]:
    """Enter as the only one of this name, after at most `most_s`: what to make may be there by then, so look again inside."""
    key, until = f"once:{name}", time.monotonic() + most_s
    mine = _claimed(key, most_s)
    while not mine and time.monotonic() < until:
        time.sleep(LOOK_EVERY_S)
        mine = _claimed(key, most_s)
    try:
        yield
    finally:
        if mine:
            _cached(lambda: cache.delete(key))


def _claimed(key: str, most_s: float) -> bool:
    return _cached(lambda: cache.add(key, 1, timeout=most_s))


def _cached(call: Callable[[], bool]) -> bool:
    try:
        return call()
    except Exception as error:  # any backend, any fault
        log.warning("no cache for a claim", extra={"fault": type(error).__name__})
        return True
