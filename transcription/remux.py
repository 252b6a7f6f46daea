"""What a browser's MediaRecorder wrote → the same packets with an index: a player can jump. No Django, nothing is decoded.

MediaRecorder streams: its WebM has neither length nor cues, its MP4 is in fragments. The demuxer is fixed by the first bytes, it
gets an open file and no protocol, and only browsers' own codecs are taken (threats 62).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av

from transcription.containers import MP4, WEBM

_DEMUXERS = {WEBM: "matroska", MP4: "mp4"}
_OPTIONS = {WEBM: {}, MP4: {"movflags": "+faststart"}}
_CODECS = {
    WEBM: frozenset(("vp8", "vp9", "av1", "opus", "vorbis")),
    MP4: frozenset(("h264", "hevc", "vp9", "av1", "aac", "opus")),
}
_ALIVE_PACKETS = 5_000
TOLERANCE = 0.02  # of the length (threats 33)
TOLERANCE_MS = 500


class RemuxFailed(Exception):
    """The original is no recording of a camera, or the file made of it is not the same."""


@dataclass(frozen=True)
class Content:
    """What is in a file: packets of all tracks, their bytes, and from the first moment to the last in ms."""

    packets: int
    bytes: int
    duration_ms: int


def remux(source: Path, target: Path, *, container: str, alive: Callable[[], None] = lambda: None) -> Content:
    """Copy every packet of `source` into `target`, then read `target` back and compare. Raises RemuxFailed, OSError.

    A source that was cut (the tab was killed) gives what is whole in it. `alive` is called now and then.
    """
    if container not in _DEMUXERS:
        raise RemuxFailed("neither WebM nor MP4")
    try:
        written = _copy(source, target, container, alive)
        found = _content(target, container)
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise RemuxFailed(f"{type(error).__name__}: {error}") from error
    same = (found.packets, found.bytes) == (written.packets, written.bytes)
    off_ms = abs(found.duration_ms - written.duration_ms)
    if not same or off_ms > max(TOLERANCE_MS, written.duration_ms * TOLERANCE):
        raise RemuxFailed(f"{found} came out of {written}")
    return found


def _copy(source: Path, target: Path, container: str, alive: Callable[[], None]) -> Content:
    tally = _Tally()
    with source.open("rb") as raw, av.open(raw, format=_DEMUXERS[container]) as given:
        tracks = [*given.streams.video[:1], *given.streams.audio[:1]]
        if not given.streams.video or any(_codec(track) not in _CODECS[container] for track in tracks):
            raise RemuxFailed("not a browser's recording of a camera")
        with av.open(str(target), "w", format=container, options=_OPTIONS[container]) as made:
            copies = {track.index: made.add_stream_from_template(track) for track in tracks}
            try:
                for packet in given.demux(tracks):
                    if packet.dts is None:  # the demuxer's goodbye
                        continue
                    tally.add(packet)
                    packet.stream = copies[packet.stream.index]
                    made.mux(packet)
                    if tally.packets % _ALIVE_PACKETS == 0:
                        alive()
            except (av.EOFError, av.InvalidDataError):
                pass  # the end of a recording that was cut
    if not tally.packets:
        raise RemuxFailed("nothing is in it")
    return tally.content()


def _content(path: Path, container: str) -> Content:
    tally = _Tally()
    with path.open("rb") as raw, av.open(raw, format=_DEMUXERS[container]) as file:
        if not file.duration:
            raise RemuxFailed("the file made has no length")
        for packet in file.demux():
            if packet.dts is not None:
                tally.add(packet)
    return tally.content()


def _codec(track: av.stream.Stream) -> str:
    return track.codec_context.name if track.codec_context is not None else ""


class _Tally:
    def __init__(self) -> None:
        self.packets = self.bytes = 0
        self._first: float | None = None
        self._last = 0.0

    def add(self, packet: av.Packet) -> None:
        at = float((packet.pts if packet.pts is not None else packet.dts) * packet.time_base)
        self.packets += 1
        self.bytes += packet.size
        self._first = at if self._first is None else min(self._first, at)
        self._last = max(self._last, at)

    def content(self) -> Content:
        return Content(self.packets, self.bytes, int((self._last - (self._first or 0.0)) * 1000))
