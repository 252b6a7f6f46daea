"""Waiting for a chunk or a video in the making: on its row, without a database connection held open."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.db import connection

from avatars.models import AvatarGeneration, VideoChunk
from avatars.services.chunks import find_chunk
from interview_site.notify import chunk_hints

WAIT_S = 30.0
# Hints come from the worker; looking without one is for those that were lost.
LOOK_EVERY_S, LOOK_WITHOUT_BROKER_S = 1.0, 0.1
LOOK_AT_VIDEO_EVERY_S = 0.3
# Looks are short: a few threads serve any number of waiting clients.
_looking = ThreadPoolExecutor(max_workers=4, thread_name_prefix="chunk-look")


async def chunk_when(
    public_id: str, is_there: Callable[[VideoChunk], bool], *, wait_s: float = WAIT_S
) -> VideoChunk | None:
    """The chunk once `is_there` says yes, once it is finished, or as it stands after `wait_s`; None when there is none."""
    chunk = await _look(public_id)
    if chunk is None or chunk.is_finished or is_there(chunk):
        return chunk
    ends = time.monotonic() + wait_s
    every_s = LOOK_EVERY_S if settings.REDIS_URL else LOOK_WITHOUT_BROKER_S
    async with chunk_hints(public_id) as hint:
        while True:
            chunk = await _look(public_id)
            left_s = ends - time.monotonic()
            if chunk is None or chunk.is_finished or is_there(chunk) or left_s <= 0:
                return chunk
            await hint(min(every_s, left_s))


async def generation_when(public_id: str, *, wait_s: float) -> AvatarGeneration | None:
    """The video once it is finished or needs a person, or as it stands after `wait_s`; None when there is none."""
    ends = time.monotonic() + wait_s
    while True:
        video = await asyncio.get_running_loop().run_in_executor(_looking, _once, _find_video, public_id)
        left_s = ends - time.monotonic()
        if video is None or video.is_finished or video.state == AvatarGeneration.State.BLOCKED or left_s <= 0:
            return video
        await asyncio.sleep(min(LOOK_AT_VIDEO_EVERY_S, left_s))


def _find_video(public_id: str) -> AvatarGeneration | None:
    return AvatarGeneration.objects.defer("timeline", "settings", "text").filter(public_id=public_id).first()


async def _look(public_id: str) -> VideoChunk | None:
    return await asyncio.get_running_loop().run_in_executor(_looking, _once, find_chunk, public_id)


def _once(find: Callable[[str], Any], public_id: str) -> Any:
    try:
        return find(public_id)
    finally:
        connection.close()
