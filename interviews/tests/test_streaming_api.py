"""The clients of document 001: toggle on, chat, task, toggle off (docs/contracts/compat_api.md section 2)."""

import json
import time

import pytest
from django.core.cache import cache
from django.test import Client

from avatars.models import AvatarSettings, LiveSession
from avatars.providers.fake_live import FakeLiveProvider
from avatars.services import live_sweeping, offers
from avatars.tests.live_builders import later
from interview_site.api.records import ApiToken
from interview_site.errors import Category, ProviderError
from interview_site.llm_stub import ModelStub
from interviews.api.streaming import tokens
from interviews.api.streaming.urls import CALLS
from interviews.tests.live_client import Page, page_of, said, staff_page
from interviews.tests.test_api_fuzz import BODIES, VALUES

pytest_plugins = ["avatars.tests.live_fixtures", "interview_site.tests.model_stub"]
pytestmark = pytest.mark.django_db(transaction=True)
ANSWER = "We open at nine. We close at six."


@pytest.fixture(autouse=True)
def profile() -> AvatarSettings:
    cache.clear()
    return AvatarSettings.objects.create(
        name="Site", is_default=True, language="en", providers=["fake"], live_avatar="vera", persona="Warm.",
        knowledge="The garden opens at nine.",
    )  # fmt: skip


def test_toggle_on_chat_task_toggle_off(live: FakeLiveProvider, model: ModelStub) -> None:
    page = page_of("alice")
    joined = page.toggle_on()
    assert set(joined) == {"session_id", "url", "access_token", "transport"}
    assert (joined["url"], joined["access_token"]) == ("wss://fake.invalid/room-1", "token-room-1")
    assert joined["transport"] == "livekit"

    model.queue(ANSWER)
    answer = page.chat("When do you open?")
    assert answer.status_code == 200
    assert answer.json() == {"response": ANSWER, "session_id": page.session_id, "spoken": True}
    assert said(live) == ["We open at nine.", "We close at six."]

    task = page.task("Good bye!")
    assert task.status_code == 200 and set(task.json()) == {"task_id", "duration_ms"} and task.json()["duration_ms"] > 0
    assert said(live)[-1] == "Good bye!"

    assert page.toggle_off().status_code == 200
    assert live.rooms == {}
    # It should be fine to stop twice.
    assert page.toggle_off().status_code == 200


@pytest.mark.parametrize("prefix", ["", "/r"])
def test_every_call_also_answers_under_the_prefix(live: FakeLiveProvider, prefix: str) -> None:
    client = page_of("alice").client
    token = client.post(f"{prefix}/api/streaming/token").json()["token"]
    opened = client.post(f"{prefix}/api/streaming/session?token={token}", {}, content_type="application/json").json()
    for call, more in (("start", {}), ("task", {"text": "Hello."}), ("stop", {})):
        body = {"session_id": opened["session_id"], **more}
        answer = client.post(f"{prefix}/api/streaming/{call}?token={token}", body, content_type="application/json")
        assert answer.status_code == 200, (call, answer.content)


def test_the_token_alone_opens_the_page_of_a_site(live: FakeLiveProvider, model: ModelStub) -> None:
    """The site's server asks for it with its API token; the browser holds nothing else."""
    server = page_of("alice")
    browser = Page(Client(enforce_csrf_checks=True), token=server.post("/api/streaming/token").json()["token"])
    browser.session_id = browser.streaming("session").json()["session_id"]
    assert browser.task("Hello.").status_code == 200
    assert said(live) == ["Hello."]
    answer = browser.post(f"/api/chat?token={browser.token}", message="Hello?", session_id=browser.session_id)
    assert answer.json() == {"response": "All right.", "session_id": browser.session_id, "spoken": True}
    other = Page(server.client)
    other.toggle_on()
    foreign = browser.post(f"/api/chat?token={browser.token}", message="Hello?", session_id=other.session_id)
    assert foreign.status_code == 404
    # It should not open anything else, and end with the API token that asked for it.
    assert browser.client.get(f"/api/v1/avatar/streaming-avatars?token={browser.token}").status_code == 401
    ApiToken.objects.update(revoked_at="2026-01-01T00:00:00Z")
    assert browser.task("Hello again.").status_code == 401


def test_a_token_asked_twice_for_a_session_gets_the_same_one(live: FakeLiveProvider) -> None:
    page = page_of("alice")
    first = page.toggle_on()
    assert page.streaming("session").json() == first
    assert len(live.rooms) == 1


def test_a_strangers_session_is_404_everywhere(live: FakeLiveProvider, model: ModelStub) -> None:
    alice, bob = page_of("alice"), page_of("bob")
    alice.toggle_on()
    bob.token = bob.post("/api/streaming/token").json()["token"]
    for call in ("start", "task", "stop"):
        answer = bob.streaming(call, session_id=alice.session_id, text="Hello.")
        assert answer.status_code == 404 and set(answer.json()) == {"detail"}
    assert bob.post("/api/chat", message="Hello", session_id=alice.session_id).status_code == 404
    assert bob.post("/api/chat", message="Hello", session_id="nothing").status_code == 404
    assert said(live) == [] and model.asked == []


def test_without_a_live_provider_the_fallback_is_named() -> None:
    page = page_of("alice")
    page.token = page.post("/api/streaming/token").json()["token"]
    answer = page.streaming("session")
    assert answer.status_code == 503
    assert answer.json()["fallback"] == {"transport": "local"} and answer.json()["detail"]


@pytest.mark.parametrize(
    "error",
    [
        ProviderError("busy", category=Category.RATE_LIMIT, code="hosts_occupied"),
        ProviderError("down", category=Category.SERVER),
        ProviderError("no money", category=Category.QUOTA),
        ProviderError("key", category=Category.AUTHENTICATION),
    ],
)
def test_a_provider_that_gives_no_room_is_503_with_the_fallback(live: FakeLiveProvider, error: ProviderError) -> None:
    live.on_open.append(error)
    page = page_of("alice")
    page.token = page.post("/api/streaming/token").json()["token"]
    answer = page.streaming("session")
    assert answer.status_code == 503 and answer.json()["fallback"] == {"transport": "local"}
    assert answer["Retry-After"]


def test_a_stop_that_fails_is_still_a_stop_for_the_page(live: FakeLiveProvider) -> None:
    page = page_of("alice")
    page.toggle_on()
    live.on_close.append(ProviderError("500", category=Category.SERVER))
    assert page.toggle_off().status_code == 200
    later(120)
    live_sweeping.sweep()
    assert live.rooms == {} and LiveSession.objects.get().is_finished


def test_a_page_that_knows_no_heartbeat_is_closed_when_nobody_spoke_for_a_while(live: FakeLiveProvider, settings) -> None:
    page = page_of("alice")
    page.toggle_on()
    later(60)
    live_sweeping.sweep()
    assert page.task("I am still here.").status_code == 200
    later(settings.LIVE_CHAT_IDLE_S - 30)
    live_sweeping.sweep()
    assert LiveSession.objects.get().is_open
    later(40)
    live_sweeping.sweep()
    live_sweeping.sweep()
    assert live.rooms == {} and LiveSession.objects.get().reason == "idle"


def test_a_page_that_gives_heartbeats_is_warned_of_silence_and_missed_when_it_is_gone(live: FakeLiveProvider, settings) -> None:
    page = page_of("alice")
    page.toggle_on()
    later(20)
    assert page.streaming("heartbeat", session_id=page.session_id).json()["status"] == "open"
    for _beat in range(4):
        later(40)
        live_sweeping.sweep()
        beat = page.streaming("heartbeat", session_id=page.session_id)
    assert beat.json() == {"session_id": page.session_id, "status": "idle"}
    page.task("Here I am.")
    assert page.streaming("heartbeat", session_id=page.session_id).json()["status"] == "open"
    later(settings.LIVE_HEARTBEAT_LOST_S + 1)
    live_sweeping.sweep()
    live_sweeping.sweep()
    assert live.rooms == {} and LiveSession.objects.get().reason == "no_heartbeat"
    assert page.streaming("heartbeat", session_id=page.session_id).status_code == 409


def test_a_voice_is_spoken_by_the_engine_that_has_it_and_an_unknown_one_is_refused(live: FakeLiveProvider, settings) -> None:
    settings.ELEVENLABS_API_KEY, settings.ELEVENLABS_VOICES = "a key", ["Maria:female:v0ice1d"]
    page = page_of("alice")
    page.token = page.post("/api/streaming/token").json()["token"]
    refused = page.streaming("session", voice_id="1bd001e7e50f421d891986aad5158bc8")  # one of HeyGen's
    assert refused.status_code == 400 and "voice_id" in refused.json()["detail"] and live.rooms == {}
    offered = next(voice for voice in offers.voices("en") if voice.engine == "elevenlabs")
    page.toggle_on(voice_id=offered.id, language="en")
    used = LiveSession.objects.get(public_id=page.session_id).settings
    assert (used["speech_engine"], used["voice"]) == ("elevenlabs", offered.name)


def test_staff_may_use_it_by_their_session(live: FakeLiveProvider) -> None:
    page = staff_page()
    page.toggle_on()
    assert page.task("Hello.").status_code == 200


@pytest.mark.parametrize("call", ["session", "start", "task", "stop"])
def test_nobody_gets_in_without_a_token(live: FakeLiveProvider, call: str, settings) -> None:
    assert Client().post(f"/api/streaming/{call}", {"session_id": "x", "text": "y"}).status_code == 401
    assert Client().post(f"/api/streaming/{call}?token=invented").status_code == 401
    settings.API_ALLOW_ANONYMOUS = True
    assert Client().post(f"/api/streaming/{call}", {"session_id": "x"}, content_type="application/json").status_code == 401


def test_where_anybody_may_call_each_page_has_its_own_session_and_nobody_spends(
    live: FakeLiveProvider,
    model: ModelStub,
    settings,
) -> None:
    settings.API_ALLOW_ANONYMOUS = True
    page, other = Page(Client()), Page(Client())
    page.token = page.post("/api/streaming/token").json()["token"]
    assert page.streaming("session").status_code == 403
    assert page.post("/api/chat", message="Hello").status_code == 403
    settings.API_ANONYMOUS_MAY_SPEND = True
    page.toggle_on()
    other.toggle_on()
    assert page.chat("Hello").status_code == 200
    assert other.streaming("task", session_id=page.session_id, text="Hello.").status_code == 404
    assert len(live.rooms) == 2 and said(live, 2) == []
    settings.API_ALLOW_ANONYMOUS = False
    assert page.task("Hello.").status_code == 403


@pytest.mark.parametrize(
    ("call", "body", "word"),
    [
        ("session", {"language": "de"}, "language"),
        ("session", {"transport": "smoke"}, "transport"),
        ("session", {"quality": "best"}, "quality"),
        ("session", {"avatar_id": "x" * 200}, "avatar_id"),
        ("start", {}, "session_id"),
        ("task", {"text": "Hello."}, "session_id"),
        ("task", {"session_id": "x"}, "text"),
        ("task", {"session_id": "x", "text": "Hello.", "task_type": "sing"}, "task_type"),
        ("task", {"session_id": "x", "text": "Hello.", "task_mode": "later"}, "task_mode"),
        ("stop", {"session_id": None}, "session_id"),
        ("stop", [1], ""),
    ],
)
def test_a_wrong_field_is_named(live: FakeLiveProvider, call: str, body: object, word: str) -> None:
    page = page_of("alice")
    page.token = page.post("/api/streaming/token").json()["token"]
    answer = page.client.post(f"/api/streaming/{call}?token={page.token}", body, content_type="application/json")
    assert answer.status_code == 400 and set(answer.json()) == {"detail"} and word in answer.json()["detail"]
    assert live.rooms == {}


def test_signs_alone_cannot_be_spoken(live: FakeLiveProvider) -> None:
    page = page_of("alice")
    page.toggle_on()
    assert page.task("🙂🙂").status_code == 400


@pytest.mark.parametrize("address", CALLS)
def test_odd_input_is_never_a_fault_of_ours(address: str, settings) -> None:
    settings.API_CALLS_PER_MINUTE = 10**6
    page = page_of("alice")
    token = page.post("/api/streaming/token").json()["token"]
    odd = [dict.fromkeys(("message", "session_id", "avatar_id", "text", "context", "question"), value) for value in VALUES]
    for body in [*BODIES, *(json.dumps(value).encode() for value in odd)]:
        answer = page.client.post(f"/{address}?token={token}", body, content_type="application/json")
        assert answer.status_code in (200, 400, 401, 404, 405, 413, 503), (body, answer.content)
        assert answer.status_code != 503 or "fallback" in answer.json() or "LLM" in answer.json()["detail"]
    for query in ("token=", "token=%00", "token=%ff", "token=a&token=b", "avatar_id=%00", "token=" + "x" * 5_000):
        answer = page.client.post(f"/{address}?{query}", b"{}", content_type="application/json")
        assert answer.status_code in (200, 400, 401, 405, 503)


def test_a_session_never_outlives_the_token_that_can_stop_it(live: FakeLiveProvider, monkeypatch) -> None:
    page = page_of("alice")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 3_000)
    page.token = page.post("/api/streaming/token").json()["token"]
    monkeypatch.setattr(time, "time", lambda: now)
    page.session_id = page.streaming("session").json()["session_id"]
    assert live.requests[0].most_s <= 600
    monkeypatch.setattr(time, "time", lambda: now + 700)
    assert page.task("Hello.").status_code == 401


def test_a_streaming_token_also_listens() -> None:
    token = page_of("alice").post("/api/streaming/token").json()["token"]
    assert tokens.caller_of(token) == f"token:{ApiToken.objects.get().pk}"
    assert tokens.caller_of(token[:-1]) is None and tokens.caller_of("") is None
