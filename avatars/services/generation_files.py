"""Our copy of a video and its sound: checked for size, type and duration, then published under a fresh name (threats 52)."""

from pathlib import Path

import av
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from avatars.models import new_speech_id
from avatars.providers.base import MAX_VIDEO_BYTES
from interview_site.errors import Category, ProviderError

LEAST_BYTES, LEAST_MS, MOST_MS = 1_000, 200, 30 * 60_000


class BadMedia(ProviderError):
    """What came is not a proper video. Worth fetching again."""

    def __init__(self, log_text: str, provider: str) -> None:
        super().__init__(log_text, category=Category.SERVER, provider=provider, code="bad_media")


def checked_duration_ms(path: Path, *, provider: str, sound_ms: int = 0) -> int:
    """The length of a real MP4 with picture and sound; `sound_ms` is how long the sound we gave lasts, 0 when unknown.

    Raises BadMedia for an error page, a cut file, a clip without sound, or one of another length.
    """
    size = path.stat().st_size if path.exists() else 0
    if not LEAST_BYTES <= size <= MAX_VIDEO_BYTES:
        raise BadMedia(f"a video of {size} bytes", provider)
    with path.open("rb") as file:
        if file.read(12)[4:8] != b"ftyp":
            raise BadMedia("the file is no MP4", provider)
    lasts_ms = _decoded_ms(path, provider)
    if not LEAST_MS <= lasts_ms <= MOST_MS:
        raise BadMedia(f"a video of {lasts_ms} ms", provider)
    if sound_ms and abs(lasts_ms - sound_ms) > max(1_500, sound_ms * 0.1):
        raise BadMedia(f"a video of {lasts_ms} ms for a sound of {sound_ms} ms", provider)
    return lasts_ms


def store_video(path: Path, fingerprint: str) -> str:
    """The name of our copy in the storage. No reader can meet half a file: nobody knows the name before the row has it."""
    with path.open("rb") as file:
        return default_storage.save(_name(fingerprint, "mp4"), File(file))


def store_sound(wav: bytes, fingerprint: str) -> str:
    return default_storage.save(_name(fingerprint, "wav"), ContentFile(wav))


def _name(fingerprint: str, ending: str) -> str:
    return f"generations/{fingerprint[:2]}/{fingerprint[:16]}-{new_speech_id()}.{ending}"


def _decoded_ms(path: Path, provider: str) -> int:
    """Where the last packet of the picture ends: a header may promise more than the file holds (threats 33, 62)."""
    try:
        # A fixed demuxer and the file protocol only: no playlist may lead elsewhere.
        with av.open(str(path), format="mp4", options={"protocol_whitelist": "file"}) as container:
            if not container.streams.video or not container.streams.audio:
                raise BadMedia("the video has no picture or no sound", provider)
            stream = container.streams.video[0]
            if next(container.decode(stream), None) is None:
                raise BadMedia("the video has no frame", provider)
            container.seek(0)
            end = 0.0
            for packet in container.demux(stream):
                if packet.pts is not None and packet.time_base:
                    end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            return round(end * 1000)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise BadMedia(f"the video cannot be read ({type(error).__name__})", provider) from error
