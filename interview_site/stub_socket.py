"""The WebSocket of a stand-in service (`interview_site.stub_server`): one connection, read and written by its own thread.

    def talk(line: StubSocket) -> None:
        for message in line:                 # text frames as str, binary ones as bytes, until the other side has gone
            line.send_json({"heard": message})

`send*` may be called from any thread; after the end they do nothing.
"""

import json
import select
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from websockets.exceptions import InvalidState
from websockets.frames import Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

MAX_MESSAGE_BYTES = 8 * 1024 * 1024
TICK_S = 0.05


def refusal(headers: Mapping[str, str]) -> str:
    """Why this request is no wish for a WebSocket; "" when it is one."""
    if headers.get("upgrade", "").lower() != "websocket" or not headers.get("sec-websocket-key"):
        return "this address is a WebSocket"
    return ""


class StubSocket:
    """`head` is the request that asked for it, in bytes; `closing` ends it from outside."""

    def __init__(self, connection: socket.socket, head: bytes, closing: threading.Event) -> None:
        self._connection, self._closing, self._lock = connection, closing, threading.Lock()
        self._protocol = ServerProtocol(max_size=MAX_MESSAGE_BYTES)
        self._protocol.receive_data(head)
        self._pieces: list[bytes] = []
        self._is_text = True

    def accept(self) -> bool:
        """The handshake; False when it cannot be."""
        with self._lock:
            request = next(iter(self._protocol.events_received()), None)
            if request is None:
                return False
            self._protocol.send_response(self._protocol.accept(request))  # type: ignore[arg-type]
            self._flush()
        return self.is_open

    @property
    def is_open(self) -> bool:
        return self._protocol.state is State.OPEN

    def __iter__(self) -> Iterator[str | bytes]:
        """Messages as they come, until either side closes or the stand-in is stopped."""
        waiting = select.poll()  # not select(): a whole test run has more than 1,024 files open at times
        waiting.register(self._connection, select.POLLIN)
        while self.is_open and not self._closing.is_set():
            if not waiting.poll(TICK_S * 1000):
                continue
            try:
                data = self._connection.recv(65536)
            except OSError:
                data = b""
            with self._lock:
                self._protocol.receive_data(data) if data else self._protocol.receive_eof()
                frames = self._protocol.events_received()
                self._flush()
            for frame in frames:
                if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
                    self._pieces, self._is_text = [], frame.opcode is Opcode.TEXT
                if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
                    self._pieces.append(bytes(frame.data))
                    if frame.fin:
                        whole = b"".join(self._pieces)
                        yield whole.decode(errors="replace") if self._is_text else whole
            if not data:
                return

    def send(self, message: str | bytes) -> None:
        with self._lock:
            try:
                if isinstance(message, str):
                    self._protocol.send_text(message.encode())
                else:
                    self._protocol.send_binary(message)
            except InvalidState:
                return
            self._flush()

    def send_json(self, message: Any) -> None:
        self.send(json.dumps(message, ensure_ascii=False))

    def close(self, code: int = 1000, reason: str = "") -> None:
        """A proper end. May be called twice."""
        with self._lock:
            if self._protocol.state is State.OPEN:
                self._protocol.send_close(code, reason)
                self._flush()

    def drop(self) -> None:
        """The line is cut without a word, as when a network dies."""
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def _flush(self) -> None:
        try:
            for data in self._protocol.data_to_send():
                if data:
                    self._connection.sendall(data)
                else:
                    self._connection.shutdown(socket.SHUT_WR)
        except OSError:
            return
