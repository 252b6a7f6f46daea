"""Around each call to a provider, recorded or live: the breaker before it, the time it took, one log line after it."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from avatars.providers.remedies import HOSTS_OCCUPIED
from interview_site.errors import Category, ProviderError

log = logging.getLogger(__name__)


class Breaker(Protocol):
    """`before` raises ProviderError while the provider rests; the other two tell how a call went."""

    def before(self, provider: str) -> None: ...
    def succeeded(self, provider: str) -> None: ...
    def failed(self, provider: str, error: ProviderError) -> None: ...


class NoBreaker:
    """For providers without a network between them and us, and for tests of one provider alone."""

    def before(self, provider: str) -> None: ...
    def succeeded(self, provider: str) -> None: ...
    def failed(self, provider: str, error: ProviderError) -> None: ...


@dataclass
class Calls:
    """What providers share: `_called` around a private method of theirs."""

    breaker: Breaker = field(default_factory=NoBreaker)
    kind = ""
    label = ""

    def unable(self, what: str) -> ProviderError:
        return ProviderError(f"{self.kind} does not {what}", category=Category.INVALID_REQUEST, provider=self.kind)

    def _called(self, name: str, call: Callable[[], Any], *, even_paused: bool = False) -> Any:
        """`even_paused`: what costs money while it is not tried does not wait for the breaker."""
        if not even_paused:
            self.breaker.before(self.kind)
        with self._timed(name):
            try:
                answer = call()
            except ProviderError as error:
                if error.code == HOSTS_OCCUPIED:
                    # It answered, and well: its videos and other rooms go on.
                    self.breaker.succeeded(self.kind)
                else:
                    self.breaker.failed(self.kind, error)
                raise
        self.breaker.succeeded(self.kind)
        return answer

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        began, outcome = time.monotonic(), "ok"
        try:
            yield
        except ProviderError as error:
            outcome = str(error.category)
            raise
        except Exception as error:
            outcome = type(error).__name__
            raise
        finally:
            took_ms = round((time.monotonic() - began) * 1000)
            log.info("provider call", extra={"provider": self.kind, "call": name, "outcome": outcome, "ms": took_ms})
