"""Listening again: any span of a recording as one WAV, put together while it is read (threats 60–61).

Nothing is copied: the header is computed and each take gives its slice. Between takes there is silence; for the whole
recording long gaps (a pause, another day) are shortened, and `player_ms` tells where a moment of the recording's clock is heard.
"""

import os
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from django.core.files import File

from transcription.models import Take
from transcription.services.sound import BYTES_PER_MS, WAV_HEADER_BYTES, wav_header
from transcription.services.takes import path_of
from transcription.takefile import read_pcm

LONG_GAP_MS = 2_000
SHORT_GAP_MS = 700
MOST_WAV_BYTES = 4_000_000_000  # the format counts with 32 bits


@dataclass(frozen=True)
class Piece:
    """`length` bytes of PCM heard at byte `at`; `path` None is silence. `clock_ms`: its place on the recording's clock."""

    at: int
    length: int
    clock_ms: int
    path: Path | None = None
    first: int = 0  # byte of the take's PCM


@dataclass(frozen=True)
class Sound:
    pieces: tuple[Piece, ...]
    pcm_bytes: int

    @property
    def duration_ms(self) -> int:
        return self.pcm_bytes // BYTES_PER_MS

    def player_ms(self, clock_ms: int) -> int:
        """Where a moment of the recording's clock is heard; a moment that was cut out is heard at the next sound."""
        for piece in self.pieces:
            if clock_ms < piece.clock_ms + piece.length // BYTES_PER_MS:
                return piece.at // BYTES_PER_MS + max(0, clock_ms - piece.clock_ms)
        return self.duration_ms


def sound_of(recording_key: str, start_ms: int = 0, end_ms: int | None = None) -> Sound:
    """[start, end) of the recording's clock; without `end_ms` the whole recording, long gaps shortened."""
    is_whole = end_ms is None
    pieces: list[Piece] = []
    at, clock_ms = 0, start_ms
    takes = list(Take.objects.filter(recording__owner_key=recording_key, bytes__gt=0).order_by("offset_ms", "number"))
    for index, take in enumerate(takes):
        ends_ms = take.offset_ms + take.bytes // BYTES_PER_MS
        # Two devices at once: the one that began later is heard from its beginning on.
        later = takes[index + 1].offset_ms if index + 1 < len(takes) else ends_ms
        first_ms = max(clock_ms, take.offset_ms)
        last_ms = min(ends_ms, max(later, take.offset_ms), ends_ms if is_whole else end_ms)
        if last_ms <= first_ms:
            continue
        gap_ms = first_ms - clock_ms
        if is_whole:
            gap_ms = 0 if not pieces else min(gap_ms, SHORT_GAP_MS) if gap_ms > LONG_GAP_MS else gap_ms
        if gap_ms:
            pieces.append(Piece(at, gap_ms * BYTES_PER_MS, first_ms - gap_ms))
            at += gap_ms * BYTES_PER_MS
        length = min((last_ms - first_ms) * BYTES_PER_MS, MOST_WAV_BYTES - at)
        pieces.append(Piece(at, length, first_ms, path_of(take), (first_ms - take.offset_ms) * BYTES_PER_MS))
        at += length
        clock_ms = last_ms
    if not is_whole and pieces and end_ms > clock_ms:
        rest = min((end_ms - clock_ms) * BYTES_PER_MS, MOST_WAV_BYTES - at)
        pieces.append(Piece(at, rest, clock_ms))
        at += rest
    return Sound(tuple(pieces), at)


class WavFile(File):
    """A `Sound` as a file for `interview_site.media.ranged_response`: sized, seekable, read piece by piece."""

    def __init__(self, sound: Sound, name: str) -> None:
        super().__init__(None, name)
        self.sound = sound
        self._header = wav_header(sound.pcm_bytes)
        self._starts = [piece.at for piece in sound.pieces]
        self._position = 0
        self._fd, self._open_path = -1, None

    @property
    def size(self) -> int:
        return WAV_HEADER_BYTES + self.sound.pcm_bytes

    @property
    def closed(self) -> bool:
        return False

    def open(self, mode: str | None = None) -> "WavFile":
        self._position = 0
        return self

    def seek(self, position: int) -> int:
        self._position = position
        return position

    def tell(self) -> int:
        return self._position

    def read(self, count: int = -1) -> bytes:
        left = self.size - self._position if count < 0 else min(count, self.size - self._position)
        parts = []
        while left > 0:
            part = self._part(left)
            if not part:
                break
            parts.append(part)
            self._position += len(part)
            left -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd, self._open_path = -1, None

    def _part(self, most: int) -> bytes:
        if self._position < WAV_HEADER_BYTES:
            return self._header[self._position :][:most]
        at = self._position - WAV_HEADER_BYTES
        piece = self.sound.pieces[bisect_right(self._starts, at) - 1]
        within = at - piece.at
        length = min(most, piece.length - within)
        if piece.path is None:
            return bytes(length)
        found = read_pcm(self._descriptor(piece.path), piece.first + within, length)
        # A file that has become shorter must not shift what follows it.
        return found or bytes(length)

    def _descriptor(self, path: Path) -> int:
        if self._open_path != path:
            self.close()
            try:
                self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                self._fd = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
            self._open_path = path
        return self._fd


def wav_for(recording_key: str, start_ms: int = 0, end_ms: int | None = None) -> WavFile | None:
    """A WAV of the span (or of all), None when there is no sound in it."""
    sound = sound_of(recording_key, start_ms, end_ms)
    if not any(piece.path for piece in sound.pieces):
        return None
    return WavFile(sound, f"{recording_key}-{start_ms}-{end_ms}-{sound.pcm_bytes}.wav")
