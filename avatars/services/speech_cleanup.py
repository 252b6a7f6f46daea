"""Kept speech goes when nobody has used it for a month, and at once when it tells a person's name (threats 63, 77)."""

import logging
from collections.abc import Collection
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.utils import timezone

from avatars.models import LocalLine, Speech

log = logging.getLogger(__name__)
# A request to be forgotten is done after 30 days at the latest (hiring_law 12), also where nobody named the sentence.
UNUSED_FOR = timedelta(days=30)
BATCH = 500


def delete_unused_speech() -> int:
    """Delete speech not used for UNUSED_FOR; returns how many rows went. May run twice at once and be cut anywhere."""
    return _delete(Q(used_at__lt=timezone.now() - UNUSED_FOR), "unused")


def forget_sentences(sentences: Collection[str]) -> int:
    """Delete the speech of exactly these sentences, in every voice; returns how many rows went.

    Whoever still needs one makes it anew: a hit whose file is gone is a miss (services.speech).
    """
    return _delete(Q(text__in=list(sentences)), "forgotten") if sentences else 0


def forget_speech(pks: Collection[int]) -> int:
    """Delete these, but for those that another room of the local presenter still says; returns how many rows went."""
    said = LocalLine.objects.values("speech")
    return _delete(Q(pk__in=list(pks)) & ~Q(pk__in=said), "conversation over") if pks else 0


def _delete(which: Q, why: str) -> int:
    deleted = failed = last = 0
    while rows := list(Speech.objects.filter(which, pk__gt=last).order_by("pk").values_list("pk", "audio")[:BATCH]):
        last = rows[-1][0]
        gone = []
        for pk, name in rows:
            try:
                if name:
                    default_storage.delete(name)
            except OSError as error:  # the row stays, so that the next night finds the file again
                failed += 1
                log.warning("speech file not deleted", extra={"speech": pk, "fault": type(error).__name__})
                continue
            gone.append(pk)
        deleted += _matching(which, gone).delete()[0]
    if deleted or failed:
        log.info("speech deleted", extra={"why": why, "count": deleted, "failed": failed})
    return deleted


def _matching(which: Q, pks: list[int]) -> QuerySet[Speech]:
    """The condition once more: one that was used a moment ago keeps its row and makes its file anew."""
    return Speech.objects.filter(which, pk__in=pks)
