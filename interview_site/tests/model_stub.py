"""Fixtures around the stub of a language model; import them where they are used."""

from collections.abc import Iterator
from typing import Any

import pytest

from interview_site.llm import capabilities
from interview_site.llm_stub import ModelStub


@pytest.fixture
def model(settings: Any) -> Iterator[ModelStub]:
    """A configured model for every purpose, new to us."""
    capabilities.forget()
    with ModelStub() as stub:
        settings.LLM = stub.settings()
        yield stub
    capabilities.forget()
