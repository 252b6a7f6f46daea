"""Fixtures of the tests of recorded video: a scripted provider in the registry, media in a folder of the test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from avatars.providers import registry
from avatars.providers.fake import FakeProvider
from avatars.tests.generation_builders import mp4


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def fake(media: Path) -> Iterator[FakeProvider]:
    provider = FakeProvider(video=mp4())
    registry._instances["fake"] = provider
    yield provider
    registry._instances.pop("fake", None)
