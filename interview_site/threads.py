"""Bounded threads beside an event loop: the loop never waits for a database or an engine (design §4, §9).

`database_sync_to_async` would send every consumer of the process through one thread, so that one locked write stalls all.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connection

P = ParamSpec("P")
T = TypeVar("T")

BUSY_TIMEOUT_MS = 2000  # a locked database is told to people after this, not after Django's 20 s


class StorageUnavailable(Exception):
    """The database (or the disk) is locked, full or away: nothing was stored, the same may be sent again."""


class Threads:
    """A pool with a name of its own, so that one kind of work never waits for another."""

    def __init__(self, name: str, most: int) -> None:
        self._pool = ThreadPoolExecutor(max_workers=most, thread_name_prefix=name)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a synchronous service; cancelling the await leaves the thread to finish by its own time limits.

        Raises StorageUnavailable, and whatever the service raises.
        """
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(_with_connection, function, args, kwargs))


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
