"""Waiting for a chunk in the making: on its row, by hints, without a database connection held open."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import connection

from avatars.models import VideoChunk
from avatars.services.chunks import find_chunk
from interview_site.notify import chunk_hints

WAIT_S = 30.0
# Hints come from the worker; looking without one is for those that were lost.
LOOK_EVERY_S, LOOK_WITHOUT_BROKER_S = 1.0, 0.1
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


async def _look(public_id: str) -> VideoChunk | None:
    return await asyncio.get_running_loop().run_in_executor(_looking, _look_once, public_id)


def _look_once(public_id: str) -> VideoChunk | None:
    try:
        return find_chunk(public_id)
    finally:
        connection.close()
