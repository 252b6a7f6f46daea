"""A server that stops says so: sockets flush first and are then closed with 1012 (threats 22, 28).

Daphne only cancels its applications when it is told to stop, and does not even wait for them while a connection is younger
than a second; a consumer would lose what it holds, and the page would see 1006. Here the consumer is told "disconnected", gets
a moment to store what it has, and then the page hears 1012. Daphne's reactor waits for that.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from daphne.ws_protocol import WebSocketProtocol

RESTART = 1012
FLUSH_S = 4.0  # flush and goodbye are shorter than what the supervisor grants the web part (supervisor.run.WEB_STOP_S)
DRAIN_S = 0.05
GOODBYE_S = 0.5  # for the close frame to leave and to be answered

log = logging.getLogger(__name__)
TOO_BIG = 1009
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def let_close_codes_through() -> None:
    """Let Daphne close with 1009 and 1012 (threats 28): autobahn's own check lets an application say only 1000 and 3000 up."""
    usual = WebSocketProtocol.serverClose

    def server_close(self: WebSocketProtocol, code: int | None = None) -> None:
        if code in (TOO_BIG, RESTART):
            self.sendCloseFrame(code=code)
        else:
            usual(self, code)

    WebSocketProtocol.serverClose = server_close


class ClosesOnRestart:
    """Wraps the application of the websockets of one process."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._open: set[_Socket] = set()
        self._reactor: object = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        self._hear_of_the_stop()
        socket = _Socket(receive, send)
        self._open.add(socket)
        try:
            await socket.run(self._application, scope)
        finally:
            self._open.discard(socket)

    async def close_all(self) -> None:
        """Flush and close every open socket; at most FLUSH_S + GOODBYE_S."""
        for fault in await asyncio.gather(*(socket.goodbye() for socket in list(self._open)), return_exceptions=True):
            if isinstance(fault, Exception):
                log.error("a socket could not be closed", extra={"fault": type(fault).__name__})

    def _hear_of_the_stop(self) -> None:
        """Once a running reactor: that of Daphne. Under another server cancelling is the only sign of a stop."""
        reactor = sys.modules.get("twisted.internet.reactor")
        if reactor is self._reactor or not getattr(reactor, "running", False):
            return
        from twisted.internet.defer import Deferred

        self._reactor = reactor
        reactor.addSystemEventTrigger(
            "before", "shutdown", lambda: Deferred.fromFuture(asyncio.ensure_future(self.close_all()))
        )


class _Socket:
    """One socket: a queue of our own stands between the server and the application."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._inbox: asyncio.Queue[Message] = asyncio.Queue(maxsize=1)  # one ahead: the server's queue does the holding
        self._is_over = False
        self._taken = 0  # messages handed on
        self._inner: asyncio.Future[None] | None = None
        self._pump: asyncio.Future[None] | None = None
        self._leaving: asyncio.Future[None] | None = None

    async def run(self, application: Application, scope: Message) -> None:
        self._inner = asyncio.ensure_future(application(scope, self._inbox.get, self._sent))
        self._pump = asyncio.ensure_future(self._take_in())
        try:
            # Waited for, not awaited: cancelling us must not cancel the application before it has flushed.
            await asyncio.wait({self._inner})
            if self._leaving is not None:
                await self._leaving
            await self._inner
        except asyncio.CancelledError:
            if self._is_over and self._leaving is None:
                self._inner.cancel()  # the page is gone and the application took too long
            else:
                await self.goodbye()
            raise
        finally:
            self._pump.cancel()

    async def goodbye(self) -> None:
        """Once, however often it is asked for."""
        if self._leaving is None:
            self._leaving = asyncio.ensure_future(self._goodbye())
        await asyncio.shield(self._leaving)

    async def _take_in(self) -> None:
        """Until the page is gone: an application that has closed still waits to hear of it."""
        while True:
            message = await self._receive()
            is_last = message["type"] == "websocket.disconnect"
            self._is_over = self._is_over or is_last
            await self._inbox.put(message)
            self._taken += 1
            if is_last:
                return

    async def _drain(self) -> None:
        """Until nothing came for DRAIN_S, at most ten times that: what is still on its way is sent again by the page."""
        for _ in range(10):
            before = self._taken
            await asyncio.sleep(DRAIN_S)
            if self._taken == before and self._inbox.empty():
                return

    async def _sent(self, message: Message) -> None:
        self._is_over = self._is_over or message["type"] == "websocket.close"
        await self._send(message)

    async def _goodbye(self) -> None:
        """1 what came is taken, 2 the application flushes, 3 the page hears 1012."""
        try:
            async with asyncio.timeout(FLUSH_S):
                await self._drain()
                self._pump.cancel()
                if not self._is_over:
                    await self._inbox.put({"type": "websocket.disconnect", "code": RESTART})
                await asyncio.wait({self._inner})
        except TimeoutError:
            log.error("a socket did not flush before the stop")
            self._pump.cancel()
            self._inner.cancel()
        if self._is_over:
            return
        await self._send({"type": "websocket.close", "code": RESTART})
        try:
            async with asyncio.timeout(GOODBYE_S):
                while (await self._receive())["type"] != "websocket.disconnect":
                    pass  # too late to be taken: the page keeps it and sends it again
        except TimeoutError:
            return
