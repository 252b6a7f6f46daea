"""A presenter from a portrait: take the picture, propose points, build sprites, activate with a licence (hiring_law 21)."""

import hashlib
import json
import logging
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import cast

from django.contrib.auth.models import AbstractBaseUser, User
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from avatars.models import PhotoPresenter, new_speech_id
from avatars.presenter.format import FILES
from avatars.presenter.photo_points import ENGINE, WrongPoints, read_points
from avatars.services.pictures import LEAST_PORTRAIT, PORTRAIT_SIDE, encoded, read_picture
from interview_site import due
from interview_site.rings import ring

log = logging.getLogger(__name__)
LEASE_S = 120
RENEW_EVERY_S = 1.0
MAX_ATTEMPTS = 4
State = PhotoPresenter.State
# A licence document: by its first bytes, never by its name.
_DOCUMENTS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class NotReady(ValueError):
    """Cannot be activated. `reason`: "licence", "building" or "points"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def take_portrait(presenter: PhotoPresenter, content: bytes) -> None:
    """Keep our own encoding of a portrait and propose points for it (not saved yet). Raises BadPicture."""
    # Imported here, as in `_draw`: a page process without portraits does without OpenCV in memory.
    import numpy as np

    from avatars.presenter.photo_proposal import propose

    picture = read_picture(content, least=LEAST_PORTRAIT, largest=PORTRAIT_SIDE)
    proposal = propose(np.ascontiguousarray(np.asarray(picture)[..., ::-1]))
    by = PhotoPresenter.PointsBy
    presenter.points = proposal.points
    presenter.points_by = by.LAYOUT if not proposal.faces else by.DETECTOR if proposal.faces == 1 else by.SEVERAL
    presenter.width, presenter.height = picture.size
    presenter.picture = default_storage.save(f"portraits/{new_speech_id()}.webp", ContentFile(encoded(picture, quality=95)))


def fingerprint_of(presenter: PhotoPresenter) -> str:
    """Of everything that decides how the sprites look."""
    parts = [ENGINE, presenter.picture.name, presenter.points]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def order_build(presenter: PhotoPresenter) -> bool:
    """Ask for sprites when there are none of this picture and these points. True when a build was asked for.

    Points that cannot be a face wait for the person who sets them.
    """
    try:
        read_points(presenter.points, presenter.width, presenter.height)
    except WrongPoints:
        PhotoPresenter.objects.filter(pk=presenter.pk).update(due_at=None, lease_until=None)
        return False
    if presenter.art and presenter.art_fingerprint == fingerprint_of(presenter):
        return False
    PhotoPresenter.objects.filter(pk=presenter.pk).update(
        due_at=timezone.now(), lease_until=None, attempts=0, crashes=0, progress=0, last_error=""
    )
    presenter.refresh_from_db()
    ring("avatars.tasks.build_photo_presenter", presenter.pk, queue_name="render")
    return True


def build(pk: int) -> None:
    """Build the sprites of one row that is due. Safe to run twice and to be killed anywhere: what is shown changes last."""
    before = PhotoPresenter.objects.filter(pk=pk).values_list("lease_until", flat=True).first()
    if not PhotoPresenter.claim(pk, lease_s=LEASE_S):
        return
    presenter = PhotoPresenter.objects.get(pk=pk)
    if before is not None:
        presenter.crashes += 1
        PhotoPresenter.objects.filter(pk=pk).update(crashes=presenter.crashes)
        if presenter.crashes >= due.MAX_CRASHES:
            _give_up(presenter, "crashed")
            return
    wanted = fingerprint_of(presenter)
    try:
        with tempfile.TemporaryDirectory(prefix="presenter-") as place:
            _draw(presenter, wanted, Path(place))
            art = _publish(presenter, wanted, Path(place))
    except WrongPoints as error:
        _give_up(presenter, f"points: {error}")
    except (OSError, ValueError, ArithmeticError) as error:
        log.warning("presenter not built", extra={"presenter": pk, "fault": type(error).__name__})
        if presenter.attempts >= MAX_ATTEMPTS:
            _give_up(presenter, type(error).__name__)
        else:
            later = timezone.now() + timedelta(seconds=due.backoff_s(presenter.attempts))
            PhotoPresenter.objects.filter(pk=pk).update(due_at=later, lease_until=None, last_error=type(error).__name__)
    else:
        PhotoPresenter.objects.filter(pk=pk).update(art=art, art_fingerprint=wanted)
        # Only if nobody moved a point meanwhile: then the row stays due and is built again.
        now = PhotoPresenter.objects.get(pk=pk)
        done = fingerprint_of(now) == wanted
        PhotoPresenter.objects.filter(pk=pk, due_at=now.due_at).update(
            lease_until=None, progress=100, last_error="", **({"due_at": None} if done else {})
        )


def _draw(presenter: PhotoPresenter, fingerprint: str, folder: Path) -> None:
    import numpy as np
    from PIL import Image

    from avatars.presenter.photo import PhotoFace
    from avatars.presenter.photo_atlas import build_photo_presenter

    with presenter.picture.open("rb") as file, Image.open(file, formats=["WEBP"]) as picture:
        photo = np.ascontiguousarray(np.asarray(picture.convert("RGB"))[..., ::-1])
    points = read_points(presenter.points, photo.shape[1], photo.shape[0])
    told = time.monotonic()

    def progress(percent: int) -> None:
        nonlocal told
        if time.monotonic() - told > RENEW_EVERY_S:
            told = time.monotonic()
            PhotoPresenter.renew(presenter.pk, lease_s=LEASE_S)
            PhotoPresenter.objects.filter(pk=presenter.pk).update(progress=percent)

    build_photo_presenter(PhotoFace(photo, points), folder, name=presenter.name, fingerprint=fingerprint[:16], progress=progress)


def _publish(presenter: PhotoPresenter, fingerprint: str, folder: Path) -> str:
    """The folder in our storage. A fresh name each time: no reader meets half a build."""
    art = f"presenters/{presenter.public_id}/{fingerprint[:16]}-{new_speech_id()[:8]}"
    for name in FILES:
        with (folder / name).open("rb") as file:
            default_storage.save(f"{art}/{name}", File(file))
    return art


def _give_up(presenter: PhotoPresenter, reason: str) -> None:
    PhotoPresenter.objects.filter(pk=presenter.pk).update(due_at=None, lease_until=None, last_error=reason)


def activate(presenter: PhotoPresenter, *, by: AbstractBaseUser) -> None:
    """draft, retired → active. `by` confirms the licence with it. Raises NotReady; the database holds the rule too."""
    presenter.refresh_from_db()
    if not presenter.licence_kind or not (presenter.licence_text.strip() or presenter.licence_file):
        raise NotReady("licence")
    if presenter.is_building:
        raise NotReady("building")
    if not presenter.art or presenter.art_fingerprint != fingerprint_of(presenter):
        raise NotReady("points")
    now = timezone.now()
    PhotoPresenter.objects.filter(pk=presenter.pk).exclude(state=State.ACTIVE).update(
        state=State.ACTIVE, licence_confirmed_by=cast(User, by), licence_confirmed_at=now, updated_at=now
    )
    presenter.refresh_from_db()


def retire(presenter: PhotoPresenter) -> bool:
    """active → retired: shown nowhere from now on. False when it was not active."""
    moved = PhotoPresenter.objects.filter(pk=presenter.pk, state=State.ACTIVE).update(
        state=State.RETIRED, updated_at=timezone.now()
    )
    presenter.refresh_from_db()
    return moved == 1


def document_type(content: bytes) -> str | None:
    """The type of a licence document by its content; None for anything we do not keep."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _DOCUMENTS.items() if content.startswith(start)), None)
