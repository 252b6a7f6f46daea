"""The storage threads: the only place where sound meets disk and database (design §4, design §9).

Own bounded threads, because `database_sync_to_async` has one for a whole process: a locked database or a slow disk stalls
those who store, nobody else. Inside them the database waits 2 s for a lock, then the frame is simply not acknowledged.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection

from interview_site.threads import StorageUnavailable

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
LOCK_WAIT_MS = 2_000
_pool: ThreadPoolExecutor | None = None
_pool_lock = threading.Lock()
_mine = threading.local()


async def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` in a storage thread. Raises StorageUnavailable when disk or database fail, else what `work` raises: nothing was
    acknowledged then, the page keeps its sound and tries again (threats 29)."""
    return await asyncio.get_running_loop().run_in_executor(_threads(), partial(_guarded, work, *args, **kwargs))


def shut_down() -> None:
    """End the storage threads after their present work, and their database connections (server stop, tests)."""
    global _pool
    with _pool_lock:
        pool, _pool = _pool, None
    if pool is not None:
        barrier = threading.Barrier(THREADS)
        for _ in range(THREADS):
            pool.submit(_leave, barrier)
        pool.shutdown(wait=True)


def _threads() -> ThreadPoolExecutor:
    global _pool
    with _pool_lock:
        if _pool is None:
            _pool = ThreadPoolExecutor(THREADS, thread_name_prefix="storage")
        return _pool


def _guarded(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        close_old_connections()
        _shorten_lock_wait()
        return work(*args, **kwargs)
    except (OSError, DatabaseError) as error:
        # One line for operators and alarms; the page is told that its sound is kept on the device.
        log.error("sound could not be stored", extra={"fault": type(error).__name__, "detail": str(error)[:200]})
        if isinstance(error, DatabaseError):
            connection.close()
        raise StorageUnavailable(type(error).__name__) from error


def _shorten_lock_wait() -> None:
    connection.ensure_connection()
    if getattr(_mine, "connection", None) is connection.connection:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA busy_timeout = {LOCK_WAIT_MS}")
        elif connection.vendor == "postgresql":
            cursor.execute(f"SET lock_timeout = {LOCK_WAIT_MS}")
            cursor.execute(f"SET statement_timeout = {LOCK_WAIT_MS * 2}")
    _mine.connection = connection.connection


def _leave(barrier: threading.Barrier) -> None:
    barrier.wait(timeout=10)  # one for each thread: none leaves before all have come
    connection.close()
