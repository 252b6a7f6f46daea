"""Words between processes: the one that holds a LITE session's socket hears what the others want said (design §3).

Text goes over the channel layer, never sound. The holder answers "here" at once and "done" when it is done; without a "here"
within HERE_S nobody holds the socket any more. One thread a process, started by its first use, and safe to use from any thread.
"""

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from channels.layers import get_channel_layer

from interview_site.notify import live_line_group

log = logging.getLogger(__name__)
HERE_S, DONE_S = 1.0, 20.0
START_S = 2.0
PARALLEL = 16
# Called in a thread with a command; returns what is answered.
Obey = Callable[[dict[str, Any]], dict[str, Any]]


class Unanswered(Exception):
    """Nobody holds that socket, or who held it has gone silent."""


class Relay:
    def __init__(self, obey: Obey) -> None:
        self._obey, self._pool = obey, ThreadPoolExecutor(PARALLEL, thread_name_prefix="lite-relay")
        self._starting, self._ready = threading.Lock(), threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._channel = ""
        self._groups: set[str] = set()
        self._waiting: dict[str, asyncio.Queue[dict[str, Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def listen(self, reference: str) -> None:
        """Commands for this session come here from now on. Without a channel layer only this process can speak in it."""
        self._groups.add(live_line_group(reference))
        self._start()
        if self._ready.wait(START_S):
            self._soon(self._join(live_line_group(reference)))

    def forget(self, reference: str) -> None:
        self._groups.discard(live_line_group(reference))
        if self._loop is not None and self._ready.is_set():
            self._soon(self._leave(live_line_group(reference)))

    def ask(self, reference: str, **command: Any) -> dict[str, Any]:
        """What the holder answers. Raises Unanswered."""
        self._start()
        if not self._ready.wait(START_S) or self._loop is None:
            raise Unanswered
        asked = asyncio.run_coroutine_threadsafe(self._ask(live_line_group(reference), command), self._loop)
        try:
            return asked.result(HERE_S + DONE_S + 1.0)
        except TimeoutError as error:
            raise Unanswered from error

    # --- In the thread ---

    def _start(self) -> None:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                run = self._loop.run_until_complete
                threading.Thread(target=run, args=(self._run(),), name="lite-relay", daemon=True).start()

    async def _run(self) -> None:
        """Hear for as long as the process lives; a broker that went away is joined again."""
        while True:
            try:
                layer = get_channel_layer()
                self._channel = await layer.new_channel()
                for group in list(self._groups):
                    await layer.group_add(group, self._channel)
                self._ready.set()
                while True:
                    self._take(await layer.receive(self._channel))
            except Exception as error:  # the outermost loop: the layer's faults are many, and it must go on
                log.warning("the relay of live sessions lost its channel", extra={"fault": type(error).__name__})
                self._ready.clear()
                await asyncio.sleep(1.0)

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "lite.answer":
            if (waiting := self._waiting.get(message["id"])) is not None:
                waiting.put_nowait(message)
            return
        task = asyncio.ensure_future(self._obeyed(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _obeyed(self, message: dict[str, Any]) -> None:
        try:
            await self._answered(message)
        except Exception as error:  # who asked counts silence as nobody there
            log.warning("a command of another process was not answered", extra={"fault": type(error).__name__})

    async def _answered(self, message: dict[str, Any]) -> None:
        await self._answer(message, stage="here")
        try:
            answer = await asyncio.get_running_loop().run_in_executor(self._pool, self._obey, message["command"])
        except Exception:
            log.exception("a command of another process failed")
            answer = {"fault": "server"}
        await self._answer(message, stage="done", answer=answer)

    async def _answer(self, message: dict[str, Any], **fields: Any) -> None:
        await get_channel_layer().send(message["reply"], {"type": "lite.answer", "id": message["id"], **fields})

    async def _ask(self, group: str, command: dict[str, Any]) -> dict[str, Any]:
        number, answers = secrets.token_hex(8), asyncio.Queue[dict[str, Any]]()
        self._waiting[number] = answers
        try:
            message = {"type": "lite.command", "id": number, "reply": self._channel, "command": command}
            await asyncio.wait_for(get_channel_layer().group_send(group, message), HERE_S)
            answer = await asyncio.wait_for(answers.get(), HERE_S)
            while answer["stage"] != "done":
                answer = await asyncio.wait_for(answers.get(), DONE_S)
            found: dict[str, Any] = answer["answer"]
            return found
        except Exception as error:  # silence, or any fault of the layer: its client has faults of its own kinds
            raise Unanswered from error
        finally:
            self._waiting.pop(number, None)

    async def _join(self, group: str) -> None:
        await get_channel_layer().group_add(group, self._channel)

    async def _leave(self, group: str) -> None:
        await get_channel_layer().group_discard(group, self._channel)

    def _soon(self, work: Any) -> None:
        """Wait for it a moment; a layer that is away is joined again by `_run`."""
        assert self._loop is not None
        try:
            asyncio.run_coroutine_threadsafe(work, self._loop).result(START_S)
        except Exception as error:
            log.warning("the relay could not change its groups", extra={"fault": type(error).__name__})
