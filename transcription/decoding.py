"""A whole recorded sound file (WebM, Ogg or MP4) → PCM16, 16 kHz, mono. No Django; synchronous, call it from few threads.

The demuxer is fixed by the first bytes, nothing but memory is read, and length, memory and time are bounded (threats 62): a
file of a few kilobytes may unpack to hours.
"""

import io
import time
from collections.abc import Callable, Iterator

import av

from transcription.containers import MP4, OGG, WEBM, container_of, is_whole

RATE = 16_000
_DEMUXERS = {WEBM: "matroska", OGG: "ogg", MP4: "mp4"}
_CODECS = frozenset(("opus", "vorbis", "aac", "flac", "pcm_s16le", "pcm_f32le"))  # of MediaRecorder, in any browser
_MOST_CHANNELS = 8
_RATES = range(8_000, 192_001)


class NotDecodable(Exception):
    """`code`: `unknown_format`, `malformed`, `too_long` (unpacked), `too_slow`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decode(data: bytes, *, most_s: float, within_s: float, clock: Callable[[], float] = time.monotonic) -> bytes:
    """PCM of the first sound track. At most `most_s` seconds of sound, unpacked within `within_s`. Raises NotDecodable."""
    container = container_of(data)
    if not container:
        raise NotDecodable("unknown_format")
    if not is_whole(data, container):
        raise NotDecodable("malformed")
    out, deadline = bytearray(), clock() + within_s
    try:
        for pcm in _pieces(data, _DEMUXERS[container]):
            out += pcm
            if len(out) > most_s * RATE * 2:
                raise NotDecodable("too_long")
            if clock() > deadline:
                raise NotDecodable("too_slow")
    except NotDecodable:
        raise
    except Exception as error:  # av raises whatever a damaged file leads it to
        raise NotDecodable("malformed") from error
    return bytes(out)


def _pieces(data: bytes, demuxer: str) -> Iterator[bytes]:
    """One for each packet, also an empty one: the caller looks at its clock."""
    with av.open(io.BytesIO(data), format=demuxer) as file:
        if not file.streams.audio:
            raise NotDecodable("malformed")
        stream = file.streams.audio[0]
        if stream.codec_context is None or stream.codec_context.name not in _CODECS:
            raise NotDecodable("unknown_format")
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        for packet in file.demux(stream):
            yield b"".join(_resampled(resampler, frame) for frame in packet.decode())
        yield b"".join(frame.to_ndarray().tobytes() for frame in resampler.resample(None))


def _resampled(resampler: av.AudioResampler, frame: av.AudioFrame) -> bytes:
    if frame.sample_rate not in _RATES or not 0 < frame.layout.nb_channels <= _MOST_CHANNELS:
        raise NotDecodable("malformed")
    return b"".join(piece.to_ndarray().tobytes() for piece in resampler.resample(frame))
