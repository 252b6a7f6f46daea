"""The stand-ins of live avatars: rooms that cost, a room a page can join, LiveAvatar's socket.

No registry this project may use has a LiveKit server to install (PyPI and npm hold its clients and SDKs only), so the room is
a small WebSocket of the stand-in's own: what is proved here and in the browser is our side of it, not WebRTC.
"""

import base64
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from avatars.provider_stub.a2e import A2EStub
from avatars.provider_stub.a2e_live import AVATARS
from avatars.provider_stub.liveavatar import SANDBOX_AVATAR, VERA, LiveAvatarStub
from interview_site import outbound
from interview_site.stub_server import StubServer

ALICE = AVATARS[0][0]


@pytest.fixture
def a2e() -> Iterator[A2EStub]:
    stub = A2EStub(plain=True)
    stub.live.rooms.pace = 0.01
    with StubServer(stub):
        yield stub


@pytest.fixture
def liveavatar() -> Iterator[LiveAvatarStub]:
    with StubServer(stub := LiveAvatarStub(pace=0.01)):
        yield stub


def ask(stub: Any, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    keys = {"Authorization": f"Bearer {stub.token}", "X-API-KEY": stub.token}
    answer = outbound.request(method, stub.server.url + path, json=body, headers=headers or keys, trusted=True, total_s=5.0)
    return answer.status, answer.json()


def told(line: Any, *kinds: str) -> dict[str, Any]:
    """The next message of one of these kinds; pictures in between are looked away from."""
    while True:
        message: dict[str, Any] = json.loads(line.recv(timeout=3))
        if message["type"] in kinds:
            return message


def room_of(stub: A2EStub, seconds: int = 600) -> dict[str, Any]:
    status, body = ask(stub, "POST", "/api/v1/streaming-avatar/agora-token", {"avatar_id": ALICE, "expire_seconds": seconds})
    assert (status, body["code"]) == (200, 0)
    return body["data"]


def session_of(stub: LiveAvatarStub, **fields: Any) -> tuple[str, dict[str, Any]]:
    """(session token, data of the start)."""
    body = {"mode": "LITE", "avatar_id": VERA, "max_session_duration": 600, **fields}
    data = ask(stub, "POST", "/v1/sessions/token", body)[1]["data"]
    status, started = ask(stub, "POST", "/v1/sessions/start", Authorization=f"Bearer {data['session_token']}")
    assert status == 201
    return data["session_token"], started["data"]


# --- A2E --------------------------------------------------------------------------------------------------------------


def test_an_a2e_room_is_paid_for_in_advance_and_gives_back_what_was_not_used(a2e: A2EStub) -> None:
    room = room_of(a2e)
    assert a2e.coins == 940 and set(room) == {"appId", "channel", "token", "uid", "expire_epoch_timestamp", "expire_date_UTC"}
    assert ask(a2e, "POST", "/api/v1/streaming-avatar/leave", {"channel": room["channel"]})[1]["code"] == 0
    assert a2e.coins >= 998 and not a2e.live.rooms.running()


def test_a2e_s_hosts_are_few(a2e: A2EStub) -> None:
    room_of(a2e)
    room_of(a2e)
    status, body = ask(a2e, "POST", "/api/v1/streaming-avatar/agora-token", {"avatar_id": ALICE, "expire_seconds": 60})
    assert (status, body["code"]) == (400, 1001) and a2e.coins == 880


def test_a2e_is_keyed_by_the_channel_and_never_by_the_avatar(a2e: A2EStub) -> None:
    room = room_of(a2e)
    assert ask(a2e, "POST", "/api/v1/streaming-avatar/speak", {"avatar_id": ALICE, "text": "Hello"})[1]["code"] == 400
    assert ask(a2e, "POST", "/api/v1/streaming-avatar/ask", {"channel": room["channel"], "text": "Why?"})[1]["code"] == 400
    assert ask(a2e, "POST", "/api/v1/streaming-avatar/set-qa-context", {"channel": room["channel"], "text": "x" * 5001})[0] == 400


def test_a_page_in_the_room_sees_hears_and_is_dropped_on_command(a2e: A2EStub) -> None:
    room = room_of(a2e)
    address = f"ws://{room['appId'].removeprefix('stub@')}/rooms/{room['channel']}?token={room['token']}"
    with pytest.raises(InvalidStatus):
        connect(address + "x", proxy=None)
    with connect(address, proxy=None) as page:
        assert told(page, "joined")["avatar"] == ALICE and told(page, "track")["kind"] == "video"
        assert told(page, "picture")["hue"] == 0
        ask(a2e, "POST", "/api/v1/streaming-avatar/speak", {"channel": room["channel"], "text": "Hello"})
        assert [told(page, "volume")["level"] for _time in range(2)] == [60, 0]
        assert ask(a2e, "POST", f"/stub/rooms/{room['channel']}/drop")[1] == {"done": True}
        with pytest.raises(Exception, match="close"):
            while True:
                page.recv(timeout=3)
    # The room itself lives on, and is joined again.
    with connect(address, proxy=None) as page:
        assert told(page, "joined")["room"] == room["channel"]
    assert ask(a2e, "GET", "/stub/rooms")[1][0]["heard"] == ["Hello"]


# --- LiveAvatar -------------------------------------------------------------------------------------------------------


def test_liveavatar_refuses_what_its_contract_refuses(liveavatar: LiveAvatarStub) -> None:
    persona = {"avatar_persona": {"language": "ru"}}
    for body, status in (
        ({"mode": "FULL", "avatar_id": VERA}, 422),
        ({"mode": "FULL", **persona}, 422),
        ({"mode": "FULL", "avatar_id": "nobody", **persona}, 404),
        ({"mode": "LITE", "avatar_id": VERA, "is_sandbox": True}, 400),
        ({"mode": "LITE", "avatar_id": VERA, "max_session_duration": 9999}, 400),
    ):
        assert ask(liveavatar, "POST", "/v1/sessions/token", body)[0] == status, body
    assert ask(liveavatar, "POST", "/v1/sessions/token", {}, **{"X-API-KEY": "hg-key"})[0] == 401
    assert ask(liveavatar, "POST", "/v1/sessions/start", Authorization="Bearer eyJ.nobody")[0] == 401
    assert not liveavatar.running


def test_liveavatar_counts_sessions_minutes_and_credits(liveavatar: LiveAvatarStub) -> None:
    liveavatar.most_at_once = 1
    token, started = session_of(liveavatar)
    twice, _body = ask(liveavatar, "POST", "/v1/sessions/start", Authorization=f"Bearer {token}")
    other = ask(liveavatar, "POST", "/v1/sessions/token", {"mode": "LITE", "avatar_id": VERA})[1]["data"]["session_token"]
    assert (twice, ask(liveavatar, "POST", "/v1/sessions/start", Authorization=f"Bearer {other}")[0]) == (400, 409)
    listed = ask(liveavatar, "GET", "/v1/sessions?type=active")[1]["data"]
    assert [row["id"] for row in listed["results"]] == [started["session_id"]] and listed["count"] == 1
    stop = {"session_id": started["session_id"], "reason": "USER_CLOSED"}
    assert [ask(liveavatar, "POST", "/v1/sessions/stop", stop)[0] for _time in range(2)] == [200, 404]
    assert liveavatar.credits == Decimal("99") and not liveavatar.running


def test_the_sandbox_is_free_and_has_one_avatar(liveavatar: LiveAvatarStub) -> None:
    liveavatar.credits = Decimal(0)
    _token, started = session_of(liveavatar, avatar_id=SANDBOX_AVATAR, is_sandbox=True)
    assert started["max_session_duration"] == 60 and liveavatar.credits == 0


def test_full_mode_obeys_the_page_and_answers_on_its_topic(liveavatar: LiveAvatarStub) -> None:
    _token, started = session_of(liveavatar, mode="FULL", avatar_persona={"language": "ru"})
    assert started["ws_url"] is None
    with connect(f"{started['livekit_url']}?token={started['livekit_client_token']}", proxy=None) as page:
        told(page, "joined")
        command = {"event_type": "avatar.speak_text", "event_id": "e1", "text": "Добрый день!"}
        page.send(json.dumps({"type": "data", "topic": "agent-control", "message": command}))
        events = [told(page, "data")["message"] for _time in range(3)]
        kinds = ["avatar.speak_started", "avatar.transcription", "avatar.speak_ended"]
        assert [event["event_type"] for event in events] == kinds and {event["source_event_id"] for event in events} == {"e1"}


def test_lite_mode_takes_sound_and_drops_what_comes_too_early(liveavatar: LiveAvatarStub) -> None:
    liveavatar.lite.connect_s = 0.1
    _token, started = session_of(liveavatar)
    speak = {"type": "agent.speak", "event_id": "e1", "audio": base64.b64encode(bytes(48_000)).decode()}
    with connect(started["ws_url"], proxy=None) as line:
        line.send(json.dumps(speak))
        assert [told(line, "session.state_updated")["state"] for _time in range(2)] == ["connecting", "connected"]
        for message in (speak, {**speak, "audio": "cut!"}, {"type": "agent.speak_end", "event_id": "e1"}):
            line.send(json.dumps(message))
        assert told(line, "agent.speak_started")["event_id"] == told(line, "agent.speak_ended")["event_id"] == "e1"
    kept = liveavatar.lite.of(started["session_id"])
    assert kept.dropped == ["agent.speak", "agent.speak"] and kept.utterances["e1"].ms == 1000
