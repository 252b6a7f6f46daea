"""Uploaded backgrounds and the sprites of photo presenters (threats 60, 61): the unguessable id is the key.

A photo presenter that is not active is seen by staff who may see it, and by nobody else (hiring_law 21).
"""

from asgiref.sync import sync_to_async
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from avatars.models import BackgroundPicture, PhotoPresenter
from avatars.presenter.format import FILES
from interview_site.media import ranged_response

# A picture never changes. A presenter's address changes with every build, but it may be withdrawn: an hour, then asked again.
_PICTURE_CACHE = "private, max-age=31536000, immutable"
_ART_CACHE = "private, max-age=3600"
_TYPES = {".json": "application/json", ".webp": "image/webp"}


async def background(request: HttpRequest, public_id: str) -> HttpResponseBase:
    picture = await sync_to_async(_picture)(public_id)
    return await ranged_response(request, picture.file, content_type="image/webp", cache_control=_PICTURE_CACHE)


def _picture(public_id: str) -> BackgroundPicture:
    found = BackgroundPicture.objects.filter(public_id=public_id[:40]).first()
    if found is None:
        raise Http404("There is no such picture.")
    return found


async def presenter_file(request: HttpRequest, public_id: str, version: str, file: str) -> HttpResponseBase:
    stored, open_to_all = await sync_to_async(_presenter_file)(request, public_id, version, file)
    return await ranged_response(
        request, stored, content_type=_TYPES[file[-5:]], cache_control=_ART_CACHE if open_to_all else "private, no-store"
    )


def _presenter_file(request: HttpRequest, public_id: str, version: str, file: str) -> tuple[FieldFile, bool]:
    """(the file, whether anybody with the address may have it). Wrong, withdrawn and forbidden look the same."""
    presenter = PhotoPresenter.objects.filter(public_id=public_id[:40]).exclude(art="").first()
    if presenter is None or file not in FILES or version != presenter.art_fingerprint[:16]:
        raise Http404("There is no such presenter.")
    active = presenter.state == PhotoPresenter.State.ACTIVE
    if not active and not (request.user.is_staff and request.user.has_perm("avatars.view_photopresenter")):
        raise Http404("There is no such presenter.")
    return FieldFile(presenter, PhotoPresenter._meta.get_field("picture"), f"{presenter.art}/{file}"), active
