"""What is told before paying, with A2E's stand-in: its own word about the language where our letters leave it open."""

import pytest

from avatars.models import AvatarSettings
from avatars.provider_stub import faults
from avatars.provider_stub.a2e import A2EStub
from avatars.services.order_advice import before_ordering
from avatars.services.profiles import save_profile

pytest_plugins = ["avatars.tests.a2e_fixtures"]
pytestmark = pytest.mark.django_db
ASK = "POST /api/v1/video/lang_classify"
OPEN = "Сен бар болсан, бизге керек"  # Kazakh without a letter of its own
CLEAR = "Расскажите, пожалуйста, о себе."


@pytest.fixture
def profile(a2e: A2EStub) -> AvatarSettings:
    return save_profile(AvatarSettings(name="A2E", style="recorded", providers=["a2e"], language="kk"))


def lines(profile: AvatarSettings, *texts: str) -> str:
    return "\n".join(before_ordering(texts, profile.snapshot()).lines)


def test_a_text_our_letters_leave_open_is_shown_to_the_provider_once(a2e: A2EStub, profile: AvatarSettings) -> None:
    assert "looks like Русский" in lines(profile, OPEN, OPEN + " мен")
    assert len(a2e.server.calls(ASK)) == 1


def test_a_clear_text_costs_no_question(a2e: A2EStub, profile: AvatarSettings) -> None:
    assert "looks like Русский" in lines(profile, CLEAR) and a2e.server.calls(ASK) == []


def test_a_provider_that_cannot_say_stops_nobody(a2e: A2EStub, profile: AvatarSettings) -> None:
    a2e.server.break_next(ASK, faults.a2e_error(1, "no such service"))
    assert "looks like" not in lines(profile, OPEN) and "is paid: about" in lines(profile, OPEN)
