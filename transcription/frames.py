"""The binary frame of the socket (design §5): 16-byte big-endian header, then PCM16-LE. Pure; mirrored by
`frontend/src/capture/codec.js`, compared by shared vectors.

    u8 version=1 · u8 0 · u16 take · u32 seq · u32 samples · u32 crc32(payload)

Every frame of a take has exactly SAMPLES samples; a shorter one is its last.
"""

import struct
import zlib
from dataclasses import dataclass

VERSION = 1
SAMPLES = 1024  # 64 ms at 16 kHz: two windows of the speech detector
FRAME_MS = 64
PAYLOAD = SAMPLES * 2  # bytes
HEADER = struct.Struct(">BBHIII")
STRIDE = HEADER.size + PAYLOAD  # bytes of one full frame, header included
MAX_MESSAGE = 64 * 1024  # bytes; anything bigger is no frame of ours (threats 25)


class BadFrame(ValueError):
    """These bytes are not a frame. `code`: `too_big`, `malformed` or `corrupt` (checksum); a corrupt one names its place."""

    def __init__(self, code: str, *, take: int | None = None, seq: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.take = take
        self.seq = seq


@dataclass(frozen=True, slots=True)
class Frame:
    """`pcm`: `samples` PCM16-LE samples, mono, 16 kHz; `crc` is its CRC-32 and, with `seq`, the frame's identity."""

    take: int
    seq: int
    samples: int
    crc: int
    pcm: bytes

    @property
    def is_last(self) -> bool:
        return self.samples < SAMPLES

    def to_bytes(self) -> bytes:
        return HEADER.pack(VERSION, 0, self.take, self.seq, self.samples, self.crc) + self.pcm


def make(take: int, seq: int, pcm: bytes) -> Frame:
    return Frame(take, seq, len(pcm) // 2, zlib.crc32(pcm), pcm)


def decode(data: bytes) -> Frame:
    """Read one message. Raises BadFrame."""
    if len(data) > MAX_MESSAGE:
        raise BadFrame("too_big")
    if len(data) < HEADER.size + 2:
        raise BadFrame("malformed")
    version, zero, take, seq, samples, crc = HEADER.unpack_from(data)
    if version != VERSION or zero or not 0 < samples <= SAMPLES or len(data) != HEADER.size + samples * 2:
        raise BadFrame("malformed")
    pcm = bytes(data[HEADER.size :])
    if zlib.crc32(pcm) != crc:
        raise BadFrame("corrupt", take=take, seq=seq)
    return Frame(take, seq, samples, crc, pcm)


def split(data: bytes) -> list[bytes]:
    """Frames that were written one behind the other, as messages; whatever cannot be told apart is the last of them."""
    found, at = [], 0
    while len(data) - at > HEADER.size:
        length = HEADER.size + 2 * HEADER.unpack_from(data, at)[4]
        found.append(data[at : at + length])
        at += length
    return found if at >= len(data) else [*found, data[at:]]
