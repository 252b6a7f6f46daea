"""Words from outside (candidates, HR, providers, models) are text wherever they are shown, under a strict policy (threats 8)."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from avatars.models import AvatarGeneration, AvatarSettings, CatalogueItem, LiveAlert, LiveSession, ProviderHealth
from interview_site.models import ModelUsage
from interviews.models import (
    AskedQuestion,
    Candidate,
    Criterion,
    Evaluation,
    Finding,
    Interview,
    KeptConversation,
    OutgoingMail,
    Position,
    PositionDraft,
    Question,
    Turn,
)
from interviews.services import decisions, mail
from interviews.services.versions import freeze
from interviews.tests.builders import candidate_client, make_alice, make_interview, make_position
from interviews.tests.led import agree

pytestmark = pytest.mark.django_db
EVIL = "</script><img src=x onerror=alert(1)>{{7*7}}\"'><b>javascript:x</b>"
RAW = ("<img src=x", "</script><img", "<b>javascript")
# Unfold's Alpine and Swagger's own page; nothing else may run what stands in the page (design §9).
RELAXED = ("/admin/", "/api/docs")


@pytest.fixture
def alice() -> Client:
    client = Client()
    client.force_login(make_alice(first_name=EVIL[:150], last_name=EVIL[:150]))
    return client


@pytest.fixture
def interview(settings: Any, alice: Client) -> Interview:
    settings.COMPANY_NAME = EVIL
    words = dict.fromkeys(("title", "description", "facts", "intro", "farewell"), EVIL)
    position = make_position(**words, contact=EVIL[:200], language="en")
    Question.objects.update(text=EVIL)
    Criterion.objects.update(name=EVIL, meaning=EVIL)
    AvatarSettings.objects.update(name=EVIL[:60], persona=EVIL, knowledge=EVIL)
    person = Candidate.objects.create(name=EVIL, form_of_address=EVIL[:60], phone=EVIL[:40], language="en")
    now = timezone.now()
    made = make_interview(
        position=Position.objects.get(pk=position.pk), candidate=person, state="completed", started_at=now, completed_at=now,
        notice_at=now, consented_at=now,
    )  # fmt: skip
    Interview.objects.filter(pk=made.pk).update(version=freeze(position))
    made.refresh_from_db()
    agree(made)
    asked = made.version.plan["questions"][0]["uuid"]
    about = {"interview": made, "question_uuid": asked}
    Turn.objects.create(**about, number=1, speaker="avatar", kind="question", text=EVIL, source=EVIL)
    Turn.objects.create(**about, number=2, speaker="candidate", kind="answer", text=EVIL, input="typed")
    told = Turn.objects.create(**about, number=3, speaker="candidate", kind="candidate_question", text=EVIL, input="typed")
    AskedQuestion.objects.create(interview=made, turn=told, fact=EVIL)
    evaluation = Evaluation.objects.create(interview=made, state="proposed", model=EVIL, prompt=EVIL[:60])
    Finding.objects.create(
        evaluation=evaluation, criterion_uuid=made.version.plan["criteria"][0]["uuid"], question_uuid=asked, score=3,
        quotes=[{"turn": 2, "text": EVIL, "start": 0, "end": 5, "at_ms": None, "confidence": None}], quote_count=1, reason=EVIL,
    )  # fmt: skip
    review = made.reviews.create(reviewer_id=alice.session["_auth_user_id"], comment=EVIL)
    review.marks.create(criterion_uuid=made.version.plan["criteria"][0]["uuid"], score=3, note=EVIL)
    decisions.decide(made, reviewer=review.reviewer, outcome="advance", reason=EVIL, seen=0)
    mail.queue(kind="advance", to="bob@example.org", subject=EVIL, body=EVIL, interview=made)
    KeptConversation.objects.create(
        session="s", provider=EVIL[:40], avatar_id=EVIL, language="en", messages=[{"who": "person", "text": EVIL}]
    )
    session = LiveSession.objects.create(
        owner=EVIL[:80], provider="local", language="en", most_s=60, purpose="chat", avatar_id=EVIL, last_error=EVIL
    )
    LiveAlert.objects.create(kind="stranger", provider=EVIL[:40], provider_id=EVIL, session=session, text=EVIL)
    AvatarGeneration.objects.create(
        text=EVIL, language="en", settings={}, provider="local", fingerprint="a" * 64, last_error=EVIL, state="failed"
    )
    for kind in ("character", "voice"):
        CatalogueItem.objects.create(provider="a2e", kind=kind, item_id=EVIL, name=EVIL, language="en", live=True)
    ProviderHealth.objects.create(provider="a2e", last_error=EVIL)
    ModelUsage.objects.create(purpose="dialogue", subject=EVIL[:80], model=EVIL)
    PositionDraft.objects.create(position=position, language="en", title=EVIL, source=EVIL, state="failed", last_error=EVIL)
    return made


def checked(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    page = body.decode()
    assert not [raw for raw in RAW if raw in page], address
    assert "&lt;img src=x" in page or "\\u003Cimg src=x" in page or "onerror" not in page
    policy = answer["Content-Security-Policy"]
    assert "object-src 'none'" in policy and "base-uri 'none'" in policy and "frame-ancestors 'none'" in policy
    if not address.startswith(RELAXED):
        assert "unsafe" not in policy
        assert not re.search(r"<script(?![^>]*(\bsrc=|type=\"application/json\"))", page), address
        assert not re.search(r"<[a-z][^>]*\son[a-z]+=[\"']", page), address
    return page


@pytest.mark.parametrize("page", ["receipt", "data", "document", ""])
def test_a_finished_candidates_pages_show_text(interview: Interview, page: str) -> None:
    checked(candidate_client(interview), f"/interview/{interview.public_id}/{page}")


@pytest.mark.parametrize("page", ["welcome", "consent", "check", "call", "person"])
def test_pages_before_and_in_the_call_show_text(interview: Interview, page: str) -> None:
    state = {"welcome": "invited", "consent": "opened", "check": "opened"}.get(page, "in_progress")
    now = timezone.now()
    Interview.objects.filter(pk=interview.pk).update(
        state=state, completed_at=None, active_at=now, consented_at=None if page == "consent" else now, wants_person_at=now
    )
    assert "onerror" in checked(candidate_client(interview), f"/interview/{interview.public_id}/{page}")


def test_every_page_of_staff_shows_text(interview: Interview, alice: Client) -> None:
    position, person = interview.version.position_id, interview.candidate_id
    pages = [
        "/admin/", "/studio/", f"/admin/interviews/interview/{interview.pk}/review/",
        *(f"/admin/interviews/candidate/{person}/{part}/" for part in ("change", "erase")),
        f"/admin/interviews/position/{position}/change/",
        *(f"/admin/interviews/position/{position}/{part}/" for part in
          ("invite", "versions", "versions/1", "clips", "draft", "languages", "rehearsals")),
        f"/admin/interviews/position/{position}/draft/{PositionDraft.objects.get().pk}/",
        *(f"/admin/interviews/{model}/" for model in
          ("position", "interview", "candidate", "askedquestion", "outgoingmail", "keptconversation", "auditevent")),
        f"/admin/interviews/outgoingmail/{OutgoingMail.objects.first().pk}/change/",
        f"/admin/interviews/keptconversation/{KeptConversation.objects.get().pk}/change/",
        *(f"/admin/avatars/{model}/" for model in
          ("avatarsettings", "avatargeneration", "avatargeneration/overview", "livesession", "livealert", "speech",
           "providerhealth")),
        f"/admin/avatars/avatarsettings/{AvatarSettings.objects.first().pk}/change/",
        f"/admin/avatars/avatargeneration/{AvatarGeneration.objects.get().pk}/change/",
        f"/admin/avatars/livesession/{LiveSession.objects.get().pk}/change/",
        f"/admin/avatars/livealert/{LiveAlert.objects.get().pk}/change/",
        "/admin/interview_site/statuscheck/", "/admin/interview_site/modelusage/", "/admin/auth/user/", "/api/docs",
    ]  # fmt: skip
    for address in pages:
        checked(alice, address)
