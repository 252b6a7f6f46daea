"""Avatar providers by kind. A class is imported at first use; a provider without its key is not there (design §3)."""

import threading
from collections.abc import Callable
from importlib import import_module

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from avatars.providers.base import AvatarProvider
from avatars.providers.breaker import SharedBreaker
from interview_site.errors import Category, ProviderError

_CLASSES: dict[str, str] = {
    "local": "avatars.providers.local.LocalProvider",
    "fake": "avatars.providers.fake.FakeProvider",
}
# Offered in the admin; "fake" is for tests. A provider with a key adds its question "is it configured" below.
LABELS: dict[str, str | Promise] = {"local": _("Local presenter")}
_CONFIGURED: dict[str, Callable[[], bool]] = {"local": lambda: True, "fake": lambda: "fake" in _instances}

_instances: dict[str, AvatarProvider] = {}
_lock = threading.Lock()


class NotConfigured(ProviderError):
    """There is no such provider here: the name is unknown, or its key is missing."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"no provider {kind[:40]!r} is configured",
            category=Category.AUTHENTICATION,
            provider=kind[:40],
            code="not_configured",
            person_text=_("This provider is not configured any more. Give its key, then try again."),
        )


def is_configured(kind: str) -> bool:
    return kind in _CONFIGURED and _CONFIGURED[kind]()


def configured_kinds() -> tuple[str, ...]:
    """The providers that can be used now, in the order of the registry; the fake only where a test put it."""
    return tuple(kind for kind in _CLASSES if is_configured(kind))


def provider(kind: str) -> AvatarProvider:
    """The provider of that kind. Raises NotConfigured."""
    with _lock:
        if not is_configured(kind):
            raise NotConfigured(kind)
        if kind not in _instances:
            module, _dot, name = _CLASSES[kind].rpartition(".")
            made: AvatarProvider = getattr(import_module(module), name)()
            if made.capabilities.needs_key:
                made.breaker = SharedBreaker()
            _instances[kind] = made
        return _instances[kind]
