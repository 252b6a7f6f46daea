"""The one door to the channel layer: "please look again" hints, never data that must arrive (threats 6).

Group names are known here only. Each send is retried once: after a broker restart the pub/sub layer raises once on a
stale pooled connection (voice_infra §4.1).
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

log = logging.getLogger(__name__)


def interview_group(public_id: str) -> str:
    return f"interview.{public_id}"


async def ainterview_changed(public_id: str, **hint: str | int) -> None:
    """Tell every socket of this interview to look again; `hint` are small ids only. Never raises."""
    message = {"type": "interview.changed", **hint}
    layer = get_channel_layer()
    for attempt in (1, 2):
        try:
            await layer.group_send(interview_group(public_id), message)
            return
        except Exception as error:  # a lost hint is not an error of the caller
            if attempt == 2:
                log.warning("hint lost", extra={"interview": public_id, "fault": type(error).__name__})
            await asyncio.sleep(0.05)


def interview_changed(public_id: str, **hint: str | int) -> None:
    """As `ainterview_changed`, from synchronous code."""
    async_to_sync(ainterview_changed)(public_id, **hint)


# --- Chunks of video in the making, live sessions of avatars: who waits looks again ------------------------------------

HINT_TIMEOUT_S = 2.0
Wait = Callable[[float], Awaitable[None]]


def chunk_group(public_id: str) -> str:
    return f"chunk.{public_id}"


def live_group(public_id: str) -> str:
    return f"live.{public_id}"


def live_line_group(public_id: str) -> str:
    """Heard by the process that holds the provider's socket of this session."""
    return f"live-line.{public_id}"


def chunk_changed(public_id: str) -> None:
    """Tell whoever waits for this chunk to look again. Never raises, never holds a worker for long."""
    _tell(chunk_group(public_id), {"type": "chunk.changed"})


def live_event(public_id: str, event: str, **data: str | int) -> None:
    """Tell every page of this live session: {"type": "live.event", "event": …}. Never raises, never holds a caller for long.

    Events: `idle_warning` (`seconds` left until it is closed for silence), `active` (the warning is void), `closed` (`reason`);
    `room` (the local presenter's room has changed: its rows tell how);
    in rooms where only the page can speak (LiveAvatar's FULL mode) `speak` (`text`, `id`) and `interrupt`: the page publishes
    `avatar.speak_text` or `avatar.interrupt` on the topic `agent-control` of the room.
    """
    _tell(live_group(public_id), {"type": "live.event", "event": event, **data})


def chunk_hints(public_id: str) -> AbstractAsyncContextManager[Wait]:
    """Gives `wait(seconds)`, which ends at the next hint about this chunk, or after so many seconds."""
    return _hints(chunk_group(public_id))


def live_hints(public_id: str) -> AbstractAsyncContextManager[Wait]:
    """As `chunk_hints`, about a live session."""
    return _hints(live_group(public_id))


def _tell(group: str, message: dict[str, str | int]) -> None:
    async def send() -> None:
        layer = get_channel_layer()
        for attempt in (1, 2):
            try:
                await asyncio.wait_for(layer.group_send(group, message), HINT_TIMEOUT_S)
                return
            except TimeoutError:
                raise
            except Exception:
                if attempt == 2:
                    raise

    try:
        async_to_sync(send)()
    except Exception as error:  # a lost hint: who waits looks by itself too
        log.warning("hint lost", extra={"group": group[:40], "fault": type(error).__name__})


@asynccontextmanager
async def _hints(group: str) -> AsyncIterator[Wait]:
    layer, channel = get_channel_layer(), ""
    try:
        channel = await layer.new_channel()
        await asyncio.wait_for(layer.group_add(group, channel), HINT_TIMEOUT_S)
    except Exception as error:
        log.warning("no hints", extra={"group": group[:40], "fault": type(error).__name__})
        channel = ""

    async def wait(seconds: float) -> None:
        try:
            if channel:
                await asyncio.wait_for(layer.receive(channel), seconds)
                return
        except TimeoutError:
            return
        except Exception as error:
            log.warning("no hints", extra={"group": group[:40], "fault": type(error).__name__})
        await asyncio.sleep(min(seconds, 0.25))

    try:
        yield wait
    finally:
        if channel:
            try:
                await asyncio.wait_for(layer.group_discard(group, channel), HINT_TIMEOUT_S)
            except Exception as error:
                log.warning("hints not ended", extra={"group": group[:40], "fault": type(error).__name__})
