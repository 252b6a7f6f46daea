"""The one retry policy for calls to services: reads that change and cost nothing are asked once more, nothing else is.

What costs or starts something is repeated by its row only, after asking whether the first one took (threats 49).
"""

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from interview_site.errors import Category, ProviderError

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
ATTEMPTS = 2
WAIT_S = 0.2
MOST_WAIT_S = 2.0  # a service that wants more time is asked again by whoever needs the answer
_PASSING = (Category.CONNECTIVITY, Category.SERVER, Category.RATE_LIMIT)


def read_again(ask: Callable[[], Answer]) -> Answer:
    """What `ask` returns, asked once more after a passing fault. Raises the ProviderError of the last try.

    A ladder: attempts left, permanent or not, kind of fault, the service's own advice.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return ask()
        except ProviderError as error:
            if attempt == ATTEMPTS or error.permanent or error.category not in _PASSING:
                raise
            if error.category == Category.RATE_LIMIT and error.retry_after_s is None:
                raise
            if (error.retry_after_s or 0.0) > MOST_WAIT_S:
                raise
            log.info("read again", extra={"provider": error.provider, "category": str(error.category)})
            time.sleep(max(error.retry_after_s or 0.0, wait_s()))
    raise AssertionError("unreachable")


def wait_s() -> float:
    """With jitter: several who failed together do not come back together."""
    return WAIT_S * random.uniform(0.5, 1.5)
