"""Start-up checks of the voices."""

import importlib.util

import pytest

from avatars import checks


def test_a_machine_with_the_voice_passes() -> None:
    assert checks.espeak_is_installed(None) == [] and checks.espeak_speaks(None) == []


def test_a_missing_library_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    (error,) = checks.espeak_is_installed(None)
    assert error.id == "avatars.E001" and "requirements.txt" in (error.hint or "")
