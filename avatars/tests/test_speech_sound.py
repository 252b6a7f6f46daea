"""Loudness, fades, resampling and WAV."""

import io
import wave

import numpy as np
import pytest

from avatars.speech import sound

RATE = 22_050


def tone(amplitude: float, seconds: float = 1.0, hz: float = 220.0, rate: int = RATE) -> sound.Samples:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def dbfs(rms: float) -> float:
    return float(20 * np.log10(rms))


@pytest.mark.parametrize("amplitude", [0.01, 0.1, 0.9])
def test_speech_is_brought_to_minus_twenty_dbfs(amplitude: float) -> None:
    made = sound.normalised(tone(amplitude), RATE)
    assert dbfs(sound.speech_rms(made, RATE)) == pytest.approx(-20, abs=0.3)


def test_pauses_do_not_count_as_quiet_speech() -> None:
    spoken = np.concatenate([tone(0.2), sound.silence(5000, RATE), tone(0.2)])
    assert sound.speech_rms(spoken, RATE) == pytest.approx(0.2 / np.sqrt(2), rel=0.03)


def test_a_sharp_peak_is_bent_and_never_clipped() -> None:
    spoken = tone(0.05)
    spoken[5000] = 1.0
    assert np.abs(sound.normalised(spoken, RATE)).max() <= sound.PEAK_LIMIT


def test_silence_stays_silence() -> None:
    assert not sound.normalised(sound.silence(300, RATE), RATE).any()


def test_the_ends_fade_from_nothing() -> None:
    made = sound.faded(np.ones(RATE, np.float32), RATE)
    assert made[0] == 0 and made[-1] == 0 and made[RATE // 2] == 1


def test_trimming_tells_how_much_went_from_the_start() -> None:
    spoken = np.concatenate([sound.silence(200, RATE), tone(0.3, 0.5), sound.silence(300, RATE)])
    made, cut = sound.trimmed(spoken, RATE)
    assert cut == pytest.approx(RATE * 0.18, abs=20)
    assert len(made) == pytest.approx(RATE * 0.54, abs=60)


def test_resampling_keeps_the_tone_and_the_length() -> None:
    made = sound.resampled(tone(0.5, hz=440), RATE, 16_000)
    assert len(made) == 16_000
    assert int(np.argmax(np.abs(np.fft.rfft(made)))) == 440
    assert np.abs(made[500:-500]).max() == pytest.approx(0.5, abs=0.02)


def test_resampling_lets_nothing_above_the_new_limit_fold_back() -> None:
    made = sound.resampled(tone(0.5, hz=9_500), RATE, 16_000)
    assert np.abs(made[500:-500]).max() < 0.05


def test_a_wav_opens_again() -> None:
    with wave.open(io.BytesIO(sound.wav_bytes(sound.to_pcm16(tone(0.5)), RATE))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (1, 2, RATE, RATE)


@pytest.mark.parametrize("pcm", [b"", b"\x01", b"\x01\x02\x03"])
def test_odd_bytes_do_no_harm(pcm: bytes) -> None:
    samples = sound.to_samples(pcm)
    assert len(sound.faded(sound.normalised(samples, RATE), RATE)) == len(pcm) // 2
