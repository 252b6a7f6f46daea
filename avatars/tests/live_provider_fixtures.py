"""The stand-ins of A2E and LiveAvatar as live providers, configured as an operator would; speech in real bytes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from avatars.provider_stub.a2e import A2EStub
from avatars.provider_stub.liveavatar import VERA, LiveAvatarStub
from avatars.providers import registry
from avatars.providers.breaker import SharedBreaker
from avatars.tests.live_stand_ins import ALICE, Live
from interview_site.stub_server import StubServer


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def live_a2e(settings: Any, media: Path) -> Iterator[Live]:
    stub = A2EStub(plain=True)
    stub.live.rooms.pace = 0.01
    with StubServer(stub) as server:
        settings.A2E_API_KEY, settings.A2E_BASE_URL = stub.token, server.url
        path = "POST /api/v1/streaming-avatar"
        yield from _forgotten(Live("a2e", stub, ALICE, f"{path}/agora-token", f"{path}/leave"), settings)


@pytest.fixture
def liveavatar(settings: Any, media: Path) -> Iterator[Live]:
    """In LITE mode: our own sound."""
    with StubServer(stub := LiveAvatarStub(pace=0.01)) as server:
        settings.LIVEAVATAR_API_KEY, settings.LIVEAVATAR_API_BASE = stub.token, server.url
        yield from _forgotten(Live("liveavatar", stub, VERA, "POST /v1/sessions/start", "POST /v1/sessions/stop", True), settings)


def _forgotten(live: Live, settings: Any) -> Iterator[Live]:
    settings.OUTBOUND_ALLOWED_CIDRS = ["127.0.0.1/32"]
    for known in (registry._live_instances, registry._instances):
        known.pop(live.kind, None)
    live.provider.breaker = SharedBreaker()
    yield live
    for known in (registry._live_instances, registry._instances):
        known.pop(live.kind, None)
