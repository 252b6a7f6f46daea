"""What a chunk looks like: the profile's presenter, background and clothes in the size set for other sites."""

from collections.abc import Mapping

from django.conf import settings as site

from avatars.render.clip import SIZES
from avatars.render.stage import Look
from avatars.services.presenters import art_for_renderer


def look_of_chunk(settings: Mapping[str, object]) -> Look:
    """The look a snapshot asks for; a wrong or old value is replaced by the usual one."""
    width, height = SIZES.get(str(settings.get("chunk_size") or site.CHUNK_VIDEO_SIZE), SIZES["480x480"])
    art = art_for_renderer(settings)
    return Look(art.presenter, width, height, art.background, art.clothes, art.picture, art.folder)
