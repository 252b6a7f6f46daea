import io
import wave

import pytest

from transcription.services import takes
from transcription.services.playback import sound_of, wav_for
from transcription.tests.builders import OWNER, cut, noise

pytestmark = pytest.mark.django_db


def record(pcm: bytes, *, at_ms: int, key: str = "") -> None:
    from transcription.models import Take

    take = takes.start_take(OWNER, "tab", key=key)
    takes.store(take.id, cut(pcm, take.number))
    Take.objects.filter(pk=take.id).update(offset_ms=at_ms)


def heard(wav: object) -> bytes:
    with wave.open(io.BytesIO(wav.open().read())) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        assert file.getnframes() * 2 == wav.sound.pcm_bytes
        return file.readframes(10**7)


def test_one_answer_is_heard_from_its_place_with_its_length() -> None:
    pcm = noise(40)
    record(pcm, at_ms=5_000)
    assert heard(wav_for(OWNER, 5_500, 6_500)) == pcm[500 * 32 : 1500 * 32]


def test_an_answer_over_two_takes_keeps_its_time_with_silence_between() -> None:
    first, second = noise(10, seed=1), noise(10, seed=2)
    record(first, at_ms=0)
    record(second, at_ms=1_000)
    sound = heard(wav_for(OWNER, 0, 1_640))
    assert sound == first + bytes((1_000 - 640) * 32) + second


def test_the_whole_interview_is_heard_with_long_gaps_shortened() -> None:
    first, second = noise(10, seed=1), noise(10, seed=2)
    record(first, at_ms=3_000)
    record(second, at_ms=3_600_000)
    assert heard(wav_for(OWNER)) == first + bytes(700 * 32) + second
    sound = sound_of(OWNER)
    assert [sound.player_ms(ms) for ms in (3_000, 3_600_000, 3_600_100, 10**9)] == [0, 1_340, 1_440, sound.duration_ms]


def test_two_devices_at_once_are_heard_one_after_the_other() -> None:
    first, second = noise(20, seed=1), noise(20, seed=2)
    record(first, at_ms=0)
    record(second, at_ms=640)
    assert heard(wav_for(OWNER)) == first[: 640 * 32] + second


@pytest.mark.parametrize(("at", "count"), [(0, 10), (40, 10), (44, 1), (1000, 70_000), (30_000, 10**9)])
def test_any_range_is_read_as_if_it_were_one_file(at: int, count: int) -> None:
    record(noise(30, seed=1), at_ms=0)
    record(noise(30, seed=2), at_ms=2_500)
    wav = wav_for(OWNER)
    whole = wav.open().read()
    wav.seek(at)
    assert wav.read(count) == whole[at : at + count]
    assert wav.size == len(whole)


def test_a_span_without_sound_is_none() -> None:
    record(noise(10), at_ms=0)
    assert wav_for(OWNER, 5_000, 6_000) is None
    assert wav_for("interview:other") is None


def test_a_file_that_is_gone_is_heard_as_silence() -> None:
    from transcription.models import Take

    record(noise(10), at_ms=0)
    takes.forget_all()
    takes.path_of(Take.objects.get()).unlink()
    assert heard(wav_for(OWNER)) == bytes(640 * 32)
