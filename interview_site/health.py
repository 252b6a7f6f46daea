"""Can this site work? Short questions with short timeouts, asked from the health addresses and `manage.py doctor`."""

import asyncio
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection

TIMEOUT_S = 3.0
_FACTS: dict[str, list[Callable[[], bool]]] = {"models_loaded": [], "avatar_loaded": []}


def register_fact(name: str, is_true: Callable[[], bool]) -> None:
    """An app adds to `models_loaded` or `avatar_loaded` of `/api/health` from its `ready()`; called in a thread."""
    _FACTS[name].append(is_true)


def facts() -> dict[str, bool]:
    """Each fact is true when every app that knows about it says so; a fact that cannot be found out is false."""
    return {name: all(_quietly(ask) for ask in asked) for name, asked in _FACTS.items()}


def _quietly(ask: Callable[[], bool]) -> bool:
    try:
        return bool(ask())
    except Exception:  # a fault of an optional part is an answer here, never a fault of the health page
        return False


def database_answers() -> bool:
    """A fresh look at the database in the calling thread; its connection is given back."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except DatabaseError:
        return False
    finally:
        connection.close()


def broker_answers() -> bool:
    """True when the broker answers within a second; without a broker (single commands) nothing is missing."""
    if not settings.REDIS_URL:
        return settings.EMBEDDED
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            return bool(client.ping())
    except (redis.RedisError, ValueError):
        return False


async def within(ask: Callable[[], bool], timeout_s: float = TIMEOUT_S) -> bool:
    """Run a blocking question in a thread; no answer in time counts as no."""
    try:
        return await asyncio.wait_for(asyncio.to_thread(ask), timeout_s)
    except TimeoutError:
        return False


async def readiness() -> dict[str, bool]:
    """{"database": …, "broker": …}; the site is ready when both are true."""
    database, broker = await asyncio.gather(within(database_answers), within(broker_answers))
    return {"database": database, "broker": broker}
