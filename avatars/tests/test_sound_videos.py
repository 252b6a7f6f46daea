"""Speech, then video: any finished sound becomes a video, and what is no finished sound is refused at once, with a remedy."""

import io
import json
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.test import Client

from avatars.models import AvatarGeneration, AvatarSettings, Speech
from avatars.provider_stub import media as stub_media
from avatars.services import catalogue, status
from avatars.services.generation_states import State
from avatars.services.given_sound import GivenSound, SoundRefused, fetched, from_speech
from avatars.services.profiles import save_profile
from avatars.services.sound_videos import generate_from_sound
from avatars.services.speech import speak
from avatars.sound_addresses import sound_at
from avatars.tests.generation_builders import polled, worked
from avatars.tests.heygen_fixtures import PROFILE, HeyGen
from avatars.views import public_speech_urls
from interview_site.status import Asked
from interview_site.stub_server import Call, Reply, Routes, StubServer

pytest_plugins = ["avatars.tests.heygen_fixtures"]
pytestmark = pytest.mark.django_db
GENERATE = "/api/v1/avatar/heygen/generate"
STATUS = "/api/v1/avatar/heygen/status/"


def mp3(wav: bytes, tmp_path: Path) -> bytes:
    from avatars.providers.heygen.legacy import _write_mp3

    (tmp_path / "a.wav").write_bytes(wav)
    _write_mp3(tmp_path / "a.wav", tmp_path / "a.mp3")
    return (tmp_path / "a.mp3").read_bytes()


class Files(Routes):
    """Somebody's file server; `answers` by path."""

    def __init__(self, **answers: Reply) -> None:
        super().__init__()
        self.answers = answers
        self.add("GET", "/{name}", self.file)

    def file(self, call: Call) -> Reply:
        return self.answers.get(call.names["name"].partition(".")[0], Reply(b"", status=404))


@pytest.fixture
def files(settings: Any, media: Path, tmp_path: Path) -> Iterator[StubServer]:
    settings.OUTBOUND_ALLOWED_CIDRS = ["127.0.0.1/32"]
    wav = stub_media.said("Здравствуйте! Меня зовут Алия.").wav
    routes = Files(
        good=Reply(wav, kind="audio/wav"),
        mp3=Reply(mp3(wav, tmp_path), kind="audio/mpeg"),
        page=Reply("<html>login</html>", kind="text/html"),
        json=Reply({"error": "no"}),
        lying=Reply(b"<html>" + bytes(5_000), kind="audio/mpeg"),
        closed=Reply(b"", status=403),
        moved=Reply(b"", status=302, headers={"Location": "/good.wav"}),
        empty=Reply(b"", kind="audio/wav"),
        stream=Reply(iter([wav]), kind="audio/wav"),
        cut=Reply(wav, kind="audio/wav", cut_after=3_000),
        silent=Reply(stub_media.Sound(bytes(48_000)).wav, kind="audio/wav"),
        short=Reply(stub_media.Sound(b"\x10\x20" * 800).wav, kind="audio/wav"),
        long=Reply(stub_media.Sound(b"\x10\x20" * 24_000 * 601).wav, kind="audio/wav"),
        broken=Reply(b"OggS" + bytes(900), kind="audio/ogg"),
    )
    with StubServer(routes) as server:
        yield server


def refusal(address: str) -> str:
    with pytest.raises(SoundRefused) as caught:
        sound_at(address)
    return str(caught.value)


# --- Which sound ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["good.wav", "mp3.mp3"])
def test_a_foreign_file_is_downloaded_and_becomes_our_kind_of_sound(files: StubServer, name: str) -> None:
    sound = fetched(f"{files.url}/{name}")
    expected = stub_media.said("Здравствуйте! Меня зовут Алия.").duration_ms
    assert sound.rate == 24_000 and abs(sound.duration_ms - expected) < 120
    assert sound.heard_timeline()["visemes"][-1][1] == "sil" and len(sound.heard_timeline()["visemes"]) > 5


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("page", "text/html"), ("json", "application/json"), ("lying.mp3", "cannot be read|can be read"), ("closed.mp3", "login"),
        ("moved", "another one"), ("empty", "how long"), ("stream", "how long"), ("cut", "does not answer"), ("silent", "silent"),
        ("short", "too short"), ("long", "10 minutes"), ("broken", "damaged"), ("nobody.mp3", "404"),
    ],
)  # fmt: skip
def test_what_is_no_finished_sound_is_refused_with_the_reason(files: StubServer, name: str, words: str) -> None:
    import re

    assert re.search(words, refusal(f"{files.url}/{name}"))


@pytest.mark.parametrize(
    "address",
    [
        "https://api.elevenlabs.io/v1/text-to-speech/jP9L6ZC55cz5mmx4ZpCk", "https://api.openai.com/v1/audio/speech",
        "https://tts.example.com/v1/text-to-speech/x", "https://video.a2e.ai/api/v1/video/send_tts",
    ],
)  # fmt: skip
def test_a_speech_service_is_no_file_and_nobody_is_asked(media: Path, address: str) -> None:
    assert "Make the speech first" in refusal(address)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/a.mp3", "http://10.0.0.7/a.mp3", "http://[::1]/a.mp3", "http://169.254.169.254/latest.mp3",
                "http://user:secret@example.com/a.mp3", "http://2130706433/a.mp3"],
)  # fmt: skip
def test_a_private_address_is_refused(media: Path, address: str) -> None:
    assert "private or cannot be used" in refusal(address)


NO_ADDRESSES = ["", "ftp://x/y.mp3", "file:///etc/passwd", "https://", "http://[x", "a b.mp3", "https:\\\\x"]


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_address_is_refused(media: Path, address: str) -> None:
    assert "finished sound file" in refusal(address) or "no such sound on this site" in refusal(address)


def test_our_own_speech_is_found_by_its_address_relative_or_whole(media: Path, settings: Any) -> None:
    speech = speak(text="Добрый день!", language="ru")
    path = public_speech_urls(speech)[0]
    for address in (path, "/r" + path, settings.PUBLIC_BASE_URL + path):
        sound = sound_at(address)
        assert (sound.text, sound.timeline, sound.language) == (speech.text, speech.timeline, "ru")
    speech.audio.delete(save=False)
    assert "Make the speech again" in refusal(path)
    assert "no such sound on this site" in refusal("/static/audio/audio_97fdaf9c.mp3")
    assert "no such sound on this site" in refusal("/speech/forged.wav")


# --- One video --------------------------------------------------------------------------------------------------------


@pytest.fixture
def speech(media: Path) -> Speech:
    return speak(text="Расскажите о себе.", language="ru")


def samples(file: Any) -> bytes:
    with wave.open(file) as sound:
        return sound.readframes(sound.getnframes())


def test_the_provider_gets_this_very_sound(heygen: HeyGen, speech: Speech) -> None:
    generation = worked(generate_from_sound(sound=from_speech(speech), settings=PROFILE))
    with speech.audio.open("rb") as file:
        [(given, kind)] = heygen.stub.assets.values()
        assert kind == "audio/wav" and samples(io.BytesIO(given)) == samples(file)
    heygen.stub.finish()
    assert polled(generation).state == State.SUCCEEDED and generation.text == speech.text


def test_the_same_sound_under_another_name_is_one_paid_video(heygen: HeyGen, speech: Speech) -> None:
    sound = from_speech(speech)
    first = worked(generate_from_sound(sound=sound, settings=PROFILE))
    renamed = GivenSound(sound.pcm16, sound.rate)
    again = generate_from_sound(sound=renamed, settings={**PROFILE, "voice": "ru-male-1", "speed": 2.0})
    other = generate_from_sound(sound=sound, settings={**PROFILE, "aspect": "vertical"})
    assert first.pk == again.pk != other.pk and len(heygen.stub.paid) == 1
    # It should leave no second copy of the sound behind.
    assert len(default_storage.listdir(f"generations/{first.fingerprint[:2]}")[1]) == 1


def test_a_profile_that_lets_heygen_speak_still_films_the_given_sound(heygen: HeyGen, speech: Speech) -> None:
    worked(generate_from_sound(sound=from_speech(speech), settings={**PROFILE, "speech_engine": "heygen", "voice": "vo_maria"}))
    assert "audio_asset_id" in heygen.bodies()[0] and "script" not in heygen.bodies()[0]


def test_our_own_renderer_makes_it_without_any_key(files: StubServer) -> None:
    generation = worked(generate_from_sound(sound=fetched(f"{files.url}/mp3.mp3"), settings={"style": "local", "language": "ru"}))
    assert generation.state == State.SUCCEEDED and generation.provider == "local" and not generation.text


def test_a_lost_sound_is_told_and_comes_back_with_a_new_order(heygen: HeyGen, speech: Speech) -> None:
    generation = generate_from_sound(sound=from_speech(speech), settings=PROFILE)
    default_storage.delete(generation.audio.name)
    assert (worked(generation).state, generation.error_code) == (State.FAILED, "sound_lost") and not heygen.stub.paid
    again = generate_from_sound(sound=from_speech(speech), settings=PROFILE)
    assert again.pk == generation.pk and worked(again).state == State.SUBMITTED and len(heygen.stub.paid) == 1


# --- The old client's two calls ---------------------------------------------------------------------------------------


@pytest.fixture
def hr(media: Path) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("alice", "a@example.com", "x"))
    return client


def post(client: Client, path: str = GENERATE, **body: Any) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json")


def test_the_old_clients_calls_work_with_a_ready_file(heygen: HeyGen, hr: Client, files: StubServer) -> None:
    answer = post(hr, audio_url=f"{files.url}/mp3.mp3", avatar_id="lk_omar", video_format="vertical", extra=1)
    assert answer.status_code == 200 and answer.json()["success"] is True
    video_id = answer.json()["video_id"]
    assert hr.get(STATUS + video_id).json() == {
        "success": True, "status": "pending", "video_url": None, "error": None, "error_code": None, "progress": 0,
    }  # fmt: skip
    generation = worked(AvatarGeneration.objects.get(public_id=video_id))
    assert hr.get(STATUS + video_id).json()["status"] == "waiting"
    [body] = heygen.bodies()
    assert (body["avatar_id"], body["aspect_ratio"]) == ("lk_omar", "9:16") and "caption" not in body
    heygen.stub.jobs[generation.provider_id].step = 1
    polled(generation)
    assert hr.get(STATUS + video_id).json()["status"] == "processing"
    polled(generation)
    told = hr.get("/r" + STATUS + video_id).json()
    assert told["status"] == "completed" and told["video_url"].startswith("http://testserver/r/videos/")
    # It should play for whoever holds the address, without a login.
    film = Client().get(told["video_url"].removeprefix("http://testserver"))
    assert film.status_code == 200 and film["Content-Type"] == "video/mp4"


@pytest.mark.parametrize("format_", ["vertical", "horizontal", "square"])
def test_each_format_reaches_the_provider(heygen: HeyGen, hr: Client, speech: Speech, format_: str) -> None:
    post(hr, audio_url=public_speech_urls(speech)[0], avatar_id="lk_emma", video_format=format_)
    worked(AvatarGeneration.objects.get())
    assert heygen.bodies()[0]["aspect_ratio"] == {"vertical": "9:16", "horizontal": "16:9", "square": "1:1"}[format_]


def test_the_old_failure_is_refused_at_once(heygen: HeyGen, hr: Client) -> None:
    answer = post(hr, audio_url="https://api.elevenlabs.io/v1/text-to-speech/jP9L6ZC55cz5mmx4ZpCk", avatar_id="lk_emma")
    assert answer.status_code == 400 and "Make the speech first" in answer.json()["detail"]
    assert not AvatarGeneration.objects.exists() and not heygen.server.ledger


def test_an_order_nobody_could_film_is_refused_at_once(heygen: HeyGen, hr: Client, speech: Speech) -> None:
    save_profile(AvatarSettings(name="A2E", is_default=True, style="recorded", providers=["a2e"], recorded_avatar="72c3"))
    answer = post(hr, audio_url=public_speech_urls(speech)[0])
    assert answer.status_code == 400 and answer.json()["detail"].startswith("avatar_id: No avatar of this provider")
    assert not AvatarGeneration.objects.exists()


def test_a_test_from_the_status_page_takes_any_avatar_of_the_catalogue(heygen: HeyGen, media: Path) -> None:
    save_profile(AvatarSettings(name="A2E", is_default=True, style="recorded", providers=["a2e"], recorded_avatar="72c3"))
    catalogue.read(heygen.provider)
    status.try_video("heygen", Asked({}), lambda row: ("", ""))
    worked(AvatarGeneration.objects.get())
    first = catalogue.items("heygen", catalogue.Kind.CHARACTER).first()
    assert heygen.bodies()[0]["avatar_id"] == first.item_id


WRONG_BODIES = [{}, {"audio_url": ""}, {"audio_url": 7}, {"audio_url": "/speech/x.wav", "video_format": "oval"}]


@pytest.mark.parametrize("body", WRONG_BODIES)
def test_wrong_bodies_are_refused_in_the_old_shape(heygen: HeyGen, hr: Client, body: dict[str, Any]) -> None:
    answer = post(hr, **body)
    assert answer.status_code == 400 and set(answer.json()) == {"detail"}


def test_a_failure_is_told_with_its_remedy(heygen: HeyGen, hr: Client, speech: Speech) -> None:
    heygen.stub.ends("HTTP_DOWNLOAD_FAILED")
    video_id = post(hr, audio_url=public_speech_urls(speech)[0], avatar_id="lk_emma").json()["video_id"]
    generation = worked(AvatarGeneration.objects.get(public_id=video_id))
    heygen.stub.finish()
    polled(generation)
    told = hr.get(STATUS + video_id).json()
    assert told["status"] == "failed" and told["error_code"] == "source_unreachable" and "make the speech first" in told["error"]


def test_without_a_key_our_own_presenter_answers(hr: Client, speech: Speech) -> None:
    video_id = post(hr, audio_url=public_speech_urls(speech)[0], avatar_id="lk_emma").json()["video_id"]
    assert worked(AvatarGeneration.objects.get(public_id=video_id)).state == State.SUCCEEDED
    assert hr.get(STATUS + video_id).json()["status"] == "completed"


def test_strangers_and_unknown_videos(heygen: HeyGen, hr: Client, settings: Any, speech: Speech) -> None:
    assert hr.get(STATUS + "nobody").status_code == hr.get(STATUS + "a%00b").status_code == 404
    assert post(Client(), audio_url="/speech/x.wav").status_code in (401, 403)
    assert Client().get(STATUS + "nobody").status_code in (401, 403)
    settings.API_ALLOW_ANONYMOUS = True
    # It should not let a passer-by spend money, though calls are open.
    refused = post(Client(), audio_url=public_speech_urls(speech)[0], avatar_id="lk_emma")
    assert refused.status_code == 403 and not AvatarGeneration.objects.exists()
    assert Client().get("/videos/forged.mp4").status_code == 404
