"""The stand-ins answer as their contracts say; what has a price is written down once for each time it was charged."""

import io
from collections.abc import Iterator
from typing import Any

import av
import pytest
from django.core.management import CommandError, call_command

from avatars.provider_stub import faults
from avatars.provider_stub.a2e import A2EStub
from avatars.provider_stub.elevenlabs import ElevenLabsStub
from avatars.provider_stub.server import STUBS, break_as_told, environment, start
from interview_site import outbound, stub_faults
from interview_site.stub_server import StubServer

# Contract §8: the documented paths, so that the names of the old client cannot come back.
REAL_PATHS = {
    "GET /api/v1/anchor/voice_list",
    "GET /api/v1/userVoice/completedRecord",
    "POST /api/v1/video/send_tts",
    "GET /api/v1/anchor/character_list",
    "POST /api/v1/video/generate",
    "POST /api/v1/video/awsResult",
    "GET /api/v1/video/awsList",
    "DELETE /api/v1/video/{id}",
    "POST /api/v1/video/lang_classify",
    "GET /api/v1/user/remainingCoins",
    "GET /api/v1/streaming-avatar/all_avatars",
    "POST /api/v1/streaming-avatar/agora-token",
    "POST /api/v1/streaming-avatar/set-qa-context",
    "POST /api/v1/streaming-avatar/ask",
    "POST /api/v1/streaming-avatar/speak",
    "POST /api/v1/streaming-avatar/leave",
}


@pytest.fixture
def a2e() -> Iterator[tuple[StubServer, A2EStub]]:
    stub = A2EStub(plain=True)
    with StubServer(stub) as server:
        yield server, stub


def ask(server: StubServer, method: str, path: str, token: str = "sk_stub", **options: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}", "xi-api-key": token}
    return outbound.request(method, server.url + path, headers=headers, trusted=True, total_s=10.0, **options)


def order(server: StubServer, stub: A2EStub, **fields: Any) -> Any:
    speech = ask(server, "POST", "/api/v1/video/send_tts", json={"msg": "Привет", "tts_id": stub.voice_id("ru", "Anna")}).json()
    zero = "web_bg_width web_bg_height web_people_width web_people_height web_people_x web_people_y".split()
    body = {"title": "gen-1", "anchor_id": stub.characters()[0]["_id"], "anchor_type": 0, "audioSrc": speech["data"]}
    body |= {"resolution": 720, **dict.fromkeys(zero, 0)}
    return ask(server, "POST", "/api/v1/video/generate", json={**body, **fields}).json()


def state(server: StubServer, job: str) -> dict[str, Any]:
    return ask(server, "POST", "/api/v1/video/awsResult", json={"_id": job}).json()["data"][0]


def test_a2e_has_exactly_the_documented_paths() -> None:
    assert {path for path in A2EStub().paths() if " /api/" in path} == REAL_PATHS


def test_a2e_refuses_a_wrong_token_and_a_call_without_what_it_needs(a2e: Any) -> None:
    server, stub = a2e
    refused = ask(server, "GET", "/api/v1/user/remainingCoins", token="other")
    assert refused.status == 401 and refused.json()["code"] == 401 and refused.json()["trace_id"]
    assert ask(server, "POST", "/api/v1/video/send_tts", json={"msg": "Привет"}).status == 400
    assert order(server, stub, anchor_type=1)["code"] == 400
    assert order(server, stub, web_people_x=None)["code"] == 400
    assert not stub.paid_videos


def test_a2e_steps_through_its_states_and_gives_a_film_of_the_size_and_length_asked_for(a2e: Any) -> None:
    server, stub = a2e
    job = order(server, stub, resolution=1080, web_bg_width=480, web_bg_height=853)["data"]["_id"]
    rows = [state(server, job) for _time in range(7)]
    assert [row["status"] for row in rows] == ["init", "start", "pending", "process", "copy", "success", "success"]
    film = outbound.request("GET", rows[-1]["result"], trusted=True)
    with av.open(io.BytesIO(film.body)) as container:
        picture = container.streams.video[0]
        assert (picture.width, picture.height) == (1080, 1920)
        lasts_ms = picture.frames * 40
    assert stub.jobs[job].sound and abs(lasts_ms - stub.jobs[job].sound.duration_ms) < 80
    assert [what for what, _key in stub.paid] == ["tts", "video"] and stub.coins == 989


def test_a2e_s_links_run_out_and_are_signed_anew(a2e: Any) -> None:
    server, stub = a2e
    stub.steps = 9
    job = order(server, stub)["data"]["_id"]
    state(server, job)
    link = state(server, job)["result"]
    stub.expire_links()
    assert outbound.request("GET", link, trusted=True).status == 403
    assert outbound.request("GET", state(server, job)["result"], trusted=True).status == 200


def test_a2e_can_fail_get_stuck_and_succeed_without_an_address(a2e: Any) -> None:
    server, stub = a2e
    stub.steps = 9
    stub.ends("fail", "stuck", "empty")
    jobs = [order(server, stub)["data"]["_id"] for _time in range(3)]
    for job in jobs:
        state(server, job)
    rows = [state(server, job) for job in jobs]
    assert [(row["status"], row["result"]) for row in rows] == [("fail", ""), ("process", ""), ("success", "")]
    assert rows[0]["msg"] and rows[1]["process"] == 40


def test_a2e_is_out_of_coins_without_charging(a2e: Any) -> None:
    server, stub = a2e
    stub.coins = 5
    refused = order(server, stub)
    assert (refused["code"], refused["msg"]) == (402, "Insufficient coins")
    assert not stub.paid_videos and stub.coins == 4


def test_a2e_fails_an_order_whose_sound_it_cannot_fetch(a2e: Any) -> None:
    server, stub = a2e
    stub.steps = 9
    job = order(server, stub, audioSrc=f"{server.url}/nothing.wav")["data"]["_id"]
    state(server, job)
    assert state(server, job)["status"] == "fail" and "download" in state(server, job)["msg"]


def test_our_presenter_plays_the_part_when_the_film_is_not_plain(a2e: Any) -> None:
    server, stub = a2e
    stub.plain, stub.steps = False, 9
    job = order(server, stub, resolution=240, web_bg_width=480, web_bg_height=480, isCaptionEnabled=True)["data"]["_id"]
    state(server, job)
    film = outbound.request("GET", state(server, job)["result"], trusted=True, total_s=60.0, read_s=60.0)
    with av.open(io.BytesIO(film.body)) as container:
        assert (container.streams.video[0].width, container.streams.audio[0].codec_context.name) == (240, "aac")
        assert len({frame.to_ndarray().tobytes() for frame in container.decode(video=0)}) > 5


def test_elevenlabs_speaks_with_the_time_of_each_letter() -> None:
    stub = ElevenLabsStub(characters=30)
    with StubServer(stub) as server:
        path = "/v1/text-to-speech/v0ice1d/with-timestamps?output_format=pcm_16000"
        body = ask(server, "POST", path, token="stub-key", json={"text": "Привет, мир!"}).json()
        starts, ends = (body["alignment"][f"character_{name}_times_seconds"] for name in ("start", "end"))
        assert "".join(body["alignment"]["characters"]) == "Привет, мир!" and starts == sorted(starts) and ends[-1] > 0.5
        assert ask(server, "POST", path, token="stub-key", json={"text": "Очень длинный текст без конца"}).status == 401
        assert ask(server, "GET", "/v1/user", token="nobody").status == 401
        page = ask(server, "GET", "/v2/voices?page_size=2", token="stub-key").json()
        assert page["has_more"] and len(page["voices"]) == 2
        assert stub.paid == [("v0ice1d", "Привет, мир!")]


def test_each_stand_in_starts_with_the_settings_that_use_it() -> None:
    running = {kind: start(kind) for kind in STUBS}
    try:
        lines = environment(running)
        assert lines["A2E_BASE_URL"] == running["a2e"][0].url and lines["A2E_API_KEY"] == "sk_stub"
        assert lines["OUTBOUND_ALLOWED_CIDRS"] == "127.0.0.1/32"
        break_as_told(running, "a2e:GET /api/v1/user/remainingCoins=status:503x2")
        break_as_told(running, "a2e:*=no_coins")
        asked = [ask(running["a2e"][0], "GET", "/api/v1/user/remainingCoins") for _time in range(4)]
        assert [answer.status for answer in asked] == [503, 503, 200, 200] and asked[2].json()["code"] == 402
        for wrong in ("a2e", "nobody:*=lost", "a2e:*=explode"):
            with pytest.raises(ValueError):
                break_as_told(running, wrong)
    finally:
        for server, _routes in running.values():
            server.close()


def test_the_command_prints_its_settings_and_names_a_wrong_fault() -> None:
    out = io.StringIO()
    call_command("provider_stub", port=0, seconds=0.1, stdout=out)
    assert "A2E_API_KEY=sk_stub" in out.getvalue() and "# Ready." in out.getvalue()
    with pytest.raises(CommandError, match="explode"):
        call_command("provider_stub", port=0, seconds=0.1, fault=["a2e:*=explode"], stdout=out)


def test_a_provider_s_own_faults_speak_its_language(a2e: Any) -> None:
    server, _stub = a2e
    server.break_next("*", *(faults.named("a2e", word) for word in ("error", "no_coins", "bad_token", "hosts_busy")))
    answers = [ask(server, "GET", "/api/v1/user/remainingCoins") for _time in range(4)]
    assert [(answer.status, answer.json()["code"]) for answer in answers] == [(200, 1), (200, 402), (401, 401), (400, 1001)]
    assert stub_faults.named("lost") and faults.named("a2e", "lost")
