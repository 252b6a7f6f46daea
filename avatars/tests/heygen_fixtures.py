"""Fixtures of the HeyGen tests: the stand-in on loopback, configured as an operator would."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from avatars.models import AvatarGeneration
from avatars.provider_stub.heygen import HeyGenStub
from avatars.provider_stub.heygen_legacy import HeyGenLegacyStub
from avatars.providers import registry
from avatars.providers.base import AvatarProvider
from avatars.providers.breaker import SharedBreaker
from avatars.providers.heygen.api import Configuration
from avatars.providers.heygen.provider import HeyGenProvider
from avatars.services.generations import generate
from interview_site.stub_server import StubServer

PROFILE: dict[str, Any] = {
    "style": "recorded", "providers": ["heygen"], "speech_engine": "espeak", "language": "ru", "recorded_avatar": "lk_emma",
    "captions": False, "aspect": "square", "resolution": 720, "background": "office",
}  # fmt: skip


@dataclass
class HeyGen:
    """The stand-in as tests hold it: `stub` is the account, `server` the wire."""

    stub: HeyGenStub
    server: StubServer

    @property
    def provider(self) -> AvatarProvider:
        return registry.provider("heygen")

    def hurry(self) -> None:
        """Calls give up soon: for slow services."""
        short = replace(Configuration.from_settings(), read_s=0.3, write_s=0.3, upload_s=0.3)
        provider = HeyGenProvider(short)
        provider.breaker = SharedBreaker()
        registry._instances["heygen"] = provider

    def bodies(self) -> list[dict[str, Any]]:
        return [call.json() for call in self.server.calls("POST /v3/videos")]


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def heygen(settings: Any, media: Path) -> Iterator[HeyGen]:
    yield from _running(HeyGenStub(plain=True), settings)


@pytest.fixture
def old_heygen(settings: Any, media: Path) -> Iterator[HeyGen]:
    settings.HEYGEN_API_VERSION = "v2"
    yield from _running(HeyGenLegacyStub(plain=True), settings)


def _running(stub: HeyGenStub, settings: Any) -> Iterator[HeyGen]:
    with StubServer(stub) as server:
        settings.HEYGEN_API_KEY = stub.token
        settings.HEYGEN_BASE_URL = settings.HEYGEN_UPLOAD_URL = server.url
        settings.OUTBOUND_ALLOWED_CIDRS = ["127.0.0.1/32"]
        registry._instances.pop("heygen", None)
        yield HeyGen(stub, server)
    registry._instances.pop("heygen", None)


def order(text: str = "Здравствуйте! Расскажите о себе.", **settings: Any) -> AvatarGeneration:
    return generate(text=text, settings={**PROFILE, **settings})
