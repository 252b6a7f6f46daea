"""LiveAvatar's rooms as their contract has them (docs/contracts/liveavatar.md): two modes, a socket, stops that are sure."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from avatars.engines.sound_files import pcm16_pieces, wav_samples
from avatars.provider_stub import faults
from avatars.provider_stub.liveavatar import OLEG, SANDBOX_AVATAR, VOICE, LiveAvatarStub
from avatars.providers import registry, remedies
from avatars.providers.base import NoBreaker, Origin
from avatars.providers.live import Room
from avatars.providers.liveavatar import api
from avatars.services.speech import speak
from avatars.tests.live_stand_ins import Live, soon
from interview_site import stub_faults
from interview_site.errors import Category, ProviderError
from interview_site.notify import live_group

pytest_plugins = ["avatars.tests.live_provider_fixtures"]
pytestmark = pytest.mark.django_db
# Contract §2–§3, as far as they are used.
REAL_PATHS = {
    "/v1/sessions/token", "/v1/sessions/start", "/v1/sessions/stop", "/v1/sessions/keep-alive", "/v1/sessions",
    "/v1/avatars/public", "/v1/avatars", "/v1/voices", "/v1/languages", "/v1/users/credits",
}  # fmt: skip
LONG = "Thank you for coming today. I would like to hear about the work you are most proud of, and why it mattered to you."


def wav(text: str = LONG) -> Path:
    return Path(speak(text=text, language="en").audio.path)


def line_of(live: Live, room: Room) -> Any:
    return live.stub.lite.of(room.provider_id)


def tokens(live: Live) -> list[Any]:
    return [call.json() for call in live.server.calls("POST /v1/sessions/token")]


def test_the_client_knows_the_documented_paths_and_no_others() -> None:
    assert {value for name, value in vars(api).items() if name.isupper() and isinstance(value, str)} == REAL_PATHS
    assert {line.partition(" ")[2] for line in LiveAvatarStub().paths()} >= REAL_PATHS


# --- The order --------------------------------------------------------------------------------------------------------


def test_lite_is_ordered_for_our_own_sound_and_full_for_their_voice(liveavatar: Live) -> None:
    provider = liveavatar.provider
    provider.open_room(liveavatar.request(language="ru", quality="high"))
    spoken_by_them = {"own_sound": False, "voice": VOICE, "settings": {"speech_engine": "liveavatar"}}
    provider.open_room(liveavatar.request(language="ru", avatar_id=OLEG, **spoken_by_them))
    common = {"is_sandbox": False, "max_session_duration": 600}
    lite, full = tokens(liveavatar)
    assert lite == {**common, "mode": "LITE", "avatar_id": liveavatar.avatar,
                    "video_settings": {"quality": "high", "encoding": "H264"}}  # fmt: skip
    # It should keep their microphone off, and give no context, so that their model never answers.
    assert full == {**common, "mode": "FULL", "avatar_id": OLEG, "video_settings": {"quality": "medium", "encoding": "H264"},
                    "avatar_persona": {"language": "ru", "voice_id": VOICE}, "interactivity_type": "PUSH_TO_TALK"}  # fmt: skip


def test_a_voice_of_another_engine_is_not_sent_there(liveavatar: Live) -> None:
    liveavatar.provider.open_room(liveavatar.request(own_sound=False, voice="en-female-1"))
    assert tokens(liveavatar)[0]["avatar_persona"] == {"language": "en"}


def test_the_sandbox_is_free_and_has_its_own_avatar(liveavatar: Live, settings: Any) -> None:
    settings.LIVEAVATAR_SANDBOX = True
    for known in (registry._live_instances, registry._instances):
        known.pop("liveavatar", None)
    liveavatar.provider.open_room(liveavatar.request())
    assert liveavatar.provider.live.minute_cost == 0 and tokens(liveavatar)[0]["avatar_id"] == SANDBOX_AVATAR
    assert [one.id for one in registry.provider("liveavatar").characters()] == [SANDBOX_AVATAR]


@pytest.mark.parametrize("code", [100, 1000, None])
def test_each_word_for_success_is_believed(liveavatar: Live, code: int | None) -> None:
    liveavatar.stub.success = code
    assert liveavatar.provider.open_room(liveavatar.request()).provider_id


def test_a_key_of_heygen_is_told_apart_in_plain_words(liveavatar: Live) -> None:
    liveavatar.stub.token = "another"
    with pytest.raises(ProviderError) as caught:
        liveavatar.provider.open_room(liveavatar.request())
    assert caught.value.category == Category.AUTHENTICATION and caught.value.permanent
    assert "HeyGen" in str(caught.value.person_text) and remedies.code_of(caught.value) == remedies.LIVEAVATAR_KEY


@pytest.mark.parametrize(
    ("line", "word", "category", "code"),
    [
        ("start", "expired", Category.INVALID_REQUEST, remedies.ROOM_GONE),
        ("start", "error", Category.INVALID_REQUEST, "400"),
        ("start", "all_busy", Category.RATE_LIMIT, remedies.HOSTS_OCCUPIED),
        ("token", "too_long", Category.INVALID_REQUEST, remedies.PLAN_TOO_SMALL),
        ("token", "busy:9", Category.RATE_LIMIT, "rate_limit"),
    ],
)
def test_each_refusal_has_its_meaning(liveavatar: Live, line: str, word: str, category: Category, code: str) -> None:
    liveavatar.server.break_next(f"POST /v1/sessions/{line}", faults.named("liveavatar", word), times=2)
    with pytest.raises(ProviderError) as caught:
        liveavatar.provider.open_room(liveavatar.request())
    assert (caught.value.category, caught.value.code) == (category, code) and not liveavatar.rooms.running()


def test_a_room_whose_socket_is_refused_is_stopped_at_once(liveavatar: Live) -> None:
    liveavatar.server.break_next("GET /v1/lite/{id}", stub_faults.status(503))
    with pytest.raises(ProviderError) as caught:
        liveavatar.provider.open_room(liveavatar.request())
    assert caught.value.code == "not_sent" and not liveavatar.rooms.running() and liveavatar.paid() == 1


def test_a_socket_on_a_private_network_is_never_joined(liveavatar: Live, settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_CIDRS = []
    with pytest.raises(ProviderError) as caught:
        liveavatar.provider.open_room(liveavatar.request())
    assert caught.value.category == Category.INVALID_REQUEST and not liveavatar.server.calls("GET /v1/lite/*")
    assert not liveavatar.rooms.running()


# --- LITE: our sound --------------------------------------------------------------------------------------------------


def test_our_sound_arrives_whole_at_24_khz_in_pieces_that_are_not_too_small(liveavatar: Live) -> None:
    room = liveavatar.provider.open_room(liveavatar.request())
    spoken = liveavatar.provider.speak_sound(room, wav(), LONG)
    kept = line_of(liveavatar, room)
    assert soon(lambda: kept.utterances and kept.utterances[spoken.task_id].ended)
    utterance = kept.utterances[spoken.task_id]
    assert bytes(utterance.pcm16) == b"".join(pcm16_pieces(*wav_samples(wav().read_bytes()), 24_000)) and not kept.dropped
    assert utterance.chunks[0] == 28_800 and set(utterance.chunks[1:-1]) <= {48_000} and len(utterance.chunks) > 4
    assert abs(utterance.ms - spoken.duration_ms) <= 1


def test_what_is_said_before_it_is_connected_waits(liveavatar: Live) -> None:
    liveavatar.stub.lite.connect_s = 0.2
    room = liveavatar.provider.open_room(liveavatar.request())
    liveavatar.provider.speak_sound(room, wav("Hello."), "Hello.")
    kept = line_of(liveavatar, room)
    assert soon(lambda: [utterance.ended for utterance in kept.utterances.values()] == [True]) and not kept.dropped


def test_an_interruption_silences_the_avatar_and_forgets_the_rest(liveavatar: Live) -> None:
    liveavatar.rooms.pace = 1.0
    room = liveavatar.provider.open_room(liveavatar.request())
    for text in (LONG, "And this one waits."):
        liveavatar.provider.speak_sound(room, wav(text), text)
    heard = liveavatar.rooms.running()[0]
    assert soon(lambda: heard.is_speaking and len(heard.sayings) == 2)
    liveavatar.provider.interrupt(room)
    assert soon(lambda: [saying.state for saying in heard.sayings] == ["cut", "cut"])
    # It should speak again afterwards.
    liveavatar.provider.speak_sound(room, wav("Go on."), "Go on.")
    assert soon(lambda: len(heard.sayings) == 3 and heard.sayings[2].state != "cut")


def test_words_that_wait_for_the_avatar_are_forgotten_when_it_is_interrupted(liveavatar: Live) -> None:
    liveavatar.stub.lite.connect_s = 1.0
    liveavatar.provider.breaker = NoBreaker()  # its rows belong to the test's own thread
    room = liveavatar.provider.open_room(liveavatar.request())
    path, saying = wav("Too late."), ThreadPoolExecutor(1)
    said = saying.submit(liveavatar.provider.speak_sound, room, path, "Too late.")
    assert soon(said.running)
    time.sleep(0.3)
    liveavatar.provider.interrupt(room)
    said.result(timeout=5)
    liveavatar.provider.speak_sound(room, wav("In time."), "In time.")
    kept = line_of(liveavatar, room)
    assert soon(lambda: [utterance.ended for utterance in kept.utterances.values()] == [True])


def test_a_broken_line_is_joined_again_once(liveavatar: Live) -> None:
    room = liveavatar.provider.open_room(liveavatar.request())
    kept = line_of(liveavatar, room)
    assert soon(lambda: kept.connections == 1)
    liveavatar.stub.lite.drop(room.provider_id)
    assert soon(lambda: kept.connections == 2, within_s=20.0)
    liveavatar.provider.speak_sound(room, wav("Hello again."), "Hello again.")
    assert soon(lambda: len(kept.utterances) == 1)
    # It should be given up the second time: the room is mute, so it is stopped rather than paid for.
    liveavatar.stub.lite.drop(room.provider_id)
    assert soon(lambda: kept.line is None)
    with pytest.raises(ProviderError) as caught:
        for _time in range(20):
            liveavatar.provider.speak_sound(room, wav("Anybody?"), "Anybody?")
    assert caught.value.code in (remedies.ROOM_GONE, "line_broken")
    with pytest.raises(ProviderError) as caught:
        liveavatar.provider.speak_sound(room, wav("Anybody?"), "Anybody?")
    assert caught.value.code == remedies.ROOM_GONE and not liveavatar.rooms.running()


def test_keep_alive_goes_to_both_doors_of_a_lite_room(liveavatar: Live) -> None:
    room = liveavatar.provider.open_room(liveavatar.request())
    liveavatar.provider.keep_alive(room)
    assert soon(lambda: line_of(liveavatar, room).commands == ["session.keep_alive"])
    assert liveavatar.rooms.running()[0].facts["kept_alive"] == 1


def test_keep_alive_tells_that_a_session_is_over(liveavatar: Live) -> None:
    room = liveavatar.provider.open_room(liveavatar.request())
    liveavatar.stub.end(liveavatar.stub.sessions[room.provider_id], "MAX_DURATION_REACHED")
    with pytest.raises(ProviderError) as caught:
        liveavatar.provider.keep_alive(room)
    assert caught.value.code == remedies.ROOM_GONE


# --- FULL: the page speaks --------------------------------------------------------------------------------------------


def test_in_full_mode_the_page_is_told_what_to_publish(liveavatar: Live) -> None:
    layer = get_channel_layer()
    async_to_sync(layer.group_add)(live_group("ref-1"), "page")
    room = liveavatar.provider.open_room(liveavatar.request(own_sound=False))
    spoken = liveavatar.provider.speak(room, "Добрый день!")
    liveavatar.provider.interrupt(room)
    told = [async_to_sync(layer.receive)("page") for _time in range(2)]
    assert told == [
        {"type": "live.event", "event": "speak", "text": "Добрый день!", "id": spoken.task_id},
        {"type": "live.event", "event": "interrupt"},
    ]
    with pytest.raises(ProviderError):
        liveavatar.provider.speak_sound(room, wav("Hello."), "Hello.")
    assert not liveavatar.server.calls("GET /v1/lite/*")


# --- Stopping ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 400, 409])
def test_a_session_that_has_ended_counts_as_stopped_however_that_is_said(liveavatar: Live, status: int) -> None:
    liveavatar.stub.ended_status = status
    room = liveavatar.provider.open_room(liveavatar.request())
    for _time in range(2):
        liveavatar.provider.close(room)
    assert not liveavatar.rooms.running()


def test_a_stop_that_is_refused_while_the_room_runs_on_is_a_fault(liveavatar: Live) -> None:
    room = liveavatar.provider.open_room(liveavatar.request())
    liveavatar.server.break_next("POST /v1/sessions/stop", stub_faults.status(500), times=2)
    with pytest.raises(ProviderError):
        liveavatar.provider.close(room)
    liveavatar.server.break_next("POST /v1/sessions/stop", stub_faults.lost(), times=2)
    liveavatar.provider.close(room)  # the answer was lost, and the list shows that the stop was done


def test_the_list_of_running_rooms_is_read_to_its_end(liveavatar: Live) -> None:
    liveavatar.stub.most_at_once = 200
    provider = liveavatar.provider
    provider.breaker = NoBreaker()
    ids = {provider.open_room(liveavatar.request(own_sound=False)).provider_id for _number in range(103)}
    assert set(provider.running()) == ids
    garbled = _reply({"code": 1000, "data": {"results": "none"}})
    liveavatar.server.break_next("GET /v1/sessions", stub_faults.instead(garbled), times=2)
    with pytest.raises(ProviderError):
        provider.running()


# --- The catalogue ----------------------------------------------------------------------------------------------------


def test_only_avatars_that_are_ready_are_offered_the_account_s_own_first(liveavatar: Live) -> None:
    found = registry.provider("liveavatar").characters()
    assert [(one.name, one.origin) for one in found] == [
        ("HR lead", Origin.OWN), ("Vera", Origin.PUBLIC), ("Oleg", Origin.PUBLIC),
    ]  # fmt: skip
    assert all(one.live and not one.recorded and one.languages == ("ru", "en") for one in found)


@pytest.mark.parametrize(
    ("data", "languages"),
    [
        (["en-US", "kk"], ("en", "kk")),
        ([{"language_code": "ru_RU"}], ("ru",)),
        ({"results": [{"id": "ru"}]}, ("ru",)),
        ({"languages": None}, ()),
        (17, ()),
    ],
)
def test_languages_are_read_in_whatever_shape_they_come(liveavatar: Live, data: Any, languages: tuple[str, ...]) -> None:
    liveavatar.server.break_next("GET /v1/languages", stub_faults.instead(_reply({"code": 1000, "data": data})))
    assert set(registry.provider("liveavatar").characters()[0].languages) == set(languages)


def test_the_balance_is_a_decimal_in_a_string(liveavatar: Live) -> None:
    balance = registry.provider("liveavatar").balance()
    assert balance and (balance.amount, balance.unit) == (Decimal("100.00"), "credits")


def test_a_browser_in_the_room_hears_the_avatar_speak(liveavatar: Live) -> None:
    from websockets.sync.client import connect

    room = liveavatar.provider.open_room(liveavatar.request())
    assert room.join
    with connect(f"{room.join.url}?token={room.join.access_token}", proxy=None) as page:
        assert json.loads(page.recv(timeout=3))["type"] == "joined"
        spoken = liveavatar.provider.speak_sound(room, wav("Hello."), "Hello.")
        while (told := json.loads(page.recv(timeout=3)))["type"] != "data":
            pass
    assert told["message"]["event_type"] == "avatar.speak_started" and told["message"]["source_event_id"] == spoken.task_id


def _reply(body: Any) -> Any:
    from interview_site.stub_server import Reply

    return Reply(body)
