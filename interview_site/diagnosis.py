"""What `manage.py doctor` looks at: each finding says what is, and the remedy when it is not well (embedded.md)."""

import asyncio
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import redis
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.checks import CheckMessage, registry, run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from interview_site import checks, heartbeats

GIB = 1024**3
Level = Literal["ok", "warning", "fault"]


@dataclass(frozen=True)
class Finding:
    """`remedy` is empty when the level is ok."""

    level: Level
    what: str
    remedy: str = ""


def diagnose() -> Iterator[Finding]:
    """Every finding in turn; an examination that itself breaks is a finding, never a traceback."""
    for examine in EXAMINATIONS:
        try:
            yield from examine()
        except Exception as error:  # the outermost loop of a diagnosis
            yield Finding("fault", f"{examine.__name__} could not be examined: {type(error).__name__}", "See the log.")


def _settings() -> Iterator[Finding]:
    found = run_checks()
    yield from map(_found, found)
    if not found:
        yield Finding("ok", f"settings of {settings.SITE_MODE} mode, base address {settings.PUBLIC_BASE_URL}")


def _found(message: CheckMessage) -> Finding:
    level: Level = "fault" if message.is_serious() else "warning"
    return Finding(level, f"{message.id}: {message.msg}", str(message.hint or "") or "See docs/settings.md.")


def _voice_and_models() -> Iterator[Finding]:
    """What the apps examine too slowly for every command."""
    for check in sorted(registry.registry.get_checks(include_deployment_checks=True), key=lambda check: check.__name__):
        if checks.SLOW in check.tags:
            found = list(check(app_configs=None))
            yield from map(_found, found)
            if not found:
                yield Finding("ok", check.__name__.replace("_", " "))


def _database() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield Finding("fault", f"the database does not answer ({type(error).__name__})", "Check DATABASE_URL and the server.")
        return
    yield Finding("ok", f"database: {connection.vendor}")
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        yield Finding("fault", f"{len(pending)} migrations are not applied", "Run: manage.py migrate")
    if connection.vendor == "sqlite":
        yield from _sqlite()


def _sqlite() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    if mode == "wal":
        yield Finding("ok", f"SQLite {sqlite3.sqlite_version} keeps a write-ahead log")
    else:
        yield Finding("fault", f"SQLite's journal is {mode}", "Keep VAR_DIR on a local disk: a network folder has no WAL.")
    if connection.settings_dict["OPTIONS"].get("transaction_mode") != "IMMEDIATE":
        yield Finding("fault", "SQLite transactions are not IMMEDIATE", "Leave DATABASES of the settings as they are.")


def _broker() -> Iterator[Finding]:
    if not settings.REDIS_URL:
        remedy = "Start the site (script/server), or set REDIS_URL."
        yield Finding("fault", "no broker is running for this site", remedy)
        return
    with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
        try:
            info = client.info()
        except redis.RedisError as error:
            yield Finding("fault", f"the broker does not answer ({type(error).__name__})", "Check REDIS_URL and the server.")
            return
    yield Finding("ok", f"broker: {info.get('server_name', 'redis')} {info.get('redis_version', '')}")
    if info.get("aof_enabled"):
        if info.get("aof_last_write_status", "ok") == "ok":
            yield Finding("ok", "the broker appends to disk")
        else:
            yield Finding("fault", "the broker cannot write its append-only file", "Free disk space where it runs.")
    else:
        remedy = "Set `appendonly yes`: waiting rings survive a restart then (rows are re-rung in any case)."
        yield Finding("warning", "the broker keeps its queues in memory only", remedy)
    policy = info.get("maxmemory_policy", "noeviction")
    if policy == "noeviction":
        yield Finding("ok", "the broker evicts nothing")
    else:
        yield Finding("fault", f"the broker evicts keys ({policy})", "Set `maxmemory-policy noeviction`.")


def _channels() -> Iterator[Finding]:
    async def there_and_back() -> bool:
        layer, group, word = get_channel_layer(), f"doctor.{uuid.uuid4().hex}", uuid.uuid4().hex
        name = await layer.new_channel()
        await layer.group_add(group, name)
        await layer.group_send(group, {"type": "doctor", "word": word})
        answer = await asyncio.wait_for(layer.receive(name), 3)
        return answer.get("word") == word

    if not settings.REDIS_URL:
        return
    try:
        good = asyncio.run(there_and_back())
    except (TimeoutError, OSError, redis.RedisError):
        good = False
    if good:
        yield Finding("ok", "a message crossed the channel layer and came back")
    else:
        yield Finding("fault", "a message did not come back over the channel layer", "Check REDIS_URL (publish and subscribe).")


def _parts() -> Iterator[Finding]:
    for part in heartbeats.parts(up_s=heartbeats.LATE_S):
        seen = "never seen" if part.age_s is None else f"seen {part.age_s:.0f} s ago"
        if part.late:
            yield Finding("fault", f"{part.part} is late: {seen}", "Start it, or look at its last log lines.")
        else:
            yield Finding("ok", f"{part.part} {seen}")


def _disk() -> Iterator[Finding]:
    for folder in dict.fromkeys([settings.VAR_DIR, settings.MEDIA_ROOT, settings.RECORDING_DIR]):
        existing = next(each for each in [Path(folder), *Path(folder).parents] if each.exists())
        free = shutil.disk_usage(existing).free
        if free < GIB:
            remedy = "Free some: recordings stop being acknowledged when the disk is full."
            yield Finding("fault", f"{folder} has {free // 1024**2} MB left", remedy)
        else:
            yield Finding("ok", f"{folder} has {free / GIB:.1f} GB left")


def _timeouts() -> Iterator[Finding]:
    """A task still running when the broker delivers it again would be done twice (threats 5)."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    limit, visible = settings.CELERY_TASK_TIME_LIMIT, options["visibility_timeout"]
    if 2 * limit < visible:
        yield Finding("ok", f"tasks end after {limit} s at the latest, the broker gives them back after {visible} s")
    else:
        yield Finding(
            "fault", f"a task may run for {limit} s, the broker gives it back after {visible} s",
            "Keep CELERY_TASK_TIME_LIMIT below half of visibility_timeout.",
        )  # fmt: skip
    missing = [name for name in ("unacked_restore_interval", "unacked_restore_throttle") if name not in options]
    if missing:
        yield Finding("fault", f"the broker options lack {', '.join(missing)}", "Leave CELERY_BROKER_TRANSPORT_OPTIONS as it is.")


EXAMINATIONS: list[Callable[[], Iterator[Finding]]] = [
    _settings, _database, _broker, _timeouts, _channels, _parts, _disk, _voice_and_models,
]  # fmt: skip
