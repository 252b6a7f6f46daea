"""ElevenLabs and OpenAI-compatible voices against a real server on loopback: good answers, and every bad one (threats 50)."""

from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from avatars.engines import elevenlabs, openai_speech, registry
from avatars.engines.aligned import AlignedEngine
from avatars.engines.base import SpeechRequest
from avatars.engines.voice_names import NamedVoice, named_voices
from avatars.models import ProviderHealth
from avatars.provider_stub import faults
from avatars.provider_stub.elevenlabs import ElevenLabsStub
from avatars.providers.breaker import FAILURES
from avatars.services import status
from avatars.services.speech import for_settings
from avatars.speech.sound import to_samples
from interview_site.errors import Category, ProviderError
from interview_site.stub_server import StubServer
from interview_site.tests.house_network import behind_the_proxy

pytest_plugins = ["avatars.tests.speech_server"]
pytestmark = pytest.mark.django_db
VOICES = (NamedVoice("Maria", "female", "m1"), NamedVoice("Ivan", "male", "i2"))
TEXT = "Здравствуйте! Расскажите о проекте 24."


@pytest.fixture(params=["elevenlabs", "openai"])
def engine(request: Any, speech_server: ThreadingHTTPServer) -> AlignedEngine:
    base = f"http://127.0.0.1:{speech_server.server_port}"
    if request.param == "elevenlabs":
        return elevenlabs.ElevenLabsEngine(elevenlabs.Configuration("k-secret", VOICES, base, timeout_s=10.0))
    return openai_speech.OpenAISpeechEngine(openai_speech.Configuration(f"{base}/v1", "tts", VOICES, "k-secret", timeout_s=10.0))


def quick(engine: AlignedEngine) -> AlignedEngine:
    """The same engine with little patience."""
    fields = {**engine.configuration.__dict__, "timeout_s": 0.5}
    return type(engine)(type(engine.configuration)(**fields))


def ask(engine: AlignedEngine, text: str = TEXT, **fields: Any) -> Any:
    return engine.synthesize(SpeechRequest(text, fields.pop("language", "ru"), **fields))


def test_it_gives_sound_mouth_shapes_and_words(engine: AlignedEngine) -> None:
    audio = ask(engine)
    assert audio.duration_ms == pytest.approx(len(audio.pcm16) / 2 / audio.sample_rate * 1000, abs=1)
    assert audio.timeline["words"][0][2:] == [0, 12] and TEXT[slice(*audio.timeline["words"][-1][2:])] == "24"
    shapes = {name for _at, name in audio.timeline["visemes"]}
    assert {"MBP", "A", "O", "sil"} & shapes and len(shapes) > 6
    assert 0.05 < float((to_samples(audio.pcm16) ** 2).mean() ** 0.5) < 0.2


def test_it_sends_the_prepared_words_and_the_voice(engine: AlignedEngine, speech_server: ThreadingHTTPServer) -> None:
    ask(engine, "**24** [ссылка](http://x.y)", voice="ru-i2", speed=2.0)
    path, headers, body = speech_server.asked[0]
    assert "двадцать четыре" in str(body) and "http" not in str(body) and "i2" in path + str(body)
    assert "k-secret" in str(headers)
    # It should keep within what ElevenLabs takes.
    assert body.get("speed", 1.2) == 2.0 or body["voice_settings"]["speed"] == 1.2


BROKEN = {
    "failing": Category.SERVER, "busy": Category.RATE_LIMIT, "empty": Category.QUOTA, "refused": Category.AUTHENTICATION,
    "picky": Category.INVALID_REQUEST, "garbage": Category.SERVER, "wrong": Category.SERVER, "mute": Category.SERVER,
    "short": Category.SERVER, "cut": Category.CONNECTIVITY,
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_every_bad_answer_is_a_fault_in_our_words(engine: AlignedEngine, speech_server: ThreadingHTTPServer, broken: str) -> None:
    speech_server.broken = broken
    with pytest.raises(ProviderError) as caught:
        ask(engine)
    assert caught.value.category == BROKEN[broken] and caught.value.person_text
    assert "secret" not in caught.value.log_text and "проект" not in caught.value.log_text
    # It should not be repeated: it may have been paid.
    assert len(speech_server.asked) == 1


def test_a_200_with_an_error_in_it_is_no_success(engine: AlignedEngine, speech_server: ThreadingHTTPServer) -> None:
    speech_server.broken = "lying"
    with pytest.raises(ProviderError) as caught:
        ask(engine)
    assert caught.value.category in (Category.SERVER, Category.RATE_LIMIT)


def test_the_servers_advice_to_wait_is_kept(engine: AlignedEngine, speech_server: ThreadingHTTPServer) -> None:
    speech_server.broken = "busy"
    with pytest.raises(ProviderError) as caught:
        ask(engine)
    assert caught.value.retry_after_s == 17.0


@pytest.mark.parametrize("broken", ["slow", "trickling"])
def test_a_slow_server_is_not_waited_for(engine: AlignedEngine, speech_server: ThreadingHTTPServer, broken: str) -> None:
    speech_server.broken = broken
    with pytest.raises(ProviderError) as caught:
        ask(quick(engine))
    assert caught.value.category == Category.CONNECTIVITY


def test_a_body_without_end_is_cut_off(engine: AlignedEngine, speech_server: ThreadingHTTPServer) -> None:
    speech_server.broken = "huge"
    with pytest.raises(ProviderError) as caught:
        ask(engine)
    assert caught.value.code == "too_large"


def test_a_language_it_does_not_speak_is_refused_before_anything_is_sent(
    engine: AlignedEngine, speech_server: ThreadingHTTPServer
) -> None:
    for text, language in (("Сәлем", "kk"), ("Сәлеметсіз бе, қалайсыз?", "ru"), ("б " * 2_400 + "999999999 " * 20, "ru")):
        with pytest.raises(ProviderError) as caught:
            ask(engine, text, language=language)
        assert caught.value.permanent
    assert not speech_server.asked


def test_five_faults_in_a_row_spare_the_next_sentences_the_wait(
    engine: AlignedEngine, speech_server: ThreadingHTTPServer
) -> None:
    speech_server.broken = "failing"
    for _call in range(FAILURES + 3):
        with pytest.raises(ProviderError):
            ask(engine)
    assert len(speech_server.asked) == FAILURES and ProviderHealth.objects.get(provider=engine.kind).is_open


@pytest.mark.parametrize("broken", ["", *BROKEN, "lying"])
def test_no_sentence_is_lost_when_the_voice_fails_in_mid_interview(
    engine: AlignedEngine, speech_server: ThreadingHTTPServer, broken: str, settings: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setitem(registry._instances, engine.kind, engine)
    profile = {"speech_engine": engine.kind, "voice": "ru-i2", "presenter": "timur"}
    speech_server.broken = broken
    speech = for_settings(profile, TEXT, "ru")
    assert speech.text == TEXT and speech.timeline["words"][-1][3] == len(TEXT) - 1
    assert (speech.engine, speech.voice) == (("espeak", "ru-male-1") if broken else (engine.kind, "ru-i2"))
    # It should take up the chosen voice again as soon as that works.
    speech_server.broken = ""
    assert for_settings(profile, "Дальше.", "ru").engine == engine.kind


def test_a_server_that_is_not_there_is_a_fault_too(engine: AlignedEngine, speech_server: ThreadingHTTPServer) -> None:
    fields = {**engine.configuration.__dict__, "base_url": "http://127.0.0.1:9", "timeout_s": 2.0}
    with pytest.raises(ProviderError) as caught:
        ask(type(engine)(type(engine.configuration)(**fields)))
    assert caught.value.category == Category.CONNECTIVITY


def test_an_engine_nobody_configured_is_not_offered(settings: Any) -> None:
    assert registry.offered_kinds() == ("espeak",)
    for kind in ("elevenlabs", "openai", "rhvoice", "piper"):
        with pytest.raises(ProviderError):
            registry.speech_engine(kind)


@pytest.mark.parametrize("entry", ["", "Maria", "Maria:m1", "Maria:other:m1", ":female:m1", "Maria:female:"])
def test_a_voice_nobody_can_read_is_refused_with_the_remedy(entry: str) -> None:
    with pytest.raises(ValueError, match="write label:female:id"):
        named_voices([entry])


def test_voices_are_read_from_the_setting() -> None:
    assert named_voices(["Maria:female:a:b", " Ivan :male:x"]) == (
        NamedVoice("Maria", "female", "a:b"),
        NamedVoice("Ivan", "male", "x"),
    )


def test_the_proxy_and_the_certificates_of_the_settings_hold(
    speech_server: ThreadingHTTPServer, settings: Any, tmp_path: Path
) -> None:
    configuration = openai_speech.Configuration("https://provider.test/v1", "tts", VOICES, "k-secret", timeout_s=10.0)
    with behind_the_proxy(speech_server, settings, tmp_path) as asked:
        assert ask(openai_speech.OpenAISpeechEngine(configuration)).duration_ms > 500
        assert asked == ["provider.test:443"]
        settings.OUTBOUND_CA_FILE = ""
        with pytest.raises(ProviderError) as caught:
            ask(openai_speech.OpenAISpeechEngine(configuration))
        assert (caught.value.category, len(speech_server.asked)) == (Category.CONNECTIVITY, 1)


# --- The account --------------------------------------------------------------------------------------------------------


@pytest.fixture
def account(settings: Any) -> Iterator[tuple[ElevenLabsStub, StubServer]]:
    stub = ElevenLabsStub(characters=900)
    with StubServer(stub) as server:
        settings.ELEVENLABS_API_KEY, settings.ELEVENLABS_BASE_URL = stub.token, server.url
        settings.ELEVENLABS_VOICES = ["Maria:female:v0ice1d"]
        registry._instances.pop("elevenlabs", None)
        yield stub, server
    registry._instances.pop("elevenlabs", None)


def test_the_status_page_asks_what_is_left_to_say(account: tuple[ElevenLabsStub, StubServer]) -> None:
    stub, server = account
    done = status.try_account("elevenlabs")
    assert done.good and "900 characters" in done.text and stub.paid == []
    server.break_next("*", faults.elevenlabs_error(401, "missing_permissions"))
    # It should not call a key bad that may speak and not read the account.
    assert status.try_account("elevenlabs").good
    server.break_next("*", faults.elevenlabs_error(401, "invalid_api_key"))
    with pytest.raises(ProviderError) as caught:
        status.try_account("elevenlabs")
    assert caught.value.category == Category.AUTHENTICATION
