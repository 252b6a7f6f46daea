"""Start-up checks of the voices."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from avatars import checks


def test_a_machine_with_the_voice_passes() -> None:
    assert checks.espeak_is_installed(None) == [] and checks.the_built_in_voice_speaks(None) == []


def test_a_missing_library_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    (error,) = checks.espeak_is_installed(None)
    assert error.id == "avatars.E001" and "requirements.txt" in (error.hint or "")


def warned(settings: Any, **values: object) -> list[str]:
    for name, value in values.items():
        setattr(settings, name, value)
    return [f"{message.id} {message.msg}" for message in checks.voices_can_speak(None)]


def test_nothing_set_and_everything_set_are_both_silent(settings: Any, tmp_path: Path) -> None:
    assert warned(settings) == []
    whole = {"TTS_BASE_URL": "http://127.0.0.1:9/v1", "TTS_MODEL": "m", "TTS_VOICES": ["Nova:female:nova"]}
    assert warned(settings, **whole, RHVOICE_VOICES_DIR=str(tmp_path)) == []


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"TTS_BASE_URL": "http://127.0.0.1:9/v1"}, "TTS_MODEL and TTS_VOICES"),
        ({"TTS_MODEL": "m"}, "TTS_BASE_URL"),
        ({"ELEVENLABS_VOICES": ["Ann:female:x"]}, "ELEVENLABS_API_KEY"),
        ({"PIPER_VOICES_DIR": "/nowhere", "PIPER_BIN": "true"}, "PIPER_VOICES_DIR is /nowhere"),
        ({"RHVOICE_VOICES_DIR": "/nowhere"}, "RHVOICE_VOICES_DIR is /nowhere"),
        ({"PIPER_VOICES_DIR": "/tmp", "PIPER_BIN": "no-such-piper"}, "PIPER_BIN is no-such-piper"),
    ],
)
def test_a_voice_that_is_half_set_up_is_named(settings: Any, values: dict[str, object], names: str) -> None:
    (warning,) = warned(settings, **values)
    assert names in warning
