"""RHVoice and Piper as programs of the machine: found or not offered, limited, and never trusted with a sentence."""

import json
import shutil
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from avatars.engines import piper, registry, rhvoice
from avatars.engines.aligned import AlignedEngine
from avatars.engines.base import SpeechRequest
from avatars.services.speech import for_settings
from interview_site.errors import Category, ProviderError

pytestmark = pytest.mark.django_db
TEXT = "Здравствуйте! Расскажите о себе."
# Speaks with our own voice, as each program is called by us. `fault` beside it says how to be broken.
PROGRAM = """#!{python}
import os, pathlib, sys, time
sys.path.insert(0, {root!r})
fault = pathlib.Path({folder!r}, "fault").read_text()
if fault == "slow": time.sleep(60)
if fault == "crash": os.abort()
if fault == "code": sys.exit(3)
if fault == "chatty":
    while True: os.write(1, bytes(1 << 20))
pathlib.Path({folder!r}, "called").write_text(repr(sys.argv[1:]))
text = sys.stdin.buffer.read().decode()
import wave
from avatars.speech.sound import wav_bytes
with wave.open({sound!r}) as file:
    pcm, rate = file.readframes(file.getnframes()), file.getframerate()
if fault == "mute": pcm = b""
if "--output_raw" in sys.argv: sys.stdout.buffer.write(pcm)
else: pathlib.Path(sys.argv[sys.argv.index("-o") + 1]).write_bytes(wav_bytes(pcm, rate))
"""


@pytest.fixture
def program(tmp_path: Path, settings: Any) -> Path:
    """A program that says TEXT, and the voices of both engines beside it."""
    from avatars.speech.sound import to_pcm16, wav_bytes
    from avatars.tests.speech_server import said

    sound = tmp_path / "sound.wav"
    reading = said(TEXT)
    sound.write_bytes(wav_bytes(to_pcm16(reading.samples), reading.sample_rate))
    path = tmp_path / "speaks"
    names = {"python": sys.executable, "root": str(settings.BASE_DIR), "folder": str(tmp_path), "sound": str(sound)}
    path.write_text(PROGRAM.format(**names))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "fault").write_text("")
    voices = tmp_path / "voices"
    for name in ("anna", "aleksandr", "slt", "mikhail"):
        (voices / name).mkdir(parents=True)
    for name in ("ru_RU-irina-medium", "en_US-ryan-high", "de_DE-thorsten-low", "notes"):
        (voices / f"{name}.onnx").write_bytes(b"model")
        (voices / f"{name}.onnx.json").write_text(json.dumps({"audio": {"sample_rate": reading.sample_rate}}))
    (voices / "ru_RU-denis-medium.onnx").write_bytes(b"without its description")
    return path


@pytest.fixture(params=["rhvoice", "piper"])
def engine(request: Any, program: Path) -> AlignedEngine:
    return made(request.param, program)


def made(kind: str, program: Path, timeout_s: float = 60.0) -> AlignedEngine:
    voices = str(program.parent / "voices")
    if kind == "rhvoice":
        return rhvoice.RHVoiceEngine(rhvoice.Configuration(str(program), (voices,), timeout_s))
    return piper.PiperEngine(piper.Configuration(str(program), voices, timeout_s))


def test_only_free_voices_and_our_languages_are_offered(program: Path) -> None:
    assert {voice.name for voice in made("rhvoice", program).voices()} == {"ru-anna", "ru-aleksandr", "en-slt"}
    voices = {voice.name: voice.gender for voice in made("piper", program).voices()}
    assert voices == {"ru-ru_RU-irina-medium": "female", "en-en_US-ryan-high": "male"}


def test_it_gives_sound_with_words_and_mouth_shapes(engine: AlignedEngine, program: Path) -> None:
    audio = engine.synthesize(SpeechRequest(TEXT, "ru", speed=1.25))
    assert [TEXT[slice(*word[2:])] for word in audio.timeline["words"]] == ["Здравствуйте", "Расскажите", "о", "себе"]
    assert len({name for _at, name in audio.timeline["visemes"]}) > 6
    called = (program.parent / "called").read_text()
    assert "'125'" in called or "'0.800'" in called


@pytest.mark.parametrize("fault", ["crash", "code", "mute", "chatty"])
def test_a_program_that_fails_costs_no_sentence(
    engine: AlignedEngine, program: Path, fault: str, settings: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    (program.parent / "fault").write_text(fault)
    with pytest.raises(ProviderError) as caught:
        engine.synthesize(SpeechRequest(TEXT, "ru"))
    assert caught.value.category == Category.SERVER
    monkeypatch.setitem(registry._instances, engine.kind, engine)
    assert for_settings({"speech_engine": engine.kind}, TEXT, "ru").engine == "espeak"
    (program.parent / "fault").write_text("")
    assert for_settings({"speech_engine": engine.kind}, TEXT, "ru").engine == engine.kind


@pytest.mark.parametrize("kind", ["rhvoice", "piper"])
def test_a_program_that_hangs_is_ended(kind: str, program: Path) -> None:
    (program.parent / "fault").write_text("slow")
    with pytest.raises(ProviderError) as caught:
        made(kind, program, timeout_s=0.5).synthesize(SpeechRequest(TEXT, "ru"))
    assert caught.value.category == Category.CONNECTIVITY


def test_a_program_that_was_removed_is_a_fault(engine: AlignedEngine, program: Path) -> None:
    program.unlink()
    with pytest.raises(ProviderError):
        engine.synthesize(SpeechRequest(TEXT, "ru"))


def test_what_is_installed_is_offered(program: Path, settings: Any, monkeypatch: Any) -> None:
    settings.RHVOICE_BIN = settings.PIPER_BIN = str(program)
    settings.RHVOICE_VOICES_DIR = settings.PIPER_VOICES_DIR = str(program.parent / "voices")
    monkeypatch.setattr(registry, "_instances", dict(registry._instances))
    assert registry.offered_kinds() == ("espeak", "rhvoice", "piper")


@pytest.mark.skipif(not shutil.which("RHVoice-test"), reason="RHVoice is not installed")
def test_the_real_rhvoice_speaks() -> None:
    assert rhvoice.RHVoiceEngine().synthesize(SpeechRequest(TEXT, "ru")).duration_ms > 1_000
