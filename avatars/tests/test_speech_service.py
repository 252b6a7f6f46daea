"""Speech on demand: made once, found again, safe when two ask at once."""

import io
import threading
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from avatars.engines import registry
from avatars.engines.fake import FakeEngine
from avatars.models import Speech, Spending
from avatars.services.speech import MOST_MAKING_S, NothingToSay, TextTooLong, for_settings, speak
from avatars.synthetic import AI_NOTICE
from interview_site.errors import Category, ProviderError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def fake() -> Iterator[FakeEngine]:
    engine = FakeEngine()
    before = registry._instances.get("fake")
    registry._instances["fake"] = engine
    yield engine
    registry._instances.pop("fake", None)
    if before is not None:
        registry._instances["fake"] = before


def fault(category: Category) -> ProviderError:
    return ProviderError("scripted", category=category, provider="fake")


def test_the_built_in_voice_makes_a_wav_and_a_timeline() -> None:
    speech = speak(text="Здравствуйте!", language="ru")
    assert speech.voice == "ru-female-1" and speech.duration_ms > 500
    assert speech.timeline["words"][0][2:] == [0, 12]
    with default_storage.open(speech.audio.name) as file:
        assert file.read(4) == b"RIFF"


def test_the_same_text_is_made_once(fake: FakeEngine) -> None:
    first = speak(text="Да", language="ru", engine="fake")
    assert speak(text="Да", language="ru", engine="fake").pk == first.pk
    assert len(fake.requests) == 1


@pytest.mark.parametrize("other", [{"text": "Нет"}, {"language": "kk"}, {"speed": 1.5}], ids=["text", "language", "speed"])
def test_what_sounds_different_is_another_speech(fake: FakeEngine, other: dict[str, object]) -> None:
    usual: dict[str, object] = {"text": "Да", "language": "ru", "engine": "fake"}
    assert speak(**usual).pk != speak(**{**usual, **other}).pk  # type: ignore[arg-type]


def test_a_missing_file_is_made_again_under_the_same_row(fake: FakeEngine) -> None:
    first = speak(text="Да", language="ru", engine="fake")
    default_storage.delete(first.audio.name)
    again = speak(text="Да", language="ru", engine="fake")
    assert again.pk == first.pk and again.public_id == first.public_id
    assert default_storage.exists(again.audio.name)


def test_who_loses_the_race_takes_the_winners_speech_and_leaves_no_file(
    fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    winner: list[Speech] = []
    synthesize = fake.synthesize

    def while_another_is_quicker(request: object) -> object:
        monkeypatch.setattr(fake, "synthesize", synthesize)
        winner.append(speak(text="Да", language="ru", engine="fake"))
        return synthesize(request)  # type: ignore[arg-type]

    monkeypatch.setattr(fake, "synthesize", while_another_is_quicker)
    loser = speak(text="Да", language="ru", engine="fake")
    assert loser.pk == winner[0].pk and Speech.objects.count() == 1
    folders, _ = default_storage.listdir("speech")
    assert sum(len(default_storage.listdir(f"speech/{folder}")[1]) for folder in folders) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_threads_asking_for_one_text_get_one_speech(fake: FakeEngine) -> None:
    ids, together = set(), threading.Barrier(8)

    def ask() -> None:
        together.wait(10)
        try:
            ids.add(speak(text="Вопрос", language="ru", engine="fake").pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(ids) == 1 and Speech.objects.count() == 1


def test_nul_and_lone_surrogates_never_reach_the_database(fake: FakeEngine) -> None:
    speech = speak(text="Да\0нет\ud800!", language="ru", engine="fake")
    assert speech.text == "Да нет !"


@pytest.mark.parametrize(("text", "error"), [("🎉", NothingToSay), ("а" * 5001, TextTooLong)])
@pytest.mark.parametrize("call", [lambda text: speak(text=text, language="ru"), lambda text: for_settings({}, text, "ru")])
def test_what_cannot_be_said_leaves_no_row(text: str, error: type[Exception], call: Callable[[str], Speech]) -> None:
    with pytest.raises(error):
        call(text)
    assert not Speech.objects.exists()


def test_a_profile_chooses_engine_voice_and_speed() -> None:
    speech = for_settings({"speech_engine": "espeak", "voice": "ru-male-1", "speed": 1.2}, "Да", "ru")
    assert (speech.engine, speech.voice, speech.speed) == ("espeak", "ru-male-1", 1.2)


@pytest.mark.parametrize(
    ("voice", "language", "heard"),
    [
        ("ru-male-1", "kk", "kk-male-1"),
        ("", "en", "en-female-1"),
        ("Rachel", "ru", "ru-female-1"),
        ("x-male-9", "ru", "ru-male-1"),
    ],
)
def test_a_voice_of_another_language_has_a_sibling(voice: str, language: str, heard: str) -> None:
    assert for_settings({"voice": voice}, "Да, yes", language).voice == heard


def test_a_failing_engine_falls_to_the_built_in_voice(fake: FakeEngine) -> None:
    fake.failures = [fault(Category.QUOTA)]
    speech = for_settings({"speech_engine": "fake"}, "Вопрос", "ru")
    assert speech.engine == "espeak" and len(fake.requests) == 1


def test_a_passing_fault_is_tried_again_first(fake: FakeEngine) -> None:
    fake.failures = [fault(Category.CONNECTIVITY)]
    assert for_settings({"speech_engine": "fake"}, "Вопрос", "ru").engine == "fake"
    assert len(fake.requests) == 2


def test_an_unknown_engine_falls_to_the_built_in_voice() -> None:
    assert for_settings({"speech_engine": "gone"}, "Вопрос", "ru").engine == "espeak"


@pytest.mark.parametrize(
    "snapshot", [{"speed": "fast"}, {"speed": None}, {"speed": 99}, {"speed": float("nan")}, {"voice": None}, {"voice": 7}]
)
def test_a_broken_snapshot_still_speaks(snapshot: dict[str, object]) -> None:
    assert 0.5 <= for_settings(snapshot, "Да", "ru").speed <= 2.0


def test_a_refused_request_raises(fake: FakeEngine) -> None:
    with pytest.raises(ProviderError):
        speak(text="Да", language="ru", voice="nobody")
    with pytest.raises(ProviderError):
        speak(text="Да", language="xx", engine="fake")


@pytest.mark.django_db(transaction=True)
def test_a_paid_sentence_asked_for_by_many_at_once_is_paid_once(fake: FakeEngine) -> None:
    fake.capabilities = replace(fake.capabilities, costs_money=True)
    asking, found = threading.Barrier(6), []

    def ask() -> None:
        asking.wait()
        try:
            found.append(speak(text="Один раз", language="ru", engine="fake").pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6 and len(set(found)) == 1 and len(fake.requests) == 1 and Spending.objects.count() == 1


def test_a_maker_that_failed_leaves_the_way_free(fake: FakeEngine) -> None:
    fake.capabilities = replace(fake.capabilities, costs_money=True)
    fake.failures.append(fault(Category.AUTHENTICATION))
    with pytest.raises(ProviderError):
        speak(text="Да", language="ru", engine="fake")
    began = time.monotonic()
    assert speak(text="Да", language="ru", engine="fake").pk and time.monotonic() - began < MOST_MAKING_S / 2


def test_without_a_cache_a_paid_sentence_is_said_all_the_same(fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.capabilities = replace(fake.capabilities, costs_money=True)
    monkeypatch.setattr("avatars.services.once.cache", None)
    assert speak(text="Да", language="ru", engine="fake").pk


def test_kept_speech_says_in_its_file_that_it_is_synthetic() -> None:
    row = speak(text="Good day.", language="en", engine="fake")
    with row.audio.open("rb") as file:
        kept = file.read()
    assert AI_NOTICE.encode() in kept and int.from_bytes(kept[4:8], "little") == len(kept) - 8
    with wave.open(io.BytesIO(kept)) as sound:
        assert round(sound.getnframes() * 1000 / sound.getframerate()) == row.duration_ms
