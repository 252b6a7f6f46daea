"""Background tasks that are held, and cancelled and awaited together: nothing is forgotten (style §5)."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)
CANCEL_AGAIN_S = 0.5


class Held:
    """`start` replaces a task of the same name. `close` may be called twice."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[Any]] = {}
        self._all: set[asyncio.Task[Any]] = set()

    def start(self, name: str, coroutine: Coroutine[Any, Any, Any]) -> None:
        self.stop(name)
        task = asyncio.create_task(coroutine, name=name)
        self._tasks[name] = task
        self._all.add(task)
        task.add_done_callback(self._done)

    def stop(self, name: str) -> None:
        """Cancel it if it runs; a task that stops itself goes on to its end."""
        task = self._tasks.pop(name, None)
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    def is_running(self, name: str) -> bool:
        return name in self._tasks and not self._tasks[name].done()

    async def close(self) -> None:
        """A library may swallow the first cancel (redis-py does while it connects): what goes on is cancelled again."""
        tasks = self._all - {asyncio.current_task()}
        while tasks:
            for task in tasks:
                task.cancel()
            _, tasks = await asyncio.wait(tasks, timeout=CANCEL_AGAIN_S)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._all.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a background task failed", extra={"task": task.get_name(), "fault": type(task.exception()).__name__})
