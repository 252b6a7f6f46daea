import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from interview_site.errors import Category, ProviderError
from transcription.engines import fake
from transcription.engines.openai_compatible import Configuration, OpenAICompatibleEngine
from transcription.engines.recognised import Recognised
from transcription.engines.registry import configured_engines
from transcription.models import Recording, SpeechSegment, Take
from transcription.phantoms import is_phantom, without_loops
from transcription.services import recognition, segments, takes
from transcription.services.sound import wav_header
from transcription.services.transcripts import text_between
from transcription.spoken_language import is_other
from transcription.tests.builders import OWNER, cut, noise
from transcription.tests.stub_server import Answer, Stub, says
from transcription.tests.test_gate import silence, sound, voice

WAV = wav_header(6400) + bytes(6400)
State = SpeechSegment.State


@pytest.fixture
def serve() -> Iterator[Callable[..., tuple[Stub, OpenAICompatibleEngine]]]:
    stubs = []

    def start(answer: Answer, **fields: object) -> tuple[Stub, OpenAICompatibleEngine]:
        stubs.append(Stub(answer))
        given = {"base_url": stubs[-1].url, "model": "whisper-1", "api_key": "k", "timeout_s": 5.0, **fields}
        return stubs[-1], OpenAICompatibleEngine(Configuration(**given))

    yield start
    for stub in stubs:
        stub.close()


def fault(engine: OpenAICompatibleEngine) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        engine.recognise(WAV, "ru")
    return raised.value


def test_whisper_is_asked_with_a_language_and_says_how_sure_it_is(serve: Callable) -> None:
    body = {"text": " Привет. ", "language": "russian", "segments": [{"avg_logprob": -0.1, "no_speech_prob": 0.02}]}
    stub, engine = serve(says(200, body))
    answer = engine.recognise(WAV, "ru")
    assert (answer.text, answer.language, round(answer.confidence, 2), answer.no_speech) == ("Привет.", "ru", 0.9, 0.02)
    path, headers, sent = stub.requests[0]
    assert path == "/v1/audio/transcriptions" and headers["authorization"] == "Bearer k"
    assert b'name="language"\r\n\r\nru' in sent and b"verbose_json" in sent and b'filename="speech.wav"' in sent


def test_gpt_transcribe_gets_languages_and_plain_json(serve: Callable) -> None:
    stub, engine = serve(says(200, {"text": "Hi", "languages": [{"code": "en"}]}), model="gpt-transcribe")
    assert engine.recognise(WAV, "en") == Recognised("Hi", "en")
    sent = stub.requests[0][2]
    assert b'name="languages' in sent and b'name="language"' not in sent and b"verbose_json" not in sent


@pytest.mark.parametrize(
    ("answer", "category", "permanent"),
    [
        (says(401, {"error": {"message": "no", "code": "invalid_api_key"}}), Category.AUTHENTICATION, True),
        (says(403, b"<html>no</html>"), Category.AUTHENTICATION, True),
        (says(429, {"error": {"message": "no", "code": "insufficient_quota"}}), Category.QUOTA, True),
        (says(429, {"error": "slow down"}), Category.RATE_LIMIT, False),
        (says(404, {"detail": "no such model"}), Category.INVALID_REQUEST, True),
        (says(400, {"error": {"message": "bad"}}), Category.INVALID_REQUEST, True),
        (says(500, b"oops"), Category.SERVER, False),
        (says(503, b"<html>"), Category.SERVER, False),
        (says(200, b"garbage"), Category.SERVER, False),
        (says(200, b"[" * 100_000), Category.SERVER, False),
        (says(200, {"words": []}), Category.SERVER, False),
        (says(200, {"text": None}), Category.SERVER, False),
        (says(200, ["text"]), Category.SERVER, False),
        (says(200, b'{"text": "' + b"a" * 3_000_000 + b'"}'), Category.SERVER, False),
    ],
)
def test_every_refusal_has_a_category(serve: Callable, answer: Answer, category: Category, permanent: bool) -> None:
    stub, engine = serve(answer)
    error = fault(engine)
    assert (error.category, error.permanent) == (category, permanent)
    # Our retries are rows; only what a server does not understand is asked again, more simply.
    assert len(stub.requests) == (3 if error.code == "400" else 1)


@pytest.mark.parametrize(
    "extra", [{"segments": "x"}, {"segments": [None]}, {"segments": [{"avg_logprob": "x"}]}, {"languages": [1]}]
)
def test_odd_details_do_not_cost_the_text(serve: Callable, extra: dict) -> None:
    _, engine = serve(says(200, {"text": "Hi", **extra}))
    assert engine.recognise(WAV, "en").text == "Hi"


def test_the_servers_advice_when_to_come_back_is_kept(serve: Callable) -> None:
    _, engine = serve(says(429, {"error": "slow down"}, Retry_After="7"))
    assert fault(engine).retry_after_s == 7


def test_a_server_that_is_not_there_or_too_slow_is_connectivity(serve: Callable) -> None:
    release = threading.Event()

    def hang(handler: BaseHTTPRequestHandler) -> None:
        release.wait(10)

    _, slow = serve(hang, timeout_s=0.2)
    assert fault(slow).category == Category.CONNECTIVITY
    release.set()
    away = OpenAICompatibleEngine(Configuration("http://127.0.0.1:9/v1", "m", timeout_s=2.0))
    assert fault(away).category == Category.CONNECTIVITY


def test_without_settings_there_is_no_engine(settings: object) -> None:
    assert configured_engines() == ()
    settings.STT_BASE_URL, settings.STT_MODEL = "http://127.0.0.1:9/v1", "m"
    assert [engine.name for engine in configured_engines()] == ["openai_compatible"]


@pytest.mark.parametrize("text", ["Субтитры сделал DimaTorzok", "Продолжение следует...", "Thanks for watching!", " . ", ""])
def test_known_inventions_are_no_words(text: str) -> None:
    assert is_phantom(text)


def test_real_words_stay(settings: object) -> None:
    assert not is_phantom("Я делал субтитры и работал редактором, продолжение следует после.")
    assert is_phantom("Something", no_speech=0.95, confidence=0.2)
    assert not is_phantom("Да", no_speech=0.3, confidence=0.5)


def test_a_loop_is_said_once() -> None:
    assert without_loops("Well, and so on and so on and so on and so on and so on and so on and so on.") == "Well, and so on."
    assert without_loops("no, no, no") == "no, no, no"


# --- Rows ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def segment(db: None, settings: object) -> SpeechSegment:
    settings.STT_ENGINES = ["fake"]
    fake.SCRIPT.clear()
    take = takes.start_take(OWNER, "tab", recognise=True, language="en")
    takes.store(take.id, cut(noise(40), take.number))
    Take.objects.update(segmented_ms=2560, offset_ms=1000)
    [pk] = segments.add(take.id, [(100, 1500)], heard_ms=2560)
    return SpeechSegment.objects.get(pk=pk)


def run(segment: SpeechSegment) -> SpeechSegment:
    SpeechSegment.objects.filter(pk=segment.pk, due_at__isnull=False).update(due_at=timezone.now())
    recognition.transcribe(segment.pk)
    segment.refresh_from_db()
    return segment


def test_speech_becomes_text_once(segment: SpeechSegment) -> None:
    fake.SCRIPT.extend(["I built a bridge.", "never asked"])
    assert (run(segment).state, segment.text, segment.engine, segment.due_at) == (State.DONE, "I built a bridge.", "fake", None)
    run(segment)
    assert (segment.text, segment.attempts) == ("I built a bridge.", 1)
    found = text_between(OWNER, 1000, 3000)
    assert (found.text, found.pending, found.pieces[0].start_ms) == ("I built a bridge.", False, 1100)


def test_the_engine_hears_exactly_this_stretch(segment: SpeechSegment) -> None:
    assert run(segment).text == "1400 ms of sound"


def test_a_passing_fault_is_tried_again_when_the_server_says(segment: SpeechSegment) -> None:
    fake.SCRIPT.extend([ProviderError("busy", category=Category.RATE_LIMIT, retry_after_s=600), "words"])
    assert (run(segment).state, segment.last_error) == (State.QUEUED, "busy")
    assert segment.due_at > timezone.now() + timedelta(seconds=590)
    assert text_between(OWNER, 1000, 3000).pending
    assert run(segment).state == State.DONE


def test_a_permanent_fault_needs_a_person_who_can_have_it_tried_again(segment: SpeechSegment, client: object) -> None:
    fake.SCRIPT.append(ProviderError("bad key", category=Category.AUTHENTICATION))
    assert (run(segment).state, segment.last_error, segment.due_at) == (State.FAILED, "bad key", None)
    assert text_between(OWNER, 1000, 3000).failed
    client.force_login(get_user_model().objects.create_superuser("alice"))
    data = {"action": "transcribe_again", "_selected_action": [segment.pk]}
    assert client.post("/admin/transcription/speechsegment/", data).status_code == 302
    assert run(segment).state == State.DONE


def test_after_many_tries_a_person_looks(segment: SpeechSegment) -> None:
    SpeechSegment.objects.update(attempts=recognition.MOST_ATTEMPTS - 1)
    fake.SCRIPT.append(ProviderError("down", category=Category.SERVER))
    assert run(segment).state == State.FAILED


def test_an_engine_that_breaks_is_a_fault_like_any_other(segment: SpeechSegment) -> None:
    fake.SCRIPT.append(RuntimeError("a bug of the engine"))
    assert (run(segment).state, segment.last_error) == (State.QUEUED, "fake: RuntimeError")


def test_permission_taken_back_stops_recognition(segment: SpeechSegment) -> None:
    Recording.objects.update(recognise=False)
    assert (run(segment).state, segment.text) == (State.OFF, "")


def test_without_an_engine_it_waits_and_is_picked_up_by_itself(segment: SpeechSegment, settings: object) -> None:
    settings.STT_ENGINES = []
    assert (run(segment).state, segment.due_at, segment.attempts) == (State.QUEUED, None, 0)
    assert segments.wake_waiting() == 0
    settings.STT_ENGINES = ["fake"]
    assert segments.wake_waiting() == 1
    assert run(segment).state == State.DONE


def test_silence_is_no_text_and_costs_nothing(db: None, settings: object) -> None:
    settings.STT_ENGINES = ["fake"]
    fake.SCRIPT.clear()
    fake.SCRIPT.append("invented")
    take = takes.start_take(OWNER, "tab", recognise=True, language="en")
    takes.store(take.id, cut(bytes(40 * 2048), take.number))
    [pk] = segments.add(take.id, [(100, 1500)], heard_ms=2560)
    recognition.transcribe(pk)
    assert (SpeechSegment.objects.get().state, SpeechSegment.objects.get().text) == (State.DONE, "")
    assert fake.SCRIPT.pop() == "invented"


def test_two_workers_with_one_segment_ask_once(segment: SpeechSegment) -> None:
    fake.SCRIPT.extend(["first", "second"])
    assert SpeechSegment.claim(segment.pk)
    recognition.transcribe(segment.pk)  # the other worker comes too late
    assert list(fake.SCRIPT) == ["first", "second"]


def test_a_killed_workers_segment_is_heard_after_its_lease(segment: SpeechSegment) -> None:
    SpeechSegment.objects.update(state=State.RUNNING, attempts=1, lease_until=timezone.now() - timedelta(seconds=1))
    fake.SCRIPT.append("heard at last")
    assert run(segment).text == "heard at last"


def test_another_engine_takes_over_what_waits_for_the_first(segment: SpeechSegment, settings: object) -> None:
    fake.SCRIPT.append(ProviderError("down", category=Category.SERVER))
    assert run(segment).state == State.QUEUED
    settings.STT_ENGINES = ["pocketsphinx"]
    pytest.importorskip("pocketsphinx")
    assert (run(segment).state, segment.engine) == (State.DONE, "pocketsphinx:en-us")


@pytest.mark.parametrize(
    ("text", "heard", "expected", "other"),
    [
        ("I worked on the payment system for three years", "", "ru", True),
        ("Я работал над Kubernetes и PostgreSQL и Kafka", "ru", "ru", False),
        ("Мен үш жыл банкте бағдарламашы болып жұмыс істедім", "ru", "ru", True),
        ("Мен үш жыл банкте бағдарламашы болып жұмыс істедім", "", "kk", False),
        ("Я три года работал в банке и писал программы", "", "kk", True),
        ("Мен банкте проект менеджер болдым потом командаға көмектестім", "", "kk", False),
        ("Ich habe drei Jahre bei einer Bank gearbeitet", "de", "en", True),
        ("Docker, Kubernetes, Kafka", "", "ru", False),
        ("Да", "", "en", False),
    ],
)
def test_an_answer_in_another_language_is_flagged(text: str, heard: str, expected: str, other: bool) -> None:
    assert is_other(text, heard, expected) is other


@pytest.mark.parametrize(
    "text", ["Көргендеріңізге рахмет!", "Арнаға жазылыңыздар", "[Music]", "♪ ла-ла ♪", "(аплодисменты)", "Спасибо за просмотр!"]
)
def test_inventions_in_three_languages_are_no_words(text: str) -> None:
    assert is_phantom(text)


@pytest.mark.parametrize("text", ["Музыка.", "Music", "Продолжение работы следует из плана", "I subscribe to it", "Рахмет"])
def test_short_real_answers_stay(text: str) -> None:
    assert not is_phantom(text)


def test_hints_read_back_are_no_words() -> None:
    hints = ("Django", "PostgreSQL", "Kafka", "REST")
    assert is_phantom("Django, PostgreSQL, Kafka.", hints=hints)
    assert not is_phantom("Django, Kafka.", hints=hints)


def test_a_phantom_is_no_text(segment: SpeechSegment) -> None:
    fake.SCRIPT.append("Thanks for watching!")
    assert (run(segment).state, segment.text) == (State.DONE, "")


# --- The sweeper -----------------------------------------------------------------------------------------------------


def test_sound_nobody_heard_while_it_came_is_heard_from_the_file(db: None) -> None:
    take = takes.start_take(OWNER, "tab", recognise=True)
    takes.store(take.id, cut(sound(silence(500), voice(2000), silence(1500)), take.number))
    Take.objects.update(stored_at=timezone.now() - timedelta(minutes=5))
    assert segments.tend(late_hours=24) == 1
    assert SpeechSegment.objects.get().state == State.QUEUED
    assert segments.tend(late_hours=24) == 0


def test_a_take_nobody_came_back_for_is_closed_as_incomplete_and_heard(db: None) -> None:
    take = takes.start_take(OWNER, "tab", recognise=True)
    takes.store(take.id, cut(sound(silence(500), voice(2000), silence(1500)), take.number))
    Take.objects.update(stored_at=timezone.now() - timedelta(hours=25), next_seq=3, bytes=3 * 2048)
    segments.tend(late_hours=24)
    closed = Take.objects.get()
    assert (closed.state, closed.heard, closed.next_seq) == (Take.State.INCOMPLETE, True, 63)
