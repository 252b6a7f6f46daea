"""Our own copies of a catalogue's pictures and voice samples: admin pages load nothing from foreign hosts (threats 58, 61).

Copied when somebody first looks, by the guarded client, a few at a time; judged by content, pictures encoded anew and small.
"""

import tempfile
import threading
from datetime import timedelta
from pathlib import Path

import av
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Q
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from PIL import Image

from avatars.models import CatalogueItem, new_speech_id
from avatars.services.pictures import MAX_BYTES, BadPicture, encoded, read_picture
from interview_site import outbound
from interview_site.errors import Category, ProviderError

THUMBNAIL = 320  # pixels of the longer side
MAX_SAMPLE_BYTES = 6 * outbound.MIB
LONGEST_SAMPLE_S = 120
FETCH_S = 8.0
ASK_AGAIN_AFTER = timedelta(hours=1)
WAIT_FOR_A_TURN_S = 20.0
# A page of pictures is sixty requests: no more than so many fetch at once in one process.
_turns = threading.BoundedSemaphore(6)


class NoCopy(Exception):
    """There is nothing to show: no address, a dead one, or not what it should be."""


def copy_of(item: CatalogueItem) -> FieldFile:
    """Our copy: WebP of an avatar's picture, MP3 or WAV of a voice's sample. Raises NoCopy."""
    if there := present_copy(item):
        return there
    address = item.sample_url if item.kind == CatalogueItem.Kind.VOICE else item.picture_url
    resting = item.copy_failed_at and timezone.now() - item.copy_failed_at < ASK_AGAIN_AFTER
    if not address or resting:
        raise NoCopy
    if not _turns.acquire(timeout=WAIT_FOR_A_TURN_S):
        raise NoCopy
    try:
        content, ending = _sound(address) if item.kind == CatalogueItem.Kind.VOICE else _picture(address)
    except (ProviderError, BadPicture, OSError, NoCopy) as error:
        CatalogueItem.objects.filter(pk=item.pk).update(copy_failed_at=timezone.now())
        raise NoCopy from error
    finally:
        _turns.release()
    item.copy = _kept(item, content, ending)
    return item.copy


def present_copy(item: CatalogueItem) -> FieldFile | None:
    """The copy that is here already."""
    return item.copy if item.copy and default_storage.exists(item.copy.name) else None


def keep_sound(item: CatalogueItem, address: str) -> FieldFile:
    """What `address` holds becomes the voice's sample. Raises NoCopy, ProviderError."""
    content, ending = _sound(address)
    item.copy = _kept(item, content, ending)
    return item.copy


def _kept(item: CatalogueItem, content: bytes, ending: str) -> str:
    name = default_storage.save(f"catalogue/{new_speech_id()}.{ending}", ContentFile(content))
    # Whoever was first is published; a copy whose file is gone is replaced.
    mine = CatalogueItem.objects.filter(pk=item.pk).filter(Q(copy="") | Q(copy=item.copy.name or ""))
    if mine.update(copy=name, copy_failed_at=None):
        return name
    default_storage.delete(name)
    published = CatalogueItem.objects.filter(pk=item.pk).values_list("copy", flat=True).first()
    if not published:
        raise NoCopy
    return published


def _picture(address: str) -> tuple[bytes, str]:
    picture = read_picture(_fetched(address, MAX_BYTES), least=16, largest=2_000)
    picture.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    return encoded(picture, quality=82), "webp"


def _sound(address: str) -> tuple[bytes, str]:
    """MP3 or WAV of at most two minutes, by what it holds."""
    content = _fetched(address, MAX_SAMPLE_BYTES)
    ending = "wav" if content[:4] == b"RIFF" and content[8:12] == b"WAVE" else "mp3"
    with tempfile.TemporaryDirectory(prefix="sample-") as folder:
        path = Path(folder) / "sample"
        path.write_bytes(content)
        try:
            with av.open(str(path), format=ending, options={"protocol_whitelist": "file"}) as container:
                lasts_s = (container.duration or 0) / 1_000_000
                if not container.streams.audio or not 0 < lasts_s <= LONGEST_SAMPLE_S:
                    raise NoCopy
                next(container.decode(container.streams.audio[0]))
        except (av.FFmpegError, StopIteration, ValueError) as error:
            raise NoCopy from error
    return content, ending


def _fetched(address: str, max_bytes: int) -> bytes:
    answer = outbound.request("GET", address, max_bytes=max_bytes, provider="catalogue", total_s=FETCH_S, read_s=FETCH_S)
    if answer.status != 200:
        raise ProviderError(f"status {answer.status}", category=Category.SERVER, provider="catalogue")
    return answer.body
