"""Threads of the call: the loop never waits for a database or an engine (design §4, §9).

`database_sync_to_async` would send every consumer of the process through one thread, so that one locked write stalls all
calls. Storing and speaking have bounded pools of their own.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connection

P = ParamSpec("P")
T = TypeVar("T")

BUSY_TIMEOUT_MS = 2000  # a locked database is told to the candidate after this, not after Django's 20 s

_store = ThreadPoolExecutor(max_workers=8, thread_name_prefix="call-store")
_speech = ThreadPoolExecutor(max_workers=4, thread_name_prefix="call-speech")
# Working ahead has one thread of its own: it never stands before a sentence that somebody waits for.
_ahead = ThreadPoolExecutor(max_workers=1, thread_name_prefix="call-ahead")


class StorageUnavailable(Exception):
    """The database is locked, full or away: nothing was stored, the same may be sent again."""


async def in_store(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a synchronous service. Raises StorageUnavailable, and whatever the service raises."""
    return await asyncio.get_running_loop().run_in_executor(_store, partial(_with_connection, function, args, kwargs))


async def in_speech(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a speech engine; cancelling the await leaves the thread to finish by its own time limits."""
    return await asyncio.get_running_loop().run_in_executor(_speech, partial(_with_connection, function, args, kwargs))


async def in_advance(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a speech engine for what may be needed later."""
    return await asyncio.get_running_loop().run_in_executor(_ahead, partial(_with_connection, function, args, kwargs))


def _with_connection(function: Callable[..., T], args: tuple, kwargs: dict) -> T:
    close_old_connections()
    try:
        if connection.vendor == "sqlite" and connection.connection is None:
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        return function(*args, **kwargs)
    except (OperationalError, InterfaceError) as error:
        raise StorageUnavailable(type(error).__name__) from error
    finally:
        close_old_connections()
