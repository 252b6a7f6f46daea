"""The one door to the channel layer: "please look again" hints, never data that must arrive (threats 6).

Group names are known here only. Each send is retried once: after a broker restart the pub/sub layer raises once on a
stale pooled connection (voice_infra §4.1).
"""

import asyncio
import logging

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
