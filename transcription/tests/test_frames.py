import json
import struct
from pathlib import Path

import pytest

from transcription.frames import STRIDE, BadFrame, decode, make

VECTORS = json.loads((Path(__file__).parent / "frame_vectors.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_frames_are_the_same_bytes_as_in_the_browser(vector: dict) -> None:
    pcm = struct.pack(f"<{len(vector['samples'])}h", *vector["samples"])
    frame = make(vector["take"], vector["seq"], pcm)
    assert frame.to_bytes().hex() == vector["hex"]
    assert decode(bytes.fromhex(vector["hex"])) == frame


def test_a_full_frame_has_the_stride_of_the_file() -> None:
    assert len(make(1, 0, bytes(2048)).to_bytes()) == STRIDE == 2064


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda data: b"", "malformed"),
        (lambda data: data[:15], "malformed"),
        (lambda data: data[:16], "malformed"),
        (lambda data: b"\x02" + data[1:], "malformed"),
        (lambda data: data[:1] + b"\x01" + data[2:], "malformed"),
        (lambda data: data[:-1], "malformed"),
        (lambda data: data + b"\0\0", "malformed"),
        (lambda data: data[:8] + struct.pack(">I", 2**32 - 1) + data[12:], "malformed"),
        (lambda data: data[:-1] + bytes([data[-1] ^ 1]), "corrupt"),
        (lambda data: bytes(64 * 1024 + 1), "too_big"),
    ],
)
def test_it_refuses_what_is_not_a_frame(change: object, code: str) -> None:
    with pytest.raises(BadFrame) as refused:
        decode(change(make(3, 7, b"\x01\x02" * 10).to_bytes()))
    assert refused.value.code == code


def test_a_corrupt_frame_names_its_place() -> None:
    data = bytearray(make(3, 7, b"\x01\x02" * 10).to_bytes())
    data[-1] ^= 0x80
    with pytest.raises(BadFrame) as refused:
        decode(bytes(data))
    assert (refused.value.take, refused.value.seq) == (3, 7)
