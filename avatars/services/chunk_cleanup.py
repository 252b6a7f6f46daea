"""Chunks and their files vanish an hour after they were asked for (docs/contracts/compat_api.md section 3)."""

import logging

from django.core.files.storage import default_storage
from django.utils import timezone

from avatars.models import VideoChunk

log = logging.getLogger(__name__)
AT_ONCE = 500
MOST_ROUNDS = 40


def delete_old_chunks() -> int:
    """Delete every chunk whose hour is over, files first; returns how many files went. May run twice at once.

    A file that cannot be deleted keeps its row, so that the next round finds it again.
    """
    files, passed = 0, 0
    for _round in range(MOST_ROUNDS):
        old = list(
            VideoChunk.objects.filter(expires_at__lte=timezone.now(), pk__gt=passed).order_by("pk")
            .values_list("pk", "video", "audio")[:AT_ONCE]
        )  # fmt: skip
        if not old:
            break
        passed = old[-1][0]
        gone = []
        for pk, *names in old:
            try:
                for name in filter(None, names):
                    default_storage.delete(name)
                    files += 1
            except OSError as error:
                log.warning("chunk file not deleted", extra={"chunk": pk, "fault": type(error).__name__})
                continue
            gone.append(pk)
        VideoChunk.objects.filter(pk__in=gone, expires_at__lte=timezone.now()).delete()
    if files:
        log.info("old chunks deleted", extra={"files": files})
    return files
