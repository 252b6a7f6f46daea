"""How each model is doing, for all processes: one that fails rests for a minute, then one caller tries again (threats 50).

Whoever asks says before and after it (`before`, `succeeded`, `failed`). A caller that finds out more, such as an interviewer
for whom the first sentence came too late, says so with `tell`.
"""

import logging
from hashlib import sha256

from django.db import DatabaseError

from interview_site.breaker import Breaker
from interview_site.errors import Category, ProviderError
from interview_site.llm.endpoints import PROVIDER, Endpoint, Purpose, endpoint
from interview_site.llm.records import ModelHealth

log = logging.getLogger(__name__)
# Of our own making: they tell nothing about the server.
_NOT_ITS_FAULT = ("budget", "storage", "closed", "not_configured", "breaker_open")


def key(purpose: Purpose, at: Endpoint) -> str:
    """Another server or model is another row, and each purpose has its own: its patience differs."""
    return f"{purpose}-{sha256(f'{at.base_url} {at.model}'.encode()).hexdigest()[:12]}"


def of(purpose: Purpose) -> ModelHealth:
    """Its row, or an empty one that is not stored."""
    name = key(purpose, endpoint(purpose))
    return ModelHealth.objects.filter(provider=name).first() or ModelHealth(provider=name)


def before(purpose: Purpose, at: Endpoint) -> None:
    """Raises ProviderError (connectivity, breaker_open) while the model rests."""
    try:
        Breaker(ModelHealth).before(key(purpose, at))
    except DatabaseError:
        log.warning("the health of a model cannot be read", extra={"provider": PROVIDER, "purpose": str(purpose)})


def succeeded(purpose: Purpose, at: Endpoint) -> None:
    _note(purpose, at, None)


def failed(purpose: Purpose, at: Endpoint, error: ProviderError) -> None:
    if error.code not in _NOT_ITS_FAULT:
        _note(purpose, at, error)


def tell(purpose: Purpose, *, late: bool) -> None:
    """The verdict of a caller that stopped listening: what came was good enough, or it came too late. Uses the database."""
    at = endpoint(purpose)
    if late:
        failed(purpose, at, ProviderError(
            "llm: nothing usable in time", category=Category.CONNECTIVITY, provider=PROVIDER, code="late",
        ))  # fmt: skip
    else:
        succeeded(purpose, at)


def _note(purpose: Purpose, at: Endpoint, error: ProviderError | None) -> None:
    breaker = Breaker(ModelHealth)
    try:
        if error is None:
            breaker.succeeded(key(purpose, at))
        else:
            breaker.failed(key(purpose, at), error)
    except DatabaseError:  # the answer itself is not lost for it
        log.warning("the health of a model cannot be written", extra={"provider": PROVIDER, "purpose": str(purpose)})
