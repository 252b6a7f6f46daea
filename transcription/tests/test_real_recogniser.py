"""A real recogniser from a package hears a real sentence; Whisper too, where a model is at hand (WHISPER_TEST_MODEL)."""

import os
from pathlib import Path

import pytest

from interview_site.status import Asked
from transcription.admin_status import SAMPLE, blocks, hear_sample
from transcription.engines.registry import configured_engines
from transcription.models import RecogniserHealth
from transcription.wav import pcm_in, wav_from

WAV = wav_from(pcm_in(SAMPLE.read_bytes()))
TOLD = {"office", "every", "morning", "project", "september"}


def test_pocketsphinx_hears_the_words_and_when_they_were_said(settings: object) -> None:
    pytest.importorskip("pocketsphinx")
    settings.STT_ENGINES = ["pocketsphinx"]
    [engine] = configured_engines()
    heard = engine.recognise(WAV, "en")
    assert set(heard.text.split()) >= TOLD
    assert heard.confidence > 0.4
    times = [word.start_ms for word in heard.words]
    assert times == sorted(times) and heard.words[-1].end_ms <= len(WAV) // 32


def test_whisper_on_this_machine_hears_them_too(settings: object) -> None:
    pytest.importorskip("faster_whisper")
    folder = os.environ.get("WHISPER_TEST_MODEL", "")
    if not folder:
        pytest.skip("LEFT OUT: WHISPER_TEST_MODEL names no folder with a model")
    settings.STT_WHISPER_MODEL = str(Path(folder).resolve())
    [engine] = configured_engines()
    heard = engine.recognise(WAV, "en", ("Kubernetes",))
    assert {word.strip(".,").lower() for word in heard.text.split()} >= TOLD and heard.language == "en"


@pytest.mark.django_db
def test_the_status_page_lets_a_recogniser_hear_a_sentence(settings: object) -> None:
    pytest.importorskip("pocketsphinx")
    settings.STT_ENGINES = ["pocketsphinx"]
    found = {block.key: block for block in blocks()}
    assert (found["recognition"].state, found["recogniser-pocketsphinx"].state) == ("good", "good")
    result = hear_sample("pocketsphinx", Asked({}))
    assert result.good and "morning" in str(result.text)
    assert RecogniserHealth.objects.get().last_success_at
    assert not hear_sample("openai_compatible", Asked({})).good


@pytest.mark.django_db
def test_without_a_recogniser_the_status_page_says_what_to_do() -> None:
    [block] = blocks()
    assert block.state == "off" and "docs/recognition.md" in str(block.notes[0])
