"""The sockets under the openai package for language models: limits that hold, over the house's client (openai_http).

A timeout of the HTTP library bounds one read; a server that trickles would stretch a call without end. Here every read
asks the exchange under way how much time and how many bytes are left, and another thread may cut it at any moment.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import httpcore2
import openai
from django.conf import settings

from interview_site.llm.endpoints import Endpoint
from interview_site.openai_http import HEADERS, http_client
from interview_site.outbound_socket import Policy, system_resolver

CONNECT_S = 5.0
MOST_BYTES = 4 * 1024 * 1024
_running = threading.local()


class Exchange:
    """The limits of one call; `cut` may come from any thread, also while another waits in a read."""

    def __init__(self, total_s: float) -> None:
        self.began = time.monotonic()
        self._end = self.began + total_s
        self._bytes = 0
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self.was_cut = False

    def until(self, seconds: float) -> None:
        """Move the end to `seconds` after the beginning."""
        self._end = self.began + seconds

    @property
    def left_s(self) -> float:
        return self._end - time.monotonic()

    @property
    def is_over(self) -> bool:
        return self.left_s <= 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Everything this thread reads and writes inside belongs to this exchange."""
        before = getattr(_running, "exchange", None)
        _running.exchange = self
        try:
            yield
        finally:
            _running.exchange = before

    def hold(self, connection: socket.socket) -> None:
        with self._lock:
            self._socket = connection
        if self.was_cut:
            self.cut()

    def received(self, count: int) -> None:
        """Raises httpcore2.ReadError when the answer is too big."""
        self._bytes += count
        if self._bytes > MOST_BYTES:
            raise httpcore2.ReadError("the answer is too big")

    def cut(self) -> None:
        """Wake whoever reads: the socket is shut down under the reader."""
        self.was_cut = True
        with self._lock:
            if self._socket is not None:
                try:
                    # Past TLS's own goodbye, which would wait for the other side.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
                except OSError:
                    pass  # it ended by itself


class _Stream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        exchange = _held(self._inner)
        piece = self._inner.read(max_bytes, _shortest(exchange, timeout, httpcore2.ReadTimeout))
        if exchange is not None:
            exchange.received(len(piece))
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _shortest(_held(self._inner), timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> "_Stream":
        limit = _shortest(_held(self._inner), timeout, httpcore2.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, limit))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore2.SyncBackend):
    """Resolves within the time that is left: the system's resolver knows no timeout of ours."""

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: Any = None, socket_options: Any = None
    ) -> httpcore2.NetworkStream:
        exchange = getattr(_running, "exchange", None)
        limit = _shortest(exchange, timeout, httpcore2.ConnectTimeout) or CONNECT_S
        policy = Policy((), frozenset(), system_resolver, resolve_s=limit, trusted=True)  # the operator wrote the address
        try:
            addresses = policy.check(host, port)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout("the name was not resolved in time") from error
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(str(error)) from error
        fault: Exception = httpcore2.ConnectError("no address")
        for address in addresses:
            limit = _shortest(exchange, timeout, httpcore2.ConnectTimeout)
            try:
                return _Stream(super().connect_tcp(address, port, limit, local_address, socket_options))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                fault = error
        raise fault


def _held(stream: httpcore2.NetworkStream) -> Exchange | None:
    exchange: Exchange | None = getattr(_running, "exchange", None)
    if exchange is not None:
        exchange.hold(stream.get_extra_info("socket"))
    return exchange


def _shortest(exchange: Exchange | None, timeout: float | None, past: type[Exception]) -> float | None:
    """What is left of the exchange, or `timeout` when that is shorter. Raises `past` when nothing is left."""
    if exchange is None:
        return timeout
    if exchange.was_cut or exchange.is_over:
        raise past("the time of this call is over")
    return min(exchange.left_s, timeout) if timeout is not None else exchange.left_s


def client(endpoint: Endpoint) -> openai.OpenAI:
    """The client of this server in this process; connections are kept and shared by threads."""
    return _client(endpoint, settings.OUTBOUND_PROXY, settings.OUTBOUND_CA_FILE, os.getpid())


@lru_cache(maxsize=16)
def _client(endpoint: Endpoint, proxy: str, ca_file: str, process: int) -> openai.OpenAI:
    return openai.OpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.api_key or "not-needed",  # the package refuses an empty key before any request (contract §2)
        max_retries=0,  # ours know the deadline
        timeout=openai.Timeout(None, connect=CONNECT_S, pool=CONNECT_S),
        default_headers=HEADERS,
        http_client=http_client(endpoint.base_url, is_local=endpoint.is_local, backend=_Backend()),
    )
