"""A2E's stand-in on loopback, configured as the site's provider; its catalogue read, as a worker does it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from avatars.engines import registry as engines
from avatars.provider_stub.a2e import A2EStub
from avatars.providers import registry
from avatars.providers.a2e.provider import A2EProvider
from interview_site import own_address
from interview_site.stub_server import StubServer


@pytest.fixture
def a2e(settings: Any, tmp_path: Path) -> Iterator[A2EStub]:
    """`stub.server` is the running server: its ledger, its faults."""
    stub = A2EStub(plain=True, steps=9)
    with StubServer(stub) as server:
        settings.MEDIA_ROOT = tmp_path / "media"
        settings.A2E_API_KEY, settings.A2E_BASE_URL = stub.token, server.url
        settings.A2E_TIMEOUT_S = settings.A2E_ORDER_TIMEOUT_S = settings.A2E_SPEECH_TIMEOUT_S = 5
        settings.OUTBOUND_ALLOWED_CIDRS = ["127.0.0.1/32"]
        _forget()
        yield stub
    _forget()


def _forget() -> None:
    registry._instances.pop("a2e", None)
    engines._instances.pop("a2e", None)
    own_address.forget()


@pytest.fixture
def provider(a2e: A2EStub) -> A2EProvider:
    found = registry.provider("a2e")
    assert isinstance(found, A2EProvider)
    return found
