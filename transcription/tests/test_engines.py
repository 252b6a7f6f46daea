"""What every recogniser promises, the order they are tried in, and each one's own ways."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from interview_site.breaker import FAILURES
from interview_site.errors import Category, ProviderError
from interview_site.tests.house_network import behind_the_proxy
from transcription.checks import recognisers_are_known, recognisers_can_run
from transcription.engines import base, fake, pieces, whisper
from transcription.engines.openai_compatible import Configuration, OpenAICompatibleEngine
from transcription.engines.recognised import Recognised, Word
from transcription.engines.registry import configured_engines, engines_for, named_engines
from transcription.models import RecogniserHealth, Recording
from transcription.services.listening import listen, permitted
from transcription.services.status import status
from transcription.tests.stub_server import Stub, says
from transcription.tests.test_gate import silence, sound, voice
from transcription.wav import wav_from

WAV = wav_from(bytes(6400))
Say = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def stub() -> Iterator[Callable[[Say], Stub]]:
    made: list[Stub] = []

    def start(answer: Say) -> Stub:
        made.append(Stub(answer))
        return made[-1]

    yield start
    for server in made:
        server.close()


def engine_at(server: Stub, model: str = "whisper-1", **fields: object) -> OpenAICompatibleEngine:
    return OpenAICompatibleEngine(Configuration(server.url, model, timeout_s=5.0, **fields))


# --- Which one listens -----------------------------------------------------------------------------------------------


def test_old_settings_are_enough(settings: object) -> None:
    settings.STT_BASE_URL, settings.STT_MODEL = "http://127.0.0.1:9/v1", "m"
    assert [engine.signature for engine in configured_engines()] == ["openai_compatible:m"]


def test_without_an_order_engines_inside_the_company_come_first(settings: object) -> None:
    settings.STT_BASE_URL, settings.STT_MODEL = "https://far.example/v1", "far"
    settings.STT2_BASE_URL, settings.STT2_MODEL, settings.STT2_IS_LOCAL = "http://127.0.0.1:9/v1", "near", True
    assert [engine.model for engine in configured_engines()] == ["near", "far"]
    settings.STT_ENGINES = ["openai_compatible", "openai_compatible_2"]
    assert [engine.model for engine in configured_engines()] == ["far", "near"]


def test_only_engines_that_know_the_language_are_asked(settings: object) -> None:
    settings.STT_ENGINES = ["pocketsphinx", "fake"]
    assert [engine.name for engine in engines_for("ru")] == ["fake"]
    assert [engine.name for engine in engines_for("en")] == ["pocketsphinx", "fake"]
    assert [engine.name for engine in engines_for("en", wanted="fake")] == ["fake"]


def test_whisper_without_its_model_is_left_out_and_the_check_says_what_to_do(settings: object, tmp_path: object) -> None:
    settings.STT_WHISPER_MODEL, settings.STT_WHISPER_DIR = "small", str(tmp_path)
    assert configured_engines() == ()
    [engine] = named_engines()
    assert "fetch_recogniser small" in engine.missing() or "requirements-whisper.txt" in engine.missing()
    assert [message.id for message in recognisers_can_run()] == ["transcription.W001"]


def test_a_misspelt_or_unconfigured_engine_is_named_at_start(settings: object) -> None:
    settings.STT_ENGINES = ["wisper", "openai_compatible_2"]
    assert [message.id for message in recognisers_are_known()] == ["transcription.E001"]
    assert [message.id for message in recognisers_can_run()] == ["transcription.W002"]
    settings.STT_ENGINES, settings.EMBEDDED = ["fake"], False
    assert [message.id for message in recognisers_are_known()] == ["transcription.E002"]


# --- One after the other ---------------------------------------------------------------------------------------------


@pytest.fixture
def recording(db: None) -> Recording:
    return Recording.objects.create(owner_key="interview:x", language="en", recognise=True)


def two(settings: object, first: Stub, second: Stub) -> None:
    settings.STT_BASE_URL, settings.STT_MODEL = first.url, "whisper-1"
    settings.STT2_BASE_URL, settings.STT2_MODEL = second.url, "whisper-2"


def test_the_next_engine_takes_over_when_one_fails(settings: object, stub: Callable, recording: Recording) -> None:
    two(settings, stub(says(500, b"oops")), stub(says(200, {"text": "I built bridges."})))
    engine, answer = listen(permitted(recording), WAV, recording)
    assert (engine.name, answer.text) == ("openai_compatible_2", "I built bridges.")
    health = {row.provider: row for row in RecogniserHealth.objects.all()}
    assert (health["openai_compatible"].failures, health["openai_compatible_2"].last_error) == (1, "")


def test_an_engine_that_keeps_failing_rests_and_is_not_asked(settings: object, stub: Callable, recording: Recording) -> None:
    broken = stub(says(503, b"oops"))
    two(settings, broken, stub(says(200, {"text": "words"})))
    for _ in range(FAILURES + 3):
        listen(permitted(recording), WAV, recording)
    assert len(broken.requests) == FAILURES
    found = status()
    assert [(engine["name"], engine["state"]) for engine in found["engines"]] == [
        ("openai_compatible", "paused"), ("openai_compatible_2", "ready"),
    ]  # fmt: skip
    assert found["in_use"] == "openai_compatible_2"


def test_when_all_fail_the_fault_that_passes_is_the_one_to_wait_for(
    settings: object, stub: Callable, recording: Recording
) -> None:
    two(settings, stub(says(401, {"error": {"message": "no"}})), stub(says(429, {"error": "slow"}, Retry_After="30")))
    with pytest.raises(ProviderError) as raised:
        listen(permitted(recording), WAV, recording)
    assert (raised.value.category, raised.value.retry_after_s) == (Category.RATE_LIMIT, 30)


def test_a_refusal_is_stronger_than_a_failing_engine_inside(settings: object, stub: Callable, recording: Recording) -> None:
    outside = stub(says(200, {"text": "heard abroad"}))
    two(settings, outside, stub(says(500, b"oops")))
    settings.STT2_IS_LOCAL = True
    recording.local_only = True
    with pytest.raises(ProviderError):
        listen(permitted(recording), WAV, recording)
    assert outside.requests == []


# --- OpenAI-compatible servers ---------------------------------------------------------------------------------------


def test_words_come_with_their_times_wherever_a_server_puts_them(stub: Callable) -> None:
    beside = {"text": "Hi you", "words": [{"word": " Hi", "start": 0.1, "end": 0.5}, {"word": "you", "start": "x"}, None]}
    inside = {"text": "Hi", "segments": [{"words": [{"word": "Hi", "start": 0.1, "end": 0.5}]}], "words": None}
    for body in (beside, inside):
        assert engine_at(stub(says(200, body))).recognise(WAV, "en").words == (Word(100, 500, "Hi"),)


@pytest.mark.parametrize(
    ("refused", "asked"), [(b"timestamp_granularities", [True, False, False]), (b"verbose_json", [True, True, False, False])]
)
def test_a_server_that_refuses_a_form_is_asked_more_simply_from_then_on(stub: Callable, refused: bytes, asked: list) -> None:
    server = stub(None)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        body = server.requests[-1][2]
        (says(400, {"detail": "unsupported"}) if refused in body else says(200, {"text": "Hi"}))(handler)

    server.answer = answer
    engine = engine_at(server)
    assert [engine.recognise(WAV, "en").text for _ in range(2)] == ["Hi", "Hi"]
    assert [refused in body for _, _, body in server.requests] == asked


def test_hints_are_one_line_each_and_go_where_the_model_takes_them(stub: Callable) -> None:
    hints = ("Django", "bad <tag>\r\n", "", "Django")
    for model, wanted in (("gpt-transcribe", b'name="keywords[]"\r\n\r\nbad tag'), ("whisper-1", b"Django, bad tag")):
        server = stub(says(200, {"text": "Hi"}))
        engine_at(server, model).recognise(WAV, "en", hints)
        assert wanted in server.requests[0][2]


def test_a_server_that_refuses_hints_is_asked_without_them(stub: Callable) -> None:
    server = stub(None)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        (says(400, {"error": "keyword"}) if b"keywords" in server.requests[-1][2] else says(200, {"text": "Hi"}))(handler)

    server.answer = answer
    engine = engine_at(server, "gpt-transcribe")
    for _ in range(2):
        engine.recognise(WAV, "en", ("Django",))
    assert len(server.requests) == 3


def test_doubtful_text_is_heard_again_without_the_expected_language(stub: Callable) -> None:
    server = stub(None)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        told = b'name="language"' in server.requests[-1][2]
        doubtful = {"text": "Ай билт э бридж", "language": "russian", "segments": [{"avg_logprob": -1.2}]}
        sure = {"text": "I built a bridge.", "language": "english", "segments": [{"avg_logprob": -0.1}]}
        says(200, doubtful if told else sure)(handler)

    server.answer = answer
    heard = engine_at(server).recognise(WAV, "ru")
    assert (heard.text, heard.language) == ("I built a bridge.", "en")


def test_a_long_answer_goes_in_pieces_that_end_in_its_pauses(stub: Callable) -> None:
    pcm = sound(voice(1500), silence(500), voice(1700), silence(500), voice(1000))
    server = stub(None)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        number = len(server.requests)
        word = {"word": "w", "start": 0, "end": 0.1}
        says(200, {"text": f"Part {number}.", "words": [word], "segments": [{"avg_logprob": -0.1}]})(handler)

    server.answer = answer
    engine = engine_at(server)
    engine.capabilities = base.Capabilities(longest_s=2.2)
    renewed = []
    heard = engine.recognise(wav_from(pcm), "en", on_piece=lambda: renewed.append(1))
    assert (heard.text, len(renewed)) == ("Part 1. Part 2. Part 3.", 2)
    cuts = [word.start_ms for word in heard.words]
    assert cuts[0] == 0 and 1500 <= cuts[1] <= 2000 and 3700 <= cuts[2] <= 4200


def test_pieces_are_all_of_the_sound_and_none_is_too_long() -> None:
    found = pieces.spans(sound(voice(10_000)), 3_000)
    assert found[0][0] == 0 and found[-1][1] == 10_000
    assert all(end - start <= 3_000 for start, end in found)
    assert all(before[1] == after[0] for before, after in zip(found, found[1:], strict=False))


def test_pieces_without_words_are_no_words() -> None:
    assert pieces.joined([(0, Recognised("")), (10, Recognised(""))]).text == ""


def test_no_upload_is_bigger_than_services_take() -> None:
    for name, capabilities in (("any", base.Capabilities()), ("fake", fake.FakeEngine.capabilities)):
        assert capabilities.longest_s * 32_000 < 20 * 1024 * 1024, name


# --- Whisper on this machine -----------------------------------------------------------------------------------------


def test_a_folder_is_a_model_when_its_files_are_there(tmp_path: object) -> None:
    assert whisper.lacking_files(tmp_path) == ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"]
    for name in (*whisper.NEEDED, "vocabulary.txt"):
        (tmp_path / name).write_text(json.dumps({}))
    assert whisper.lacking_files(tmp_path) == []


def test_an_english_model_is_not_asked_for_russian(settings: object, tmp_path: object) -> None:
    settings.STT_WHISPER_MODEL, settings.STT_WHISPER_DIR = "base.en", str(tmp_path)
    [engine] = named_engines()
    assert engine.knows("en") and not engine.knows("ru") and engine.capabilities.is_local


# --- The company's network -------------------------------------------------------------------------------------------


def test_the_proxy_and_the_certificates_of_the_settings_hold(stub: object, settings: object, tmp_path: object) -> None:
    server = stub(says(200, {"text": "Hello."}))
    with behind_the_proxy(server.server, settings, tmp_path) as asked:
        configuration = Configuration("https://provider.test/v1", "whisper-1", timeout_s=5.0)
        assert OpenAICompatibleEngine(configuration).recognise(WAV, "en").text == "Hello."
        assert asked == ["provider.test:443"]
        settings.OUTBOUND_CA_FILE = ""
        with pytest.raises(ProviderError) as caught:
            OpenAICompatibleEngine(configuration).recognise(WAV, "en")
        assert (caught.value.category, len(server.requests)) == (Category.CONNECTIVITY, 1)
        # It should go straight to a recogniser inside the company.
        near = Configuration("https://provider.invalid/v1", "whisper-1", timeout_s=5.0, is_local=True)
        with pytest.raises(ProviderError):
            OpenAICompatibleEngine(near).recognise(WAV, "en")
        assert asked == ["provider.test:443"] * 2
