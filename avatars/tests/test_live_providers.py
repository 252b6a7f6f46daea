"""What the protocol of `avatars.providers.live` promises, proved for A2E and LiveAvatar at their stand-ins over real HTTP."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from avatars.engines.sound_files import pcm16_pieces, wav_samples
from avatars.models import LiveAlert, ProviderHealth
from avatars.provider_stub import faults
from avatars.providers import registry, remedies
from avatars.providers.base import CannotTell
from avatars.providers.calls import NoBreaker
from avatars.providers.live import LiveJoin, Room, Transport
from avatars.services import live_sessions, live_speaking
from avatars.services.live_sessions import LiveRefused, SessionGone
from avatars.services.live_sweeping import sweep
from avatars.services.speech import speak
from avatars.tests.live_builders import later, opened
from avatars.tests.live_stand_ins import Live, soon
from interview_site import stub_faults
from interview_site.errors import Category, ProviderError

pytest_plugins = ["avatars.tests.live_provider_fixtures"]
pytestmark = pytest.mark.django_db
FIXTURES = {"a2e": "live_a2e", "liveavatar": "liveavatar"}


@pytest.fixture(params=FIXTURES)
def live(request: Any) -> Live:
    found: Live = request.getfixturevalue(FIXTURES[request.param])
    return found


def wav(text: str = "Good morning, and welcome.") -> Path:
    return Path(speak(text=text, language="en").audio.path)


def session(live: Live, owner: str = "interview:1", **wishes: Any) -> Any:
    purpose = "chat" if live.own_sound else "interview"
    return opened(owner, provider=live.kind, avatar_id=live.avatar, purpose=purpose, **wishes)


def words(live: Live, number: int = 0) -> list[str]:
    """What was said in a room; in a LITE room that is sound."""
    room = live.rooms.all()[number]
    if live.kind == "a2e":
        return room.heard
    heard = live.stub.lite.of(room.id).utterances.values()
    return [sha256(utterance.pcm16).hexdigest() for utterance in heard if utterance.ended]


def sounds_like(text: str) -> str:
    """The same words as LITE is to get them: PCM16, 24 kHz."""
    return sha256(b"".join(pcm16_pieces(*wav_samples(wav(text).read_bytes()), 24_000))).hexdigest()


# --- A room and its life ----------------------------------------------------------------------------------------------


def test_a_room_is_opened_joined_by_a_browser_spoken_in_and_closed(live: Live) -> None:
    provider = live.provider
    room = provider.open_room(live.request())
    assert isinstance(room.join, LiveJoin) and room.join.transport == provider.live.transport
    assert room.join.access_token and room.expires_at and room.expires_at > datetime.now(UTC)
    path = wav()
    spoken = provider.speak_sound(room, path, "Good morning.") if live.own_sound else provider.speak(room, "Good morning.")
    assert (spoken.duration_ms > 0) is live.own_sound and soon(lambda: len(words(live)) == 1)
    provider.keep_alive(room)
    provider.interrupt(room)
    provider.close(room)
    assert not live.rooms.running() and live.paid() == 1
    # It should forgive being closed again: by then there is nothing to close.
    provider.close(Room(room.provider_id))


def test_what_a_browser_sees_of_a_room_opens_and_closes_none(live: Live) -> None:
    room = live.provider.open_room(live.request())
    shown = str(room.join and room.join.as_json())
    assert live.stub.token not in shown and not any(value in shown for value in room.private.values() if len(value) > 5)


def test_the_id_is_noted_as_early_as_the_provider_tells_it(live: Live) -> None:
    noted: list[tuple[str, int]] = []
    room = live.provider.open_room(live.request(), lambda provider_id: noted.append((provider_id, live.paid())))
    assert [provider_id for provider_id, _paid in noted] == [room.provider_id]
    # It should be before anything is paid where the provider names the room first.
    assert noted[0][1] == (0 if live.kind == "liveavatar" else 1)


def test_nothing_of_the_account_s_key_stands_in_an_address_or_a_body(live: Live) -> None:
    live.provider.close(live.provider.open_room(live.request()))
    calls = live.server.calls()
    assert any(live.stub.token in value for call in calls for value in call.headers.values())
    assert not any(live.stub.token in f"{call.path} {call.query} {call.body!r}" for call in calls)


def test_rooms_are_listed_where_the_capabilities_say_so(live: Live) -> None:
    provider = live.provider
    room = provider.open_room(live.request())
    if provider.live.lists_rooms:
        assert provider.running() == [room.provider_id] and provider.is_open(room)
        provider.close(room)
        assert provider.running() == [] and provider.is_open(room) is False
    else:
        with pytest.raises(CannotTell):
            provider.running()
        assert provider.is_open(room) is None
        assert provider.is_open(Room("gone", expires_at=datetime.now(UTC) - timedelta(seconds=1))) is False


# --- Refusals ---------------------------------------------------------------------------------------------------------


def test_busy_avatars_are_no_fault_of_the_service(live: Live) -> None:
    if live.kind == "a2e":
        live.stub.live.switches.hosts = 0
    else:
        live.stub.most_at_once = 0
    for _time in range(6):
        with pytest.raises(ProviderError) as caught:
            live.provider.open_room(live.request())
        assert caught.value.code == remedies.HOSTS_OCCUPIED and not caught.value.permanent
    # It should not rest the provider, whose recorded videos go on.
    assert not ProviderHealth.objects.get(provider=live.kind).is_open and live.paid() == 0
    with pytest.raises(LiveRefused) as refused:
        session(live)
    assert refused.value.code == "hosts_occupied"


@pytest.mark.parametrize(
    ("kind", "word"), [("a2e", "no_coins"), ("liveavatar", "no_credit"), ("liveavatar", "forbidden_credit")]
)
def test_without_credit_a_person_is_told_so(request: Any, kind: str, word: str) -> None:
    live: Live = request.getfixturevalue(FIXTURES[kind])
    live.server.break_next(live.open_line, faults.named(kind, word))
    with pytest.raises(ProviderError) as caught:
        live.provider.open_room(live.request())
    assert (caught.value.category, caught.value.code) == (Category.QUOTA, remedies.NO_CREDIT) and live.paid() == 0


def test_a_refused_key_is_for_a_person_at_the_start_and_in_the_middle(live: Live) -> None:
    row = session(live)
    live.server.break_next("*", faults.named(live.kind, "bad_token" if live.kind == "a2e" else "bad_key"), times=-1)
    with pytest.raises(LiveRefused) as refused:
        session(live, "interview:2")
    assert refused.value.code == "unavailable" and "key" in str(refused.value.text) and live.paid() == 1
    # It should keep trying to stop the room that is open: the key may be put right while it costs.
    live_sessions.close(session=row, reason="goodbye")
    assert row.state == "closing" and row.due_at and LiveAlert.objects.get().kind == LiveAlert.Kind.STOP_FAILED
    live.server.heal()
    later(150, row)
    sweep()
    row.refresh_from_db()
    assert row.state == "closed" and not live.rooms.running()


@pytest.mark.parametrize("fault", ["status:500", "garbage", "page", "cut", "lost", "redirect", "busy", "dropped", "slow:20"])
def test_every_fault_of_every_call_is_one_of_ours(live: Live, fault: str) -> None:
    provider = live.provider
    room = provider.open_room(live.request(own_sound=False))
    provider.breaker = NoBreaker()
    live.hurry()
    live.server.break_next("*", stub_faults.named(fault), times=-1)
    calls: list[Any] = [lambda: provider.open_room(live.request()), lambda: provider.close(room)]
    if live.kind == "a2e":
        calls.append(lambda: provider.speak(room, "Hello"))
    else:
        calls += [lambda: provider.keep_alive(room), provider.running]
    for call in calls:
        with pytest.raises(ProviderError) as caught:
            call()
        assert caught.value.provider == live.kind and str(caught.value.person_text)
        assert caught.value.category in (Category.CONNECTIVITY, Category.SERVER, Category.RATE_LIMIT)


@pytest.mark.parametrize("fault", ["lost", "status:502", "page", "slow:20"])
def test_a_room_whose_answer_is_lost_is_never_left_running(live: Live, fault: str) -> None:
    live.hurry()
    live.server.break_next(live.open_line, stub_faults.named(fault))
    with pytest.raises(LiveRefused) as refused:
        session(live)
    assert refused.value.code == "unavailable"
    live.server.heal()
    for _minute in range(3):
        later(60)
        sweep()
    if live.kind == "a2e" and fault != "status:502":
        # Nothing can leave a room whose channel nobody was told: a person is, and the window ends it (contract §7.2).
        assert LiveAlert.objects.get().kind == LiveAlert.Kind.ANSWER_LOST
        assert live.rooms.running()[0].lasts_s <= 1800
    else:
        assert not live.rooms.running()


@pytest.mark.parametrize("fault", ["status:500", "lost", "page", "busy"])
def test_a_stop_that_fails_is_tried_until_it_is_confirmed(live: Live, fault: str) -> None:
    row = session(live)
    if live.kind == "liveavatar":
        live.server.break_next("GET /v1/sessions", stub_faults.status(500), times=4)
    live.server.break_next(live.stop_line, stub_faults.named(fault), times=4)
    live_sessions.close(session=row, reason="goodbye")
    assert row.state == "closing" and row.due_at and LiveAlert.objects.filter(kind="stop_failed").exists()
    for _minute in range(4):
        later(150, row)
        sweep()
    row.refresh_from_db()
    assert row.state == "closed" and not live.rooms.running()
    assert not LiveAlert.objects.filter(resolved_at__isnull=True).exists()


def test_a_room_the_provider_has_ended_takes_no_more_words(live: Live) -> None:
    row = session(live)
    room = live.rooms.running()[0]
    if live.kind == "liveavatar":
        live.stub.end(live.stub.sessions[room.id], "NO_CREDITS")
    else:
        live.rooms.close(room, "expired")

    def is_gone() -> bool:  # the holder hears of the end a moment after it
        try:
            live_speaking.say(session=row, text="Are you there?")
        except SessionGone:
            return True
        return False

    assert soon(is_gone)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("lost", "room_gone") and words(live) == []


def test_two_candidates_at_once_never_hear_each_other_s_words(live: Live) -> None:
    anna, boris = session(live, "interview:1"), session(live, "interview:2")
    said = {anna.provider_id: "Marked for Anna, and rather longer than the other one.", boris.provider_id: "For Boris."}
    for row in (anna, boris, anna):
        live_speaking.say(session=row, text=said[row.provider_id])
    assert soon(lambda: len(words(live, 0)) + len(words(live, 1)) == 3)
    for number, room in enumerate(live.rooms.all()):
        assert set(words(live, number)) == {said[room.id] if live.kind == "a2e" else sounds_like(said[room.id])}


def test_a_session_s_money_is_taken_and_settled(live: Live) -> None:
    row = session(live)
    assert row.reserved > 0
    live_sessions.close(session=row, reason="goodbye")
    assert row.cost and row.cost < row.reserved and row.state == "closed"


def test_every_live_provider_elsewhere_is_in_this_suite() -> None:
    assert set(registry._LIVE_CLASSES) - {"fake", "local"} == set(FIXTURES)


def test_each_provider_joins_by_its_own_transport(live_a2e: Live, liveavatar: Live) -> None:
    assert live_a2e.provider.live.transport == Transport.AGORA and not live_a2e.provider.live.interrupt
    assert liveavatar.provider.live.transport == Transport.LIVEKIT and liveavatar.provider.live.interrupt
