"""The studio: who may use it, whose sessions it reaches, what is kept."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from avatars.models import AvatarSettings, LiveSession
from avatars.services.live_sessions import close
from interviews.models import AuditEvent, KeptConversation, LiveChat
from interviews.services import studio
from interviews.tasks import apply_retention

pytest_plugins = ["avatars.tests.live_fixtures"]
pytestmark = pytest.mark.django_db
STUDIO = ("use_studio", "view_avatarsettings")


def staff(name: str = "alice", *permissions: str) -> Client:
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=permissions or STUDIO))
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, name: str, body: object, *args: str):
    return client.post(reverse(name, args=args), json.dumps(body), content_type="application/json")


def opened(client: Client, profile, **wishes: str):
    token = client.post(reverse("streaming_token")).json()["token"]
    order = {"token": token, "profile": profile.pk, "provider": "fake", "language": "en", **wishes}
    return post(client, "studio_session", order)


@pytest.fixture
def profile():
    return AvatarSettings.objects.create(name="Studio", is_default=True, language="en")


def test_a_stranger_is_asked_to_sign_in_and_staff_without_the_permission_are_refused(client: Client) -> None:
    assert client.get(reverse("studio")).headers["Location"].startswith(reverse("admin:login"))
    assert post(client, "studio_stop_all", {}).status_code == 403
    reviewer = staff("bob", "view_interview")
    assert reviewer.get(reverse("studio")).status_code == 403
    assert post(reviewer, "studio_stop_all", {}).status_code == 403


def test_the_page_offers_our_presenters_and_says_what_is_missing(profile) -> None:
    page = staff().get(reverse("studio")).content.decode()
    assert 'value="local|aliya"' in page and 'value="local|timur"' in page
    assert "docs/models.md" in page and 'value="talk" disabled' in page


def test_a_session_is_opened_lives_by_its_heartbeat_and_tells_its_cost(profile, live) -> None:
    alice = staff()
    answer = opened(alice, profile, avatar_id="vera")
    assert answer.json()["join"]["transport"] == "livekit" and answer.headers["Cache-Control"] == "no-store"
    session = LiveSession.objects.get(public_id=answer.json()["session_id"])
    assert (session.purpose, session.avatar_id, session.own_sound) == (LiveSession.Purpose.STUDIO, "vera", True)
    before = session.heartbeat_at
    standing = post(alice, "studio_standing", {}, session.public_id).json()
    session.refresh_from_db()
    assert standing["is_open"] and not standing["is_idle"] and standing["cost"] == 0.1 and session.heartbeat_at > before
    LiveSession.objects.update(warned_at=session.started_at)
    assert post(alice, "studio_standing", {}, session.public_id).json()["is_idle"]
    close(session=session, reason=LiveSession.Reason.STAFF)
    standing = post(alice, "studio_standing", {}, session.public_id).json()
    assert not standing["is_open"] and not standing["is_idle"] and standing["reason"] == "stopped by staff"


def test_the_chosen_voice_and_profile_are_used(profile, live, settings) -> None:
    settings.ELEVENLABS_API_KEY, settings.ELEVENLABS_VOICES = "a key", ["Maria:female:v0ice1d"]
    other = AvatarSettings.objects.create(name="Other", language="en", persona="A pirate.", providers=["fake"])
    alice = staff()
    maria = next(voice for voice, _engine in studio.voices() if voice.engine == "elevenlabs" and voice.language == "en")
    session_id = opened(alice, other, voice=maria.id).json()["session_id"]
    used = LiveSession.objects.get(public_id=session_id).settings
    assert (used["speech_engine"], used["voice"], used["profile"]) == ("elevenlabs", maria.name, other.pk)
    assert opened(alice, other, voice="nobody-has-it").json()["code"] == "voice"


def test_another_persons_session_is_not_there(profile, live) -> None:
    mine = opened(staff(), profile).json()["session_id"]
    bob = staff("bob")
    assert post(bob, "studio_standing", {}, mine).status_code == 404
    assert post(bob, "studio_keep", {"messages": [{"who": "person", "text": "x"}]}, mine).status_code == 404
    token = staff("carol").post(reverse("streaming_token")).json()["token"]
    order = {"token": token, "profile": profile.pk, "provider": "fake", "language": "en"}
    assert post(bob, "studio_session", order).status_code == 403


def test_stop_all_ends_mine_and_only_mine_and_forgets_what_was_said(profile, live) -> None:
    alice, bob = staff(), staff("bob")
    first, second = (opened(alice, profile).json()["session_id"] for _ in range(2))
    his = opened(bob, profile).json()["session_id"]
    LiveChat.objects.create(session=first, messages=[], expires_at="2100-01-01T00:00Z")
    assert post(alice, "studio_stop_all", {}).json() == {"stopped": 2}
    states = dict(LiveSession.objects.values_list("public_id", "state"))
    assert states[his] == "live" and {states[first], states[second]} <= {"closing", "closed"}
    assert not LiveChat.objects.exists()


def test_texts_are_stored_only_when_somebody_keeps_them_and_can_be_deleted(profile, live) -> None:
    alice = staff("alice", *STUDIO, "view_keptconversation", "delete_keptconversation")
    session = opened(alice, profile).json()["session_id"]
    assert not KeptConversation.objects.exists()
    texts = [{"who": "person", "text": "Hello"}, {"who": "avatar", "text": "Good <b>day</b>"}]
    for messages in (texts[:1], texts):
        assert post(alice, "studio_keep", {"messages": messages}, session).status_code == 200
    kept = KeptConversation.objects.get()
    assert kept.messages == texts and kept.kept_by.username == "alice"
    page = alice.get(reverse("admin:interviews_keptconversation_change", args=[kept.pk])).content.decode()
    assert "Good &lt;b&gt;day&lt;/b&gt;" in page
    assert AuditEvent.objects.filter(target_type="keptconversation", action="view", actor=kept.kept_by).count() == 1
    alice.post(reverse("admin:interviews_keptconversation_delete", args=[kept.pk]), {"post": "yes"})
    assert not KeptConversation.objects.exists()
    assert list(AuditEvent.objects.filter(target_type="keptconversation").values_list("action", flat=True)).count("keep") == 2


@pytest.mark.parametrize(
    "body",
    ["", [], {}, {"messages": []}, {"messages": [{"who": "dog", "text": "x"}]},
     {"messages": [{"who": "person", "text": "x" * 4001}]}, {"messages": [{"who": "person", "text": "x"}] * 401},
     {"messages": "x"}],
)  # fmt: skip
def test_odd_texts_are_refused(profile, live, body) -> None:
    alice = staff()
    session = opened(alice, profile).json()["session_id"]
    assert post(alice, "studio_keep", body, session).status_code == 400


def test_a_body_nested_without_end_is_refused(profile, live) -> None:
    alice = staff()
    address = reverse("studio_keep", args=[opened(alice, profile).json()["session_id"]])
    assert alice.post(address, "[" * 100_000, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    "change", [{"provider": "nobody"}, {"language": "de"}, {"profile": 0}, {"token": ""}, {"quality": "best"}]
)
def test_an_odd_order_is_refused(profile, live, change) -> None:
    alice = staff()
    token = alice.post(reverse("streaming_token")).json()["token"]
    order = {"token": token, "profile": profile.pk, "provider": "fake", "language": "en", **change}
    assert post(alice, "studio_session", order).status_code == 400


def test_a_refusal_says_why(profile, live, settings) -> None:
    settings.LIVE_AT_ONCE = {"fake": 1}
    assert opened(staff(), profile).status_code == 200
    refused = opened(staff("bob"), profile)
    assert refused.status_code == 409 and refused.json()["code"] == "concurrency" and refused.json()["detail"]


def test_kept_conversations_go_after_their_days(settings) -> None:
    settings.STUDIO_KEPT_DAYS = 10
    for days in (9, 11):
        kept = KeptConversation.objects.create(session=str(days), provider="local", language="en", messages=[])
        KeptConversation.objects.filter(pk=kept.pk).update(created_at=timezone.now() - timedelta(days=days))
    apply_retention()
    assert [kept.session for kept in KeptConversation.objects.all()] == ["9"]
