"""The connecting half of the outbound client: resolve, judge, connect to what was judged, end at the deadline.

The check sits in the connection itself, between the resolver's answer and `connect`, so that nothing can resolve again in
between (threats 58).
"""

import concurrent.futures
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests.adapters
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.poolmanager import PoolManager
from urllib3.util.connection import create_connection

from interview_site import addresses

Resolver = Callable[[str, int], list[str]]
_resolving = concurrent.futures.ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolve")


class Refusal(ValueError):
    """The address is not allowed; the text is for the log and holds no address."""


def system_resolver(host: str, port: int) -> list[str]:
    """Every address of the name, in the system's order. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Policy:
    """Where connections may go. `trusted`: the operator wrote the address, nothing is judged."""

    networks: tuple[addresses.Network, ...]
    ports: frozenset[int]
    resolver: Resolver
    resolve_s: float
    trusted: bool = False

    def check(self, host: str, port: int) -> list[str]:
        """The checked addresses of `host`, in order. Raises Refusal; OSError or TimeoutError when it cannot be resolved."""
        found = _resolving.submit(self.resolver, host, port).result(timeout=self.resolve_s)
        if not found:
            raise OSError("no address")
        if not self.trusted:
            for text in found:
                self._judge(addresses.parse(text), port)
        return found

    def _judge(self, address: addresses.Address, port: int) -> None:
        if addresses.is_listed(address, self.networks):
            return
        if not addresses.is_public(address):
            raise Refusal("The name leads to an address that is not public.")
        if port not in self.ports:
            raise Refusal(f"Port {port} is not allowed.")


class Deadline:
    """Ends an exchange after `total_s` however the other side trickles: the socket is shut down under the reader."""

    def __init__(self, total_s: float) -> None:
        self._end = time.monotonic() + total_s
        self._total_s = total_s
        self._lock = threading.Lock()
        self._handles: list[socket.socket] = []
        self.past = False

    def hold(self, connection: socket.socket) -> None:
        """Remember a connection. A duplicate handle is kept, because TLS takes the original away from us."""
        with self._lock:
            self._handles.append(connection.dup())
        if self.past:
            self._cut()

    def raise_if_past(self) -> None:
        """Raises TimeoutError: an end of file after the cut must not look like the end of the body."""
        if self.past or time.monotonic() >= self._end:
            self.past = True
            raise TimeoutError("deadline")

    @contextmanager
    def running(self) -> Iterator[None]:
        timer = threading.Timer(max(self._end - time.monotonic(), 0.0), self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            with self._lock:
                for handle in self._handles:
                    handle.close()
                self._handles.clear()

    def _cut(self) -> None:
        self.past = True
        with self._lock:
            for handle in self._handles:
                try:
                    handle.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # it ended by itself


class GuardedAdapter(requests.adapters.HTTPAdapter):
    """One exchange, no retries; every new connection asks the policy first."""

    def __init__(self, policy: Policy, deadline: Deadline) -> None:
        self._guard = (policy, deadline)
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        policy, deadline = self._guard
        plain = type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": _guarded(HTTPConnection, policy, deadline)})
        secure = type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": _guarded(HTTPSConnection, policy, deadline)})
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": plain, "https": secure}


def _guarded(base: type[HTTPConnection], policy: Policy, deadline: Deadline) -> type[HTTPConnection]:
    class Guarded(base):  # type: ignore[misc, valid-type]
        def _new_conn(self) -> socket.socket:
            try:
                checked = policy.check(self._dns_host.rstrip("."), self.port)
            except TimeoutError as error:
                raise ConnectTimeoutError(self, "the name was not resolved in time") from error
            except OSError as error:
                raise NameResolutionError(self.host, self, socket.gaierror(str(error))) from error
            fault: OSError = OSError("no address")
            for address in checked:
                deadline.raise_if_past()
                try:
                    connection = create_connection((address, self.port), self.timeout, socket_options=self.socket_options)
                except TimeoutError as error:
                    raise ConnectTimeoutError(self, "connecting took too long") from error
                except OSError as error:
                    fault = error
                    continue
                deadline.hold(connection)
                return connection
            raise NewConnectionError(self, "the connection was refused") from fault

    return Guarded
