"""Whole recordings are told from cut and overwritten ones; nothing a stranger sends makes the decoder fail in another way."""

import random

import pytest

from transcription.containers import MP4, OGG, WEBM, container_of, is_whole
from transcription.decoding import NotDecodable, decode
from transcription.encoding import write_m4a
from transcription.tests.line import PHRASE, SOUNDS, YES, spoken


@pytest.fixture(scope="module")
def m4a(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("sound") / "phrase.m4a"
    write_m4a([spoken()], path)
    return path.read_bytes()


def unpacked(data: bytes) -> bytes:
    return decode(data, most_s=60, within_s=10)


def test_a_recording_of_a_browser_is_whole_and_as_long_as_it_was(m4a) -> None:
    assert (container_of(PHRASE), container_of(m4a), container_of(b"RIFF")) == (WEBM, MP4, "")
    assert is_whole(PHRASE, WEBM) and is_whole(YES, WEBM) and is_whole(m4a, MP4)
    assert 3_000 < len(unpacked(PHRASE)) // 32 < 3_400
    assert abs(len(unpacked(m4a)) - len(spoken())) < 32 * 130


@pytest.mark.parametrize(("name", "container"), [("silence_firefox.ogg", OGG), ("silence_firefox.webm", WEBM)])
def test_a_recording_of_firefox_is_whole_too(name: str, container: str) -> None:
    data = (SOUNDS / name).read_bytes()
    assert container_of(data) == container and is_whole(data, container)
    assert 2_400 < len(unpacked(data)) // 32 < 2_600
    assert not is_whole(data[:-1], container)


def test_wherever_it_was_cut_it_is_not_whole(m4a) -> None:
    for data, container in ((PHRASE, WEBM), (m4a, MP4)):
        cuts = [*range(0, len(data), 97), len(data) - 1]
        assert [cut for cut in cuts if is_whole(data[:cut], container)] == []


def test_overwritten_recordings_are_decoded_or_refused_and_nothing_else(m4a) -> None:
    dice = random.Random(7)
    for data in (YES, PHRASE[:4_000], m4a[:6_000], m4a[-6_000:]):
        for _ in range(60):
            damaged = bytearray(data)
            for _ in range(dice.randint(1, 12)):
                damaged[dice.randrange(len(damaged))] = dice.randrange(256)
            try:
                assert len(unpacked(bytes(damaged))) <= 60 * 32_000
            except NotDecodable as error:
                assert error.code in ("unknown_format", "malformed", "too_long", "too_slow")


def test_a_small_file_does_not_unpack_to_hours(m4a) -> None:
    with pytest.raises(NotDecodable) as refused:
        decode(m4a, most_s=1, within_s=10)
    assert refused.value.code == "too_long"
    times = iter(range(0, 1_000, 5))
    with pytest.raises(NotDecodable) as refused:
        decode(m4a, most_s=60, within_s=10, clock=lambda: float(next(times)))
    assert refused.value.code == "too_slow"
