"""A language model server on loopback that follows a script: OpenAI's wire format, SSE, and every way to be broken.

    with ModelStub() as stub:
        stub.queue("First answer.", Fault.BUSY, "Second answer.")     # one request each
        stub.when("why|зачем", "Because.")                            # the last message matches
        stub.otherwise(lambda request: "…")                           # everything else; the usual one is "All right."
        settings.LLM = stub.settings()
        stub.asked[-1].messages, .body, .last

A reply is a text, a dict or list (sent as JSON), a Fault, a Reply, or a callable taking the Asked and returning one of these.
`stub.refuses` names request fields this server does not know (max_tokens, temperature, response_format, stream_options,
stream): it answers 400, as the contract's servers do (docs/contracts/openai.md §3, §8, §9). `manage.py model_stub` runs it.
Network faults beyond these: `stub.server.break_next` (interview_site.stub_faults).
"""

import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from interview_site import stub_faults, stub_server
from interview_site.stub_server import Call, Routes, StubServer


class Fault(StrEnum):
    SLOW = "slow"  # says nothing until the server closes or `stub.patience_s` is over
    LATE = "late"  # headers and keep-alives at once, the first word never
    CUT = "cut"  # the connection ends in the middle of a sentence
    UNFINISHED = "unfinished"  # a clean end, but no finish_reason
    ERROR_EVENT = "error_event"  # an error inside the stream
    BAD_JSON = "bad_json"  # text that begins like JSON
    FENCED = "fenced"  # the usual reply inside a code fence with words around
    REFUSAL = "refusal"
    FILTERED = "filtered"
    LENGTH = "length"  # cut off by the token limit
    EMPTY = "empty"
    GARBAGE = "garbage"  # 200 with bytes that mean nothing
    HTML = "html"  # 200 with a login page
    HUGE = "huge"  # never stops
    BUSY = "busy"  # 429 with Retry-After
    QUOTA = "quota"  # 429 insufficient_quota
    DOWN = "down"  # 503
    FORBIDDEN = "forbidden"  # 401
    NO_MODEL = "no_model"  # 404


@dataclass(frozen=True)
class Reply:
    """A text with its circumstances; `usage` None: the server counts, False: it says nothing about tokens."""

    text: str = ""
    finish: str | None = "stop"
    delay_s: float = 0.0  # before the first word
    pause_s: float = 0.0  # between pieces
    usage: dict[str, Any] | bool | None = None
    pieces: tuple[str, ...] = ()  # exact pieces of the stream; usually words
    gate: threading.Event | None = None  # the last piece waits for it


@dataclass(frozen=True)
class Asked:
    """One request as it came; header names have small letters."""

    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def messages(self) -> list[dict[str, Any]]:
        return self.body.get("messages", [])

    @property
    def last(self) -> str:
        """The last message a person or program wrote (a schema said in words is none)."""
        said = [str(message.get("content", "")) for message in self.messages if message.get("role") != "system"]
        return said[-1] if said else ""

    @property
    def text(self) -> str:
        """Everything the model sees."""
        return "\n".join(str(message.get("content", "")) for message in self.messages)

    @property
    def schema(self) -> dict[str, Any] | None:
        shape = (self.body.get("response_format") or {}).get("json_schema") or {}
        return shape.get("schema")


Answer = str | dict | list | Fault | Reply | Callable[[Asked], Any]


@dataclass
class Script:
    """What to answer: the queue first, then the rules in order, then the rest."""

    waiting: deque = field(default_factory=deque)
    rules: list[tuple[re.Pattern[str], Answer]] = field(default_factory=list)
    rest: Answer = "All right."

    def answer(self, asked: Asked) -> Answer:
        if self.waiting:
            return self.waiting.popleft()
        for pattern, answer in self.rules:
            if pattern.search(asked.last):
                return answer
        return self.rest


class ModelStub:
    """Started by `with` or `start`; `base_url` ends with /v1."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, model: str = "stub-model", key: str = "stub-key") -> None:
        self.model, self.key = model, key
        self.asked: list[Asked] = []
        self.refuses: set[str] = set()
        self.patience_s = 20.0
        self.script = Script()
        routes = Routes()
        routes.add("GET", "/v1/models", self._models)
        routes.add("POST", "/v1/chat/completions", self._completion)
        self.server = StubServer(routes, host=host, port=port)
        self.server.missing = _error(404, "Unknown request URL", "unknown_url")
        self.base_url = f"{self.server.url}/v1"

    def start(self) -> "ModelStub":
        self.server.start()
        return self

    def stop(self) -> None:
        self.server.close()

    def __enter__(self) -> "ModelStub":
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    def settings(self, *, is_local: bool = False) -> dict[str, Any]:
        """The value of settings.LLM that leads here."""
        return {"base_url": self.base_url, "api_key": self.key, "model": self.model, "is_local": is_local}

    # --- The script ---

    def queue(self, *answers: Answer) -> "ModelStub":
        self.script.waiting.extend(answers)
        return self

    def when(self, pattern: str, answer: Answer) -> "ModelStub":
        self.script.rules.append((re.compile(pattern, re.IGNORECASE | re.DOTALL), answer))
        return self

    def otherwise(self, answer: Answer) -> "ModelStub":
        self.script.rest = answer
        return self

    def answer(self, asked: Asked) -> Reply | Fault:
        with self.server.lock:
            self.asked.append(asked)
            found: Any = self.script.answer(asked)
        while callable(found):
            found = found(asked)
        if isinstance(found, Reply | Fault):
            return found
        return Reply(found if isinstance(found, str) else json.dumps(found, ensure_ascii=False))

    # --- The routes ---

    def _models(self, call: Call) -> stub_server.Reply:
        found = [{"id": self.model, "object": "model", "owned_by": "stub"}]
        return stub_server.Reply({"object": "list", "data": found})

    def _completion(self, call: Call) -> stub_server.Reply:
        if call.headers.get("authorization") != f"Bearer {self.key}":
            return _error(401, "Incorrect API key provided.", "invalid_api_key")
        body = call.json()
        if refusal := _fault_of(body, self):
            return _error(*refusal)
        asked = Asked(body, call.headers)
        answer = self.answer(asked)
        if isinstance(answer, Fault):
            answer = self._broken(answer, asked)
        if isinstance(answer, stub_server.Reply):
            return answer
        if body.get("stream"):
            return _stream(self._said(asked, answer))
        return stub_server.Reply(_whole(asked, answer), headers={"x-request-id": "req-stub"}, wait_s=answer.delay_s)

    def _said(self, asked: Asked, reply: Reply) -> Iterator[dict[str, Any]]:
        yield _chunk(asked, {"role": "assistant", "content": ""})
        self.server.closing.wait(reply.delay_s)
        pieces = reply.pieces or re.findall(r"\S+\s*|\s+", reply.text)
        for number, piece in enumerate(pieces, 1):
            if reply.gate is not None and number == len(pieces):
                reply.gate.wait(self.patience_s)
            yield _chunk(asked, {"content": piece})
            self.server.closing.wait(reply.pause_s)
        if reply.finish:
            yield _chunk(asked, {}, reply.finish)
        usage = _usage(asked, reply)
        if usage and (asked.body.get("stream_options") or {}).get("include_usage"):
            yield {**_chunk(asked, {}), "choices": [], "usage": usage}

    def _broken(self, fault: Fault, asked: Asked) -> Reply | stub_server.Reply:
        is_stream = bool(asked.body.get("stream"))
        match fault:
            case Fault.SLOW:
                return stub_server.Reply(drop=True, wait_s=self.patience_s)
            case Fault.LATE:
                return _stream(self._keep_alive(asked)) if is_stream else self._broken(Fault.SLOW, asked)
            case Fault.CUT if is_stream:
                return stub_server.Reply(_cut_off([_chunk(asked, {"content": piece}) for piece in ("Half ", "an ")]))
            case Fault.CUT:
                return stub_server.Reply(_whole(asked, Reply("Half an answer")), cut_after=60)
            case Fault.UNFINISHED:
                return Reply("Half an answer", finish=None)
            case Fault.ERROR_EVENT if is_stream:
                error = {"message": "The server is overloaded.", "type": "server_error", "code": "overloaded"}
                return _stream(iter([_chunk(asked, {"content": "Half "}), {"error": error}]))
            case Fault.ERROR_EVENT:
                return _error(500, "The server had an error.", "server_error")
            case Fault.BAD_JSON:
                return Reply('{"score": 5, "quotes": ["')
            case Fault.FENCED:
                usual = self.answer(asked)
                inside = usual.text if isinstance(usual, Reply) else "{}"
                return Reply(f"Here you are:\n```json\n{inside}\n```\nAnything else?")
            case Fault.REFUSAL if is_stream:
                return _stream(iter([_chunk(asked, {"refusal": "I can't help with that."}), _chunk(asked, {}, "stop")]))
            case Fault.REFUSAL:
                return stub_server.Reply(_whole(asked, Reply(""), content=None, refusal="I can't help with that."))
            case Fault.FILTERED:
                return Reply("", finish="content_filter")
            case Fault.LENGTH:
                return Reply('{"half": "an answ', finish="length")
            case Fault.EMPTY:
                return Reply("")
            case Fault.GARBAGE:
                kind = "text/event-stream" if is_stream else "application/json"
                noise = b"data: \xff\xfe{]\n\ndata: [1, 2\n\n" if is_stream else stub_faults.GARBAGE
                return stub_server.Reply(noise, kind=kind)
            case Fault.HTML:
                return stub_server.Reply(b"<html><title>Log in</title></html>", kind="text/html")
            case Fault.HUGE if is_stream:
                return _stream(self._flood(_chunk(asked, {"content": "and so on " * 200})))
            case Fault.HUGE:
                return stub_server.Reply(self._flood(b" " * 65_536), kind="application/json")
            case Fault.BUSY:
                return _error(429, "Rate limit reached.", "rate_limit_exceeded", **{"retry-after": "1"})
            case Fault.QUOTA:
                return _error(429, "You exceeded your current quota.", "insufficient_quota")
            case Fault.DOWN:
                return stub_server.Reply(stub_faults.PAGE, status=503, kind="text/html")
            case Fault.FORBIDDEN:
                return _error(401, "Incorrect API key provided.", "invalid_api_key")
            case Fault.NO_MODEL:
                return _error(404, "The model does not exist.", "model_not_found")

    def _keep_alive(self, asked: Asked) -> Iterator[Any]:
        yield _chunk(asked, {"role": "assistant", "content": ""})
        while not self.server.closing.wait(0.02):
            yield b": keep-alive\n\n"

    def _flood(self, piece: Any) -> Iterator[Any]:
        while not self.server.closing.is_set():
            yield piece


def _stream(items: Iterator[Any]) -> stub_server.Reply:
    """Server-sent events of the items; bytes go out as they are."""

    def events() -> Iterator[bytes]:
        for item in items:
            yield item if isinstance(item, bytes) else f"data: {json.dumps(item, ensure_ascii=False)}\n\n".encode()
        yield b"data: [DONE]\n\n"

    return stub_server.Reply(events(), headers={"Cache-Control": "no-cache", "x-request-id": "req-stub"})


def _cut_off(chunks: list[dict[str, Any]]) -> Iterator[bytes]:
    yield from stub_server.events(chunks, done="")
    time.sleep(0.02)  # what was said arrives before the connection ends
    raise ConnectionAbortedError


def _whole(asked: Asked, reply: Reply, **message: Any) -> dict[str, Any]:
    usage = _usage(asked, reply)
    said = {"role": "assistant", "content": reply.text, "refusal": None, **message}
    return {
        "id": "chatcmpl-stub", "object": "chat.completion", "created": 1, "model": asked.body["model"],
        "choices": [{"index": 0, "message": said, "finish_reason": reply.finish}],
        **({"usage": usage} if usage else {}),
    }  # fmt: skip


def _error(status: int, message: str, code: str, param: str | None = None, **headers: str) -> stub_server.Reply:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return stub_server.Reply({"error": error}, status=status, headers={"x-request-id": "req-stub", **headers})


def _fault_of(body: Any, stub: ModelStub) -> tuple[int, str, str, str] | None:
    """What a strict server would say to this body: (status, message, code, param)."""
    if not isinstance(body, dict) or not isinstance(body.get("messages"), list) or not body["messages"]:
        return 400, "Missing required parameter: 'messages'.", "missing_required_parameter", "messages"
    for message in body["messages"]:
        if not isinstance(message, dict) or message.get("role") not in ("system", "user", "assistant"):
            return 400, "Invalid message role.", "invalid_value", "messages"
        if not isinstance(message.get("content"), str):
            return 400, "Invalid message content.", "invalid_type", "messages"
    if body.get("model") != stub.model:
        return 404, "The model does not exist.", "model_not_found", "model"
    for name in sorted(stub.refuses & body.keys()):
        return 400, f"Unsupported parameter: '{name}' is not supported with this model.", "unsupported_parameter", name
    shape = body.get("response_format") or {}
    if "json_schema" in stub.refuses and shape.get("type") == "json_schema":
        return 400, "response_format json_schema is not supported.", "unsupported_value", "response_format"
    return None


def _chunk(asked: Asked, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {
        "id": "chatcmpl-stub", "object": "chat.completion.chunk", "created": 1, "model": asked.body["model"],
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }  # fmt: skip


def _usage(asked: Asked, reply: Reply) -> dict[str, Any] | None:
    if reply.usage is False:
        return None
    if isinstance(reply.usage, dict):
        return reply.usage
    read, written = len(asked.text.split()), len(reply.text.split())
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
