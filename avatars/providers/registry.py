"""Avatar providers by kind. A class is imported at first use; a provider without its key is not there (design §3)."""

import threading
from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from avatars.providers.base import AvatarProvider
from avatars.providers.breaker import SharedBreaker
from avatars.providers.live import LiveProvider
from interview_site.errors import Category, ProviderError

_CLASSES: dict[str, str] = {
    "local": "avatars.providers.local.LocalProvider",
    "a2e": "avatars.providers.a2e.provider.A2EProvider",
    "heygen": "avatars.providers.heygen.configured_provider",
    "liveavatar": "avatars.providers.liveavatar.provider.LiveAvatarProvider",
    "fake": "avatars.providers.fake.FakeProvider",
}
# Offered in the admin; "fake" is for tests. A provider with a key adds its question "is it configured" below.
LABELS: dict[str, str | Promise] = {"local": _("Local presenter"), "a2e": "A2E", "heygen": "HeyGen", "liveavatar": "LiveAvatar"}
_CONFIGURED: dict[str, Callable[[], bool]] = {
    "local": lambda: True,
    "a2e": lambda: bool(settings.A2E_API_KEY),
    "heygen": lambda: bool(settings.HEYGEN_API_KEY),
    "liveavatar": lambda: bool(settings.LIVEAVATAR_API_KEY),
    "fake": lambda: "fake" in _instances or "fake" in _live_instances,
}
# Those that bring an avatar live: a provider joins by its line here (and one above that says when it is configured).
_LIVE_CLASSES: dict[str, str] = {
    "local": "avatars.providers.local_live.LocalLiveProvider",
    "a2e": "avatars.providers.a2e.live.A2ELiveProvider",
    "liveavatar": "avatars.providers.liveavatar.live.LiveAvatarLiveProvider",
    "fake": "avatars.providers.fake_live.FakeLiveProvider",
}

_live_instances: dict[str, LiveProvider] = {}
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


def live_kinds() -> tuple[str, ...]:
    """The providers that can bring an avatar live now, in the order of the registry."""
    return tuple(kind for kind in _LIVE_CLASSES if is_configured(kind))


def live_provider(kind: str) -> LiveProvider:
    """The live provider of that kind. Raises NotConfigured."""
    with _lock:
        if kind not in _LIVE_CLASSES or not is_configured(kind):
            raise NotConfigured(kind)
        if kind not in _live_instances:
            module, _dot, name = _LIVE_CLASSES[kind].rpartition(".")
            made: LiveProvider = getattr(import_module(module), name)()
            if made.live.needs_key:
                made.breaker = SharedBreaker()
            _live_instances[kind] = made
        return _live_instances[kind]
