"""Servers of the settings are reached through the house's proxy, with the house's certificates (docs/models.md)."""

from pathlib import Path
from typing import Any

import pytest

from interview_site import llm
from interview_site.errors import Category, ProviderError
from interview_site.llm import Purpose
from interview_site.llm_stub import ModelStub
from interview_site.openai_http import is_near
from interview_site.tests.house_network import behind_the_proxy
from interview_site.tests.model_stub import model  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db(transaction=True)
HELLO = [{"role": "user", "content": "Hello"}]


def ask() -> str:
    return llm.complete(Purpose.DIALOGUE, HELLO, max_tokens=50, timeout_s=5).text


def listen() -> llm.ModelStream:
    return llm.stream(Purpose.DIALOGUE, HELLO, max_tokens=50, first_token_s=2, total_s=5)


def test_the_proxy_and_the_certificates_of_the_settings_hold(model: ModelStub, settings: Any, tmp_path: Path) -> None:  # noqa: F811
    settings.LLM = {**settings.LLM, "base_url": "https://provider.test/v1"}
    model.otherwise("Hello.")
    with behind_the_proxy(model.server._http, settings, tmp_path) as asked:
        assert (ask(), "".join(listen())) == ("Hello.", "Hello.")
        assert set(asked) == {"provider.test:443"}
        settings.OUTBOUND_CA_FILE = ""
        with pytest.raises(ProviderError) as caught:
            ask()
        assert caught.value.category == Category.CONNECTIVITY
        assert len(model.asked) == 2


@pytest.mark.parametrize(
    ("base_url", "near"),
    [
        ("http://127.0.0.1:11434/v1", True), ("http://localhost/v1", True), ("http://10.1.2.3:8000/v1", True),
        ("http://[::1]:8000/v1", True), ("https://api.example/v1", False), ("https://8.8.8.8/v1", False),
    ],
)  # fmt: skip
def test_a_server_in_the_house_is_reached_without_the_proxy(base_url: str, near: bool) -> None:
    assert is_near(base_url) is near
