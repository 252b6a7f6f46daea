"""Finished sound a video is to be made from: a speech of ours, or a file at somebody's address, judged before anything is sent.

A text-to-speech API's address is not a sound file, and a file behind a login is none for a provider: both were found out
minutes later by the provider once (HTTP_DOWNLOAD_FAILED). Here they are refused at once, in words that say what to do, and
what passes is downloaded by us: the provider is given our copy and never has to reach anybody (threats 47, 48, 58).
"""

import hashlib
import re
import tempfile
import wave
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import av
import numpy as np
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from avatars.models import Speech, VideoChunk
from avatars.speech import alignment_sound
from avatars.speech.alignment import Script
from avatars.speech.sound import to_samples, wav_bytes
from interview_site import outbound
from interview_site.errors import Category, ProviderError

RATE = 24_000  # ten minutes of it stay below the smallest upload limit of a provider
LEAST_MS, MOST_MS = 300, 600_000
MAX_BYTES = 50 * outbound.MIB
FETCH_S = 25.0  # somebody waits for the answer
# Hosts and paths that make speech for whoever has a key; a GET there is never a file.
_SPEECH_HOSTS = (
    "api.elevenlabs.io", "api.openai.com", "api.heygen.com", "video.a2e.ai", "video.a2e.com.cn", "texttospeech.googleapis.com",
    "api.cartesia.ai", "api.liveavatar.com", "tts.api.cloud.yandex.net",
)  # fmt: skip
_SPEECH_PATHS = re.compile(r"/(?:text-to-speech|audio/speech|send_tts|tts:synthesize|text:synthesize)(?:/|$)")
_SUFFIX = re.compile(r"\.(?:mp3|wav|m4a|ogg|oga|opus|flac|aac)$", re.IGNORECASE)
# What the first bytes say; a fixed demuxer each (threats 61, 62).
_FORMATS = (
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "wav"), (re.compile(rb"ID3|\xff[\xe0-\xff]"), "mp3"),
    (re.compile(rb"....ftyp", re.DOTALL), "mp4"), (re.compile(rb"OggS"), "ogg"), (re.compile(rb"fLaC"), "flac"),
)  # fmt: skip


class SoundRefused(ValueError):
    """This cannot be the sound of a video. The text is for the person who gave it: what is wrong, and what to give instead."""


@dataclass(frozen=True)
class GivenSound:
    """PCM16 mono at `rate`. `text` is what is said, "" when nobody told; `timeline` v1, None when nobody made one yet."""

    pcm16: bytes
    rate: int
    text: str = ""
    language: str = ""
    timeline: dict[str, Any] | None = field(default=None, compare=False)

    @property
    def duration_ms(self) -> int:
        return len(self.pcm16) * 1000 // (2 * self.rate)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(f"{self.rate}:".encode() + self.pcm16).hexdigest()

    @property
    def wav(self) -> bytes:
        return wav_bytes(self.pcm16, self.rate)

    def heard_timeline(self) -> dict[str, Any]:
        """The timeline there is, else one from listening alone: the lips move with the sound, no word is marked."""
        return self.timeline or dict(alignment_sound.timeline(to_samples(self.pcm16), self.rate, Script.of(())))


def from_speech(speech: Speech) -> GivenSound:
    """A speech we made. Raises SoundRefused when its file is gone."""
    return _ours(speech.audio.name or "", speech.text, speech.language, speech.timeline)


def from_chunk(chunk: VideoChunk) -> GivenSound:
    """The sound of a chunk, once it is made. Raises SoundRefused."""
    return _ours(chunk.audio.name or "", chunk.text, chunk.language, None)


def fetched(address: str) -> GivenSound:
    """The sound at a foreign address, downloaded by us. Raises SoundRefused."""
    _refuse_at_sight(address)
    with tempfile.TemporaryDirectory(prefix="sound-") as folder:
        path = Path(folder) / "sound"
        try:
            _download(address, path)
        except outbound.AddressRefused:
            raise SoundRefused(
                _("This address is private or cannot be used. Give the public http or https address of a sound file.")
            ) from None
        except outbound.TooLarge:
            raise SoundRefused(_too_large()) from None
        except ProviderError as error:
            if error.category != Category.CONNECTIVITY:
                raise
            raise SoundRefused(_("The server of this address does not answer. Check the address, or try again.")) from None
        return decoded(path)


def decoded(path: Path) -> GivenSound:
    """A file of speech as PCM16 mono at RATE, whatever it is called. Raises SoundRefused."""
    with path.open("rb") as file:
        head = file.read(16)
    kind = next((name for pattern, name in _FORMATS if pattern.match(head)), "")
    if not kind:
        raise SoundRefused(_("This is not a sound file that can be read. Give an MP3, WAV, M4A, OGG or FLAC file."))
    pieces: list[bytes] = []
    most, length = RATE * 2 * MOST_MS // 1000, 0
    try:
        with av.open(str(path), format=kind, options={"protocol_whitelist": "file"}) as container:
            to_ours = av.AudioResampler("s16", "mono", RATE)
            for frame in container.decode(audio=0):
                for part in to_ours.resample(frame):
                    pieces.append(np.ascontiguousarray(part.to_ndarray()).tobytes())
                    length += len(pieces[-1])
                if length > most:
                    raise SoundRefused(_too_long())
    except (av.FFmpegError, OSError, ValueError, IndexError) as error:
        if isinstance(error, SoundRefused):
            raise
        raise SoundRefused(_("This sound file is damaged: it cannot be read to its end. Give another one.")) from error
    return _checked(GivenSound(b"".join(pieces), RATE))


def _ours(name: str, text: str, language: str, timeline: dict[str, Any] | None) -> GivenSound:
    if not name or not default_storage.exists(name):
        raise SoundRefused(_("There is no such sound on this site any more. Make the speech again."))
    with default_storage.open(name) as file, wave.open(file) as sound:
        return _checked(GivenSound(sound.readframes(sound.getnframes()), sound.getframerate(), text, language, timeline))


def _checked(sound: GivenSound) -> GivenSound:
    if sound.duration_ms < LEAST_MS:
        raise SoundRefused(_("This sound is too short: there is nothing to hear."))
    if sound.duration_ms > MOST_MS:
        raise SoundRefused(_too_long())
    samples = to_samples(sound.pcm16)
    if float(np.abs(samples).max()) < 0.003:
        raise SoundRefused(_("This sound is silent: there is nothing to hear."))
    return sound


def _refuse_at_sight(address: str) -> None:
    """What can be told from the address alone."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not host:
        raise SoundRefused(_("Give the address of a finished sound file, such as https://example.com/speech.mp3."))
    # Their finished files have names of their own: https://api.example/files/x.mp3 may be one.
    if _SPEECH_PATHS.search(parts.path) or (host in _SPEECH_HOSTS and not _SUFFIX.search(parts.path)):
        raise SoundRefused(
            _(
                "This is the address of a text-to-speech service, not of a finished sound file. Make the speech first, then give "
                "the address of the file it answered with."
            )
        )


def _download(address: str, path: Path) -> None:
    with outbound.stream(
        "GET", address, max_bytes=MAX_BYTES, provider="sound", total_s=FETCH_S, headers={"Accept": "audio/*"}
    ) as answer:
        _judge(answer)
        with path.open("xb") as file:
            for piece in answer.chunks():
                file.write(piece)


def _judge(answer: outbound.Stream) -> None:
    """The answer's head. Raises SoundRefused."""
    if answer.status in (401, 403, 407):
        raise SoundRefused(_("The file at this address needs a login. Give an address that anybody can open."))
    if 300 <= answer.status < 400:
        raise SoundRefused(_("This address leads to another one, perhaps to a login page. Give the file's final address."))
    if answer.status != 200:
        raise SoundRefused(_("There is no file at this address: its server answered %(status)s.") % {"status": answer.status})
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not kind.startswith("audio/"):
        told = kind if re.fullmatch(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,60}", kind) else "?"
        raise SoundRefused(
            _("At this address is no sound file but %(kind)s. Give the address of an MP3 or WAV file.") % {"kind": told}
        )
    length = answer.headers.get("Content-Length", "").strip()
    if not (length.isascii() and length.isdigit()) or int(length[:12]) == 0:
        raise SoundRefused(
            _("The server does not say how long this file is, as a stream would. Give the address of a finished file.")
        )
    if int(length[:12]) > MAX_BYTES:
        raise SoundRefused(_too_large())


def _too_large() -> str:
    return _("The file at this address is larger than %(most)d MB.") % {"most": MAX_BYTES // outbound.MIB}


def _too_long() -> str:
    return _("This sound is longer than %(minutes)d minutes. Split it into several videos.") % {"minutes": MOST_MS // 60_000}
