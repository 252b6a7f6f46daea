"""A stand-in for somebody else's HTTP service on loopback: for tests, and for working without keys. Never part of the site.

    routes = Routes()

    @routes.on("GET", "/v1/things/{id}")
    def thing(call: Call) -> Reply:
        return Reply({"id": call.names["id"]})

    with StubServer(routes) as stub:
        stub.break_next("GET /v1/things/{id}", faults.lost())
        ask(stub.url)
        assert stub.calls("GET /v1/things/*")[0].headers["authorization"] == "Bearer k"

Every request is written down in `stub.ledger`, faulty ones too. A fault takes the request and the work that would be done,
and answers as badly as it was told to (`interview_site.stub_faults`); a reply's body may be a stream of pieces, or a WebSocket
(`Reply.talk`, `interview_site.stub_socket`).
"""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from interview_site.stub_socket import StubSocket, refusal

NO_ANSWER = -1
MAX_BODY_BYTES = 200 * 1024 * 1024


@dataclass
class Call:
    """One request. `headers` have small letters; `names` are the parts of the path in braces; `status` is what was answered,
    0 while it is under way, NO_ANSWER when the connection was closed without a word."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    at: float
    names: dict[str, str] = field(default_factory=dict)
    status: int = 0

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"

    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass
class Reply:
    """An answer. A dict or list is sent as JSON, bytes as they are, an iterable of bytes as a stream, piece by piece.

    `wait_s` passes before the first byte. With `cut_after` only so many bytes are sent of the length that was announced;
    with `drop` the connection is closed without a word. A stream is ended by an exception of its own as if cut.
    `talk` makes the connection a WebSocket and is called with it until it returns; a client that asked for none gets 426.
    """

    body: Any = b""
    status: int = 200
    kind: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    cut_after: int | None = None
    drop: bool = False
    talk: Callable[[StubSocket], None] | None = None

    @property
    def is_stream(self) -> bool:
        return not isinstance(self.body, bytes | str | dict | list | tuple | int | float | bool | None)

    def data(self) -> bytes:
        """The body in bytes (of one that is no stream)."""
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body, ensure_ascii=False).encode()

    def content_type(self) -> str:
        if self.kind:
            return self.kind
        if self.is_stream:
            return "text/event-stream"
        return "application/octet-stream" if isinstance(self.body, bytes) else "application/json"


Work = Callable[[Call], Reply]
# A fault is given the request and the work that a healthy service would do.
Fault = Callable[[Call, Callable[[], Reply]], Reply]


def events(items: Iterable[Any], *, done: str = "[DONE]") -> Iterator[bytes]:
    """Server-sent events: each item as JSON, then `done` when it is not empty."""
    for item in items:
        text = item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)
        yield f"data: {text}\n\n".encode()
    if done:
        yield f"data: {done}\n\n".encode()


class Routes:
    """What a service answers: (method, path with {names}) → work."""

    def __init__(self) -> None:
        self.table: list[tuple[str, re.Pattern[str], str, Work]] = []
        self._server: StubServer | None = None
        self.prefix = ""

    @property
    def server(self) -> "StubServer":
        """The server it is mounted on: its ledger, its faults."""
        assert self._server is not None, "the routes are not mounted"
        return self._server

    def on(self, method: str, path: str) -> Callable[[Work], Work]:
        def keep(work: Work) -> Work:
            self.add(method, path, work)
            return work

        return keep

    def add(self, method: str, path: str, work: Work) -> None:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))
        self.table.append((method, re.compile(pattern), path, work))

    def paths(self) -> list[str]:
        return [f"{method} {path}" for method, _pattern, path, _work in self.table]

    def url(self, path: str) -> str:
        """An address of this service for its own answers."""
        return f"{self.server.url}{self.prefix}{path}"


class StubServer:
    """Answers on 127.0.0.1 in threads, from `with` on. `missing` is the answer for a path nobody has."""

    def __init__(self, *routes: Routes, host: str = "127.0.0.1", port: int = 0) -> None:
        self.lock = threading.RLock()
        self.closing = threading.Event()
        self.ledger: list[Call] = []
        self.missing = Reply({"error": "not found"}, status=404)
        self._faults: list[tuple[str, Fault, int]] = []
        self._mounted: list[Routes] = []
        self._http = _Server((host, port), self)
        self._thread: threading.Thread | None = None
        self.url = f"http://{host}:{self._http.server_port}"
        for table in routes:
            self.mount(table)

    def mount(self, routes: Routes, prefix: str = "") -> str:
        """Add a service below `prefix`; returns its base address."""
        routes._server, routes.prefix = self, prefix
        self._mounted.append(routes)
        return self.url + prefix

    def start(self) -> Self:
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop at once: whoever still waits for a slow answer is cut off. May be called twice."""
        if self.closing.is_set():
            return
        self.closing.set()
        if self._thread is not None:
            self._http.shutdown()
        self._http.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.close()

    # --- The script of faults ---

    def break_next(self, line: str, *faults: Fault, times: int = 1) -> None:
        """The next requests that match `line` meet these faults in order, each `times` (−1: for ever).

        `line` is "METHOD /path": with the braces of its route, with `*` for anything, or "*" for every request.
        """
        with self.lock:
            self._faults += [(line, fault, times) for fault in faults]

    def heal(self) -> None:
        """No more faults."""
        with self.lock:
            self._faults.clear()

    def calls(self, line: str = "*") -> list[Call]:
        """What was asked, oldest first; `line` as for `break_next`, but of the real path."""
        with self.lock:
            return [call for call in self.ledger if fnmatchcase(call.line, line)]

    def answer(self, call: Call) -> Reply:
        """The reply for a request, made by its route and spoiled by the script."""
        found = self._found(call)
        with self.lock:
            self.ledger.append(call)
            fault = self._fault(call, found[0] if found else "")

        def work() -> Reply:
            return found[1](call) if found else self.missing

        return fault(call, work) if fault else work()

    def _found(self, call: Call) -> tuple[str, Work] | None:
        for routes in self._mounted:
            if not call.path.startswith(routes.prefix + "/"):
                continue
            for method, pattern, path, work in routes.table:
                match = pattern.fullmatch(call.path[len(routes.prefix) :])
                if match and method == call.method:
                    call.names = match.groupdict()
                    return f"{method} {path}", work
        return None

    def _fault(self, call: Call, route: str) -> Fault | None:
        for number, (line, fault, times) in enumerate(self._faults):
            if line == route or fnmatchcase(call.line, line):
                if times == 1:
                    del self._faults[number]
                elif times > 1:
                    self._faults[number] = (line, fault, times - 1)
                return fault
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], stub: StubServer) -> None:
        super().__init__(address, _Handler)
        self.stub = stub

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes: without it each answer waits 40 ms for the other side
    timeout = 60

    def answer(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, parts.path, query, headers, self.read_body(), time.monotonic())
        try:
            reply = self.server.stub.answer(call)
        except Exception as error:  # a fault of the stub itself must be seen by whoever wrote it
            reply = Reply({"stub": f"{type(error).__name__}: {error}"}, status=599)
        if reply.wait_s and self.server.stub.closing.wait(reply.wait_s):
            reply.drop = True
        if reply.drop:
            call.status = NO_ANSWER
            self.hang_up()
            return
        if reply.talk is not None and not (why := refusal(headers)):
            call.status = 101
            self.become_socket(reply.talk)
            return
        if reply.talk is not None:
            reply = Reply({"error": why}, status=426)
        call.status = reply.status
        self.send(reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer

    def become_socket(self, talk: Callable[[StubSocket], None]) -> None:
        self.close_connection = True
        head = f"{self.requestline}\r\n{self.headers.as_string().strip()}".replace("\r\n", "\n").replace("\n", "\r\n")
        line = StubSocket(self.connection, f"{head}\r\n\r\n".encode("latin-1"), self.server.stub.closing)
        try:
            if line.accept():
                talk(line)
        finally:
            line.close()

    def read_body(self) -> bytes:
        if "chunked" not in (self.headers.get("Transfer-Encoding") or ""):
            return self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MAX_BODY_BYTES))
        body = bytearray()
        while (size := int(self.rfile.readline().split(b";")[0] or b"0", 16)) and len(body) < MAX_BODY_BYTES:
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return bytes(body)

    def send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type())
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.is_stream:
            self.send_stream(reply)
            return
        data = reply.data()
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if reply.cut_after is not None:
            self.wfile.write(data[: reply.cut_after])
            self.hang_up()
        else:
            self.wfile.write(data)

    def send_stream(self, reply: Reply) -> None:
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        sent = 0
        try:
            for piece in reply.body:
                if self.server.stub.closing.is_set():
                    raise ConnectionAbortedError
                if reply.cut_after is not None:
                    piece = piece[: max(reply.cut_after - sent, 0)]
                if piece:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                    self.wfile.flush()
                sent += len(piece)
                if reply.cut_after is not None and sent >= reply.cut_after:
                    raise ConnectionAbortedError
        except Exception:
            self.hang_up()
            return
        self.wfile.write(b"0\r\n\r\n")

    def hang_up(self) -> None:
        """Close the connection so that the other side notices at once."""
        self.close_connection = True
        try:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def log_message(self, *args: object) -> None:
        """The ledger is the log."""
