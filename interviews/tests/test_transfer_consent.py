"""A transfer is agreed to for what was listed: whatever the settings send away later was never asked for (hiring_law 3)."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from interview_site.llm import Purpose
from interviews.call.hearing import permit
from interviews.consent_texts import NOTICE_VERSION
from interviews.interviewer.permission import may_think, refusal
from interviews.models import Candidate, Consent, Interview, PositionVersion
from interviews.services.conversation import join
from interviews.tests.builders import candidate_client, make_interview, make_position
from transcription.models import Recording
from transcription.services.listening import permitted

pytestmark = pytest.mark.django_db
MODEL = {"base_url": "https://llm.example.org/v1", "api_key": "k", "model": "m", "is_local": False}
BOXES = {"processing": "on", "recording": "on", "ai_analysis": "on", "cross_border": "on"}


def consented(**position: Any) -> Interview:
    """Everything the page of this moment asks for was agreed to."""
    interview = make_interview(
        state=Interview.State.OPENED, notice_version=NOTICE_VERSION, notice_at=timezone.now(), position=make_position(**position)
    )
    candidate_client(interview).post(f"/interview/{interview.public_id}/consent", BOXES)
    interview.refresh_from_db()
    assert interview.consented_at
    return interview


def hearers(interview: Interview) -> list[str]:
    permit(interview)
    return [engine.name for engine in permitted(Recording.objects.get(owner_key=interview.recording_key))]


def send_voices_away(settings: Any) -> None:
    settings.STT_BASE_URL, settings.STT_MODEL = "https://stt.example.org/v1", "whisper-1"


def send_texts_away(settings: Any) -> None:
    settings.LLM = MODEL


def test_consent_given_while_all_was_inside_opens_nothing_that_comes_later(settings: Any) -> None:
    interview = consented()
    send_voices_away(settings)
    send_texts_away(settings)
    assert hearers(interview) == [] and not may_think(interview)
    assert refusal(interview, Purpose.EVALUATION) == "cross_border"


def test_consent_to_send_texts_does_not_send_the_voice(settings: Any) -> None:
    send_texts_away(settings)
    interview = consented()
    send_voices_away(settings)
    assert may_think(interview) and hearers(interview) == []


def test_consent_to_send_the_voice_does_not_send_texts(settings: Any) -> None:
    send_voices_away(settings)
    interview = consented()
    send_texts_away(settings)
    assert hearers(interview) == ["openai_compatible"] and not may_think(interview)


def test_whoever_comes_back_to_the_page_is_asked_for_what_came_meanwhile(settings: Any) -> None:
    send_voices_away(settings)
    interview = consented()
    send_texts_away(settings)
    candidate_client(interview).post(f"/interview/{interview.public_id}/consent", BOXES)
    assert may_think(interview) and hearers(interview) == ["openai_compatible"]
    assert [row.covers for row in interview.consents.filter(kind="cross_border")] == [["voice"], ["text", "voice"]]


def test_a_recogniser_that_moves_outside_is_not_used_for_those_who_knew_it_inside(settings: Any) -> None:
    send_voices_away(settings)
    settings.STT_IS_LOCAL = True
    interview = consented()
    assert hearers(interview) == ["openai_compatible"]
    settings.STT_IS_LOCAL = False
    assert hearers(interview) == []


def test_a_model_for_marks_is_listed_and_asked_for_like_the_others(settings: Any) -> None:
    settings.LLM_OWN = {"evaluation": MODEL}
    interview = consented(language="en")
    page = candidate_client(interview).get(f"/interview/{interview.public_id}/consent").content.decode()
    assert "Proposed marks" in page and refusal(interview, Purpose.EVALUATION) == ""


def test_a_consent_from_before_its_list_was_kept_counts_as_it_did(settings: Any) -> None:
    send_voices_away(settings)
    interview = make_interview()
    Consent.objects.create(interview=interview, kind="cross_border", given=True, text_version="1", language="en")
    assert hearers(interview) == ["openai_compatible"]


@pytest.mark.parametrize("agreed", [True, False])
@pytest.mark.parametrize("avatar", [{"speech_engine": "elevenlabs"}, {"style": "live", "providers": ["a2e", "local"]}])
def test_a_voice_or_face_made_outside_greets_by_name_only_with_consent(agreed: bool, avatar: dict[str, Any]) -> None:
    interview = make_interview(state=Interview.State.IN_PROGRESS, position=make_position(language="en"))
    Candidate.objects.update(name="Zarina Ospanova")
    plan = {**interview.version.plan, "avatar": {"style": "local", **avatar}}
    PositionVersion.objects.update(plan=plan, fingerprint=uuid4().hex)  # plans are kept by it
    Consent.objects.create(
        interview=interview, kind="cross_border", given=agreed, text_version="1", language="en", covers=["words"]
    )
    outcome, _seen_at = join(interview.pk, "phone")
    assert ("Zarina" in outcome.say[0].text) is agreed
