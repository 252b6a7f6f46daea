"""Fixture of the tests of live sessions: a scripted live provider in the registry."""

from collections.abc import Iterator

import pytest

from avatars.providers import registry
from avatars.providers.fake_live import FakeLiveProvider


@pytest.fixture
def live() -> Iterator[FakeLiveProvider]:
    provider = FakeLiveProvider()
    registry._live_instances["fake"] = provider
    yield provider
    for known in (registry._live_instances, registry._instances):
        known.pop("fake", None)
