"""Every way in which something may leave the company, or be asked of a model, obeys the consent it needs (design §5)."""

from typing import Any
from uuid import uuid4

import pytest

from interviews.models import Consent, Interview, PositionVersion
from interviews.plan import from_json
from interviews.services import live_avatar
from interviews.services.conversation import look
from interviews.services.conversation_rows import facts_of
from interviews.tests.builders import candidate_client, make_interview, make_position
from interviews.tests.led import agree, make_led_interview

pytestmark = pytest.mark.django_db
LIVE = {"style": "live", "providers": ["a2e", "local"]}


def with_avatar(interview: Interview, **avatar: Any) -> Interview:
    plan = {**interview.version.plan, "avatar": {"style": "local", **avatar}}
    PositionVersion.objects.filter(pk=interview.version_id).update(plan=plan, fingerprint=uuid4().hex)
    return Interview.objects.select_related("version__position", "candidate").get(pk=interview.pk)


def on_call(**avatar: Any) -> Interview:
    return with_avatar(make_interview(state=Interview.State.IN_PROGRESS, position=make_position(language="en")), **avatar)


def call_page(interview: Interview) -> Any:
    return candidate_client(interview).get(f"/interview/{interview.public_id}/call")


@pytest.mark.parametrize("answer", ["agreed", "refused", "never asked", "for the voice only"])
def test_a_room_of_a_provider_outside_is_joined_only_with_consent(settings: Any, answer: str) -> None:
    settings.A2E_API_KEY = "k"
    interview = on_call(**LIVE)
    if answer != "never asked":
        Consent.objects.create(
            interview=interview, kind="cross_border", given=answer != "refused", text_version="1", language="en",
            covers=["voice" if answer == "for the voice only" else "words"],
        )  # fmt: skip
    page, plan = call_page(interview), from_json(interview.version.plan)
    assert live_avatar.providers(interview, plan) == (["a2e"] if answer == "agreed" else [])
    # It should not even be allowed to connect there.
    assert ("agora.io" in page["Content-Security-Policy"]) is (answer == "agreed")
    assert (page.context["call"]["carriers"] is not None) is (answer == "agreed")


@pytest.mark.parametrize(
    ("engine", "transfer", "model_leads"),
    [("espeak", False, True), ("elevenlabs", False, False), ("elevenlabs", True, True)],
)
def test_a_voice_made_outside_says_no_question_worded_from_an_answer_without_consent(
    settings: Any, engine: str, transfer: bool, model_leads: bool
) -> None:
    settings.LLM = {"base_url": "http://127.0.0.1:9/v1", "api_key": "k", "model": "m", "is_local": True}
    interview = with_avatar(make_led_interview(agreed=False, language="en"), speech_engine=engine)
    agree(interview, Consent.Kind.AI_ANALYSIS)
    agree(interview, Consent.Kind.CROSS_BORDER, given=transfer)
    now = look(interview.pk)
    assert facts_of(now.interview, now.turns).model is model_leads


def test_the_candidate_reads_that_the_room_learns_the_address(settings: Any) -> None:
    settings.A2E_API_KEY = "k"
    interview = with_avatar(make_interview(state=Interview.State.OPENED, position=make_position(language="en")), **LIVE)
    client = candidate_client(interview)
    client.post(f"/interview/{interview.public_id}/welcome")
    assert "connection’s address" in client.get(f"/interview/{interview.public_id}/consent").content.decode()
