"""A2E's voices as a speech engine: found in the catalogue, fetched over real HTTP, split and joined, lips found by us."""

import io
from typing import Any

import av
import numpy as np
import pytest

from avatars.engines.base import SpeechEngine, SpeechRequest
from avatars.engines.registry import offered_kinds, speech_engine
from avatars.engines.sound_files import NotSound, sound_samples
from avatars.models import AvatarSettings
from avatars.provider_stub import faults
from avatars.provider_stub.a2e import A2EStub
from avatars.providers import registry
from avatars.services import catalogue
from avatars.services.profiles import save_profile
from avatars.services.speech import for_settings, speak
from avatars.services.status import provider_facts
from avatars.speech.sentences import sentence_pieces
from interview_site import stub_faults
from interview_site.errors import Category, ProviderError

pytest_plugins = ["avatars.tests.a2e_fixtures"]
pytestmark = pytest.mark.django_db
LONG = "Расскажите о себе. Что вы умеете лучше всего? " * 5


@pytest.fixture
def engine(a2e: A2EStub) -> SpeechEngine:
    catalogue.read(registry.provider("a2e"))
    return speech_engine("a2e")


def request(text: str = "Мама, привет! Как дела?", **fields: Any) -> SpeechRequest:
    return SpeechRequest(text, "ru", **fields)


def test_it_is_offered_once_its_voices_are_known(a2e: A2EStub) -> None:
    assert "a2e" not in offered_kinds()
    catalogue.read(registry.provider("a2e"))
    assert "a2e" in offered_kinds()


def test_public_voices_speak_their_language_and_clones_each(engine: SpeechEngine, a2e: A2EStub) -> None:
    clones = {voice.language for voice in engine.voices() if voice.label == "CEO"}
    assert clones == {"ru", "en", "kk"}
    assert {voice.language for voice in engine.voices() if voice.label == "Anna"} == {"ru"}
    # Who chose none gets a public voice, not somebody's clone.
    assert engine.default_voice("ru", "female") == f"ru-{a2e.voice_id('ru', 'Anna')}"


def test_it_speaks_with_lips_that_follow_the_sound(engine: SpeechEngine, a2e: A2EStub) -> None:
    made = engine.synthesize(request(voice=f"ru-{a2e.voice_id('ru', 'Marat')}", speed=1.2))
    assert made.sample_rate == 24_000 and made.duration_ms > 800
    assert len(made.timeline["visemes"]) > 8 and len(made.timeline["words"]) == 4
    body = a2e.server.calls("POST *send_tts")[0].json()
    assert (body["tts_id"], body["speechRate"]) == (a2e.voice_id("ru", "Marat"), 1.2)


def test_a_long_text_is_split_at_sentences_and_joined(engine: SpeechEngine, a2e: A2EStub) -> None:
    object.__setattr__(registry.provider("a2e").configuration, "tts_characters", 90)  # type: ignore[attr-defined]
    a2e.most_characters = 90
    whole = engine.synthesize(request(LONG))
    said = [call.json()["msg"] for call in a2e.server.calls("POST *send_tts")]
    assert len(said) > 2 and all(len(part) <= 90 and part[-1] in ".?" for part in said)
    lengths = sum(a2e._speech[name][0].duration_ms for name in a2e._speech)
    assert abs(whole.duration_ms - lengths - 200 * (len(said) - 1)) < 400


def test_the_same_sentence_is_paid_once(engine: SpeechEngine, a2e: A2EStub) -> None:
    first, second = (speak(text="Спасибо!", language="ru", engine="a2e") for _time in range(2))
    assert first.pk == second.pk and len(a2e.paid) == 1


@pytest.mark.parametrize("line", ["POST /api/v1/video/send_tts", "GET /files/tts/{name}"])
@pytest.mark.parametrize(
    "fault", ["status:500", "lost", "cut", "garbage", "page", "wrong_media", "no_coins", "bad_token", "error"]
)
def test_a_fault_is_one_of_ours_and_the_interview_goes_on(engine: SpeechEngine, a2e: A2EStub, line: str, fault: str) -> None:
    a2e.server.break_next(line, faults.named("a2e", fault), times=-1)
    with pytest.raises(ProviderError) as caught:
        engine.synthesize(request())
    assert caught.value.provider == "a2e" and len(a2e.paid) <= 1
    assert for_settings({"speech_engine": "a2e"}, "Здравствуйте!", "ru").engine == "espeak"
    # A film with another voice than the chosen one is not made.
    with pytest.raises(ProviderError):
        for_settings({"speech_engine": "a2e"}, "Здравствуйте!", "ru", fall_back=False)


def test_a_sound_at_a_private_address_is_not_fetched(engine: SpeechEngine, a2e: A2EStub, settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_CIDRS = []
    with pytest.raises(ProviderError) as caught:
        engine.synthesize(request())
    assert caught.value.code == "address_refused" and not a2e.server.calls("GET /files/tts/*")


def test_a_sound_that_is_an_mp3_is_understood_too(engine: SpeechEngine, a2e: A2EStub) -> None:
    def as_mp3(call: Any, work: Any) -> Any:
        reply = work()
        reply.body, reply.kind = mp3(reply.body), "audio/mpeg"
        return reply

    a2e.server.break_next("GET /files/tts/{name}", as_mp3)
    made = engine.synthesize(request())
    exact = next(iter(a2e._speech.values()))[0].duration_ms
    assert abs(made.duration_ms - exact) < 250


@pytest.mark.parametrize("body", [b"", b"\xff", b"ID3", b"\xff\xfb" + bytes(500), b"<html>", b"RIFF", stub_faults.GARBAGE])
def test_what_is_no_sound_is_refused(body: bytes) -> None:
    with pytest.raises(NotSound):
        sound_samples(body)


@pytest.mark.parametrize(("text", "most"), [(LONG, 60), ("слово" * 100, 50), ("слово " * 100, 50), ("Коротко.", 1000), ("", 50)])
def test_pieces_are_short_enough_and_lose_nothing(text: str, most: int) -> None:
    found = sentence_pieces(text, "ru", most)
    assert all(0 < len(piece) <= most for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def mp3(wav: bytes) -> bytes:
    samples, rate = sound_samples(wav)
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16).reshape(1, -1), format="s16p", layout="mono")
        frame.sample_rate = rate
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def test_the_category_of_an_empty_account_is_quota(engine: SpeechEngine, a2e: A2EStub) -> None:
    a2e.coins = 0
    with pytest.raises(ProviderError) as caught:
        engine.synthesize(request())
    assert caught.value.category == Category.QUOTA and not a2e.paid


def test_the_status_page_calls_the_voice_by_its_name(a2e: A2EStub) -> None:
    catalogue.read(registry.provider("a2e"))
    voice = f"ru-{a2e.voice_id('ru', 'Anna')}"
    save_profile(AvatarSettings(name="Standard", is_default=True, speech_engine="a2e", voice=voice))
    [facts] = provider_facts(("a2e",))
    assert facts.voice == "Anna"
