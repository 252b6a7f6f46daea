import numpy as np

from transcription.suppress import without_noise
from transcription.tests.test_gate import hiss, silence, sound, voice


def level_db(pcm: bytes, start_ms: int, end_ms: int) -> float:
    samples = np.frombuffer(pcm, "<i2")[start_ms * 16 : end_ms * 16].astype(float)
    return 10 * np.log10((samples**2).mean() + 1e-9)


def test_the_room_becomes_softer_and_the_voice_stays() -> None:
    noisy = sound(silence(1500), voice(2000), silence(1500), noise_dbfs=-40)
    cleaned = without_noise(noisy)
    assert len(cleaned) == len(noisy)
    assert level_db(noisy, 200, 1300) - level_db(cleaned, 200, 1300) > 8
    assert abs(level_db(noisy, 1700, 3300) - level_db(cleaned, 1700, 3300)) < 1


def test_quiet_sound_is_left_alone() -> None:
    clean = sound(silence(1500), voice(2000), silence(1500), noise_dbfs=-90)
    before, after = (np.frombuffer(pcm, "<i2").astype(float) for pcm in (clean, without_noise(clean)))
    assert np.abs(before - after).max() < 0.02 * np.abs(before).max()


def test_short_and_empty_sound_comes_back_as_it_was() -> None:
    for pcm in (b"", sound(hiss(300, -30))):
        assert without_noise(pcm) == pcm
