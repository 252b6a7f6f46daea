"""Hints of the channel layer for one call: "please look again" (threats 6).

The consumer does not use Channels' built-in subscription, because that ends the socket when the broker is away. Here a lost
broker only costs the hints: the seat and the link are looked at with each heartbeat anyway (threats 29).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from channels.layers import get_channel_layer

log = logging.getLogger(__name__)
RETRY_S = 5.0

Take = Callable[[dict[str, Any]], Awaitable[None]]


async def follow(group: str, take: Take) -> None:
    """Hand each message of this group (`interview_site.notify`) to `take`, for ever; cancel it to stop."""
    while True:
        try:
            await _subscribed(group, take)
        except Exception as error:  # whatever the broker does: the call goes on, the hints come back
            log.warning("no hints", extra={"group": group, "fault": type(error).__name__})
        await asyncio.sleep(RETRY_S)


async def _subscribed(group: str, take: Take) -> None:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(group, channel)
    try:
        while True:
            await take(await layer.receive(channel))
    finally:
        await layer.group_discard(group, channel)
