"""An answer piece by piece, for sentences that are spoken while the rest is written."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import openai
from django.db import close_old_connections

from interview_site.errors import Category, ProviderError
from interview_site.llm import calls, capabilities, health, wire
from interview_site.llm.calls import Messages, Request
from interview_site.llm.endpoints import Purpose, require
from interview_site.llm.faults import KNOWN, fault, fault_of
from interview_site.llm.thoughts import Thoughts
from interview_site.llm.usage import Usage, counted, estimated_tokens, spending

_GOOD_ENDS = ("stop", "length", "end_turn", "eos", "eos_token", "stop_sequence")
_threads = ThreadPoolExecutor(max_workers=64, thread_name_prefix="llm")


def stream(
    purpose: Purpose,
    messages: Messages,
    *,
    max_tokens: int,
    first_token_s: float,
    total_s: float,
    temperature: float | None = None,
    subject: str = "",
    trial: bool = False,
) -> "ModelStream":
    """Pieces of text as they come; the request leaves with the first `next`. Close it when you stop early.

    The first piece must come within `first_token_s`, the last within `total_s` of it. Raises ProviderError at once when
    nothing is configured, later from `next`: late, cut (it ended without a finish reason), budget, refused, empty, …
    A `trial` is made even while the model rests after faults. A stream that is closed early tells nothing about its health:
    say with `health.tell` what you found.
    """
    request = Request(purpose, require(purpose), messages, max_tokens, temperature, None, subject)
    return ModelStream(request, first_token_s, total_s, trial=trial)


class ModelStream(Iterator[str]):
    """One thread iterates; any thread may `close`, which wakes the other: its `next` then ends without an error.

    `finish` is "" until the end, then "stop" or "length".
    """

    def __init__(self, request: Request, first_token_s: float, total_s: float, *, trial: bool = False) -> None:
        self._request, self._trial = request, trial
        self._first_token_s, self._total_s = first_token_s, max(total_s, first_token_s)
        self._reading = threading.Lock()
        self._is_closed = False
        self._pieces: Iterator[str] | None = None
        self._exchange: wire.Exchange | None = None
        self.finish = ""
        self.usage = Usage()

    def __enter__(self) -> "ModelStream":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __iter__(self) -> "ModelStream":
        return self

    def __next__(self) -> str:
        with self._reading:
            if self._is_closed:
                raise StopIteration
            if self._pieces is None:
                self._pieces = self._watched()
            try:
                piece = next(self._pieces)
            except (StopIteration, ProviderError):
                self._is_closed, stopped = True, self._is_closed
                if stopped:
                    raise StopIteration from None
                raise
        if self._is_closed:  # closed while the piece came
            self.close()
            raise StopIteration
        return piece

    def cut(self) -> None:
        """Stop the server's answer now: wakes whoever reads, waits for nothing, may be called from an event loop."""
        self._is_closed = True
        if self._exchange is not None:
            self._exchange.cut()

    def close(self) -> None:
        """Stop and count what was used (in the database). May be called twice, from any thread, before the first piece too."""
        self.cut()
        if self._reading.acquire(blocking=False):
            try:
                if self._pieces is not None:
                    self._pieces.close()  # type: ignore[attr-defined]
            finally:
                self._reading.release()

    # --- One conversation with the server ---

    def _watched(self) -> Iterator[str]:
        purpose, endpoint = self._request.purpose, self._request.endpoint
        if not self._trial:
            health.before(purpose, endpoint)
        try:
            yield from self._said()
        except ProviderError as error:
            if not self._is_closed:
                health.failed(purpose, endpoint, error)
            raise
        health.succeeded(purpose, endpoint)

    def _said(self) -> Iterator[str]:
        """Tries again what failed before anything was said, while the time for the first piece lasts."""
        self._exchange = exchange = wire.Exchange(self._first_token_s)
        able, attempt = capabilities.of(self._request.endpoint), 1
        tried = {able}
        while True:
            try:
                yield from self._once(able, exchange)
                return
            except calls.Learned as lesson:
                able = lesson.applied(tried)
            except ProviderError as error:
                wait_s = calls.pause_s(error, attempt)
                if self._has_spoken or wait_s is None or exchange.left_s <= wait_s or self._is_closed:
                    raise
                time.sleep(wait_s)
                attempt += 1

    @property
    def _has_spoken(self) -> bool:
        return self.usage.output_tokens > 0

    def _once(self, able: capabilities.Capabilities, exchange: wire.Exchange) -> Iterator[str]:
        request = self._request
        outcome, letters, reported = "failed", 0, None
        with spending(request.endpoint, request.purpose, request.subject, request.set_aside) as spent:
            try:
                for piece, usage in self._whole(able, exchange) if not able.streaming else self._deltas(able, exchange):
                    reported = usage or reported
                    if piece:
                        letters += len(piece)
                        self.usage = Usage(request.read_estimate.input_tokens, estimated_tokens(letters))
                        if letters > request.max_tokens * 12 + 200:
                            raise fault("the answer is longer than was asked for", code="too_long", permanent=True)
                        exchange.until(self._total_s)
                        yield piece
                capabilities.remember(request.endpoint, able)
                if not letters:
                    raise fault("the answer is empty", code="empty")
                outcome = "ok"
            except GeneratorExit:
                outcome = "closed"
                raise
            except calls.Learned:
                outcome = "learned"
                raise
            except ProviderError as error:
                outcome = error.code
                raise
            finally:
                if (letters or outcome in ("closed", "late", "cut")):
                    read = Usage(request.read_estimate.input_tokens, estimated_tokens(letters) if letters else 0)
                    self.usage = counted(reported, read)
                    spent.used(self.usage)
                calls.note(request, outcome, exchange, spent.usage)

    def _deltas(self, able: capabilities.Capabilities, exchange: wire.Exchange) -> Iterator[tuple[str, Any]]:
        """(text, usage) of each chunk. Raises ProviderError, or _Learned before the first."""
        body = self._request.body(able) | {"stream": True}
        if able.stream_usage:
            body["stream_options"] = {"include_usage": True}
        thoughts, chunks, opened = Thoughts(), 0, None
        try:
            with exchange.running():
                opened = wire.client(self._request.endpoint).chat.completions.create(**body)
            is_json = opened.response.headers.get("content-type", "").startswith("application/json")
            events = iter(opened)
            while True:
                with exchange.running():
                    chunk = next(events, None)
                if chunk is None:
                    break
                chunks += 1
                text, usage = self._read(chunk.model_dump())
                said = thoughts.feed(text)
                if said or usage:
                    yield said, usage
            if rest := thoughts.rest():
                yield rest, None
            if not chunks and is_json:
                raise calls.Learned(replace(able, streaming=False))
        except openai.APIStatusError as error:
            if lesson := capabilities.after_refusal(self._request.endpoint, able, error, body):
                raise calls.Learned(lesson) from error
            raise fault_of(error) from error
        except KNOWN as error:
            raise self._fault(error, exchange) from error
        finally:
            if opened is not None:
                opened.close()
        if not self.finish:
            raise fault("the stream ended without a finish reason", Category.CONNECTIVITY, code="cut")

    def _read(self, chunk: dict[str, Any]) -> tuple[str, Any]:
        """Text and usage of one chunk; notes the finish reason. Raises ProviderError when the model refuses."""
        usage = chunk.get("usage")
        if not chunk.get("choices"):
            return "", usage
        choice = chunk["choices"][0]
        delta = choice.get("delta") or {}
        if finish := choice.get("finish_reason"):
            if finish == "content_filter":
                raise calls.refused()
            if finish not in _GOOD_ENDS:
                raise fault("the answer ended for another reason", code="cut")
            self.finish = "length" if finish == "length" else "stop"
        if delta.get("refusal"):
            raise calls.refused()
        text = delta.get("content") or ""
        if not isinstance(text, str):
            raise TypeError("content")
        return text.replace("\0", ""), usage

    def _fault(self, error: Exception, exchange: wire.Exchange) -> ProviderError:
        found = fault_of(error)
        if isinstance(error, ProviderError):
            return found
        if exchange.was_cut:
            return fault("closed by us", Category.CONNECTIVITY, code="closed", permanent=True)
        if exchange.is_over:
            return fault("took longer than allowed", Category.CONNECTIVITY, code="late")
        if found.code == "connection" and self._has_spoken:
            return fault("the stream was cut", Category.CONNECTIVITY, code="cut")
        return found

    def _whole(self, able: capabilities.Capabilities, exchange: wire.Exchange) -> Iterator[tuple[str, Any]]:
        """The same from a server that does not stream: everything at once, within the time of the first piece."""
        body = self._request.body(able)
        try:
            with exchange.running():
                raw = wire.client(self._request.endpoint).chat.completions.with_raw_response.create(**body)
                answer = calls.read(raw.http_response.content)
        except openai.APIStatusError as error:
            if lesson := capabilities.after_refusal(self._request.endpoint, able, error, body):
                raise calls.Learned(lesson) from error
            raise fault_of(error) from error
        except KNOWN as error:
            raise self._fault(error, exchange) from error
        calls.require_answer(answer)
        self.finish = "length" if answer["finish"] == "length" else "stop"
        yield answer["text"], answer["usage"]


async def astream(purpose: Purpose, messages: Messages, **options: Any) -> AsyncIterator[str]:
    """`stream` for the event loop: threads of its own read; leaving the loop early, or being cancelled, closes it."""
    source = stream(purpose, messages, **options)
    loop = asyncio.get_running_loop()
    try:
        while True:
            piece = await loop.run_in_executor(_threads, _next, source)
            if piece is None:
                return
            yield piece
    finally:
        source.cut()
        await asyncio.shield(loop.run_in_executor(_threads, _close, source))


async def atell(purpose: Purpose, *, late: bool) -> None:
    """`health.tell` for the event loop."""
    await asyncio.get_running_loop().run_in_executor(_threads, _tell, purpose, late)


def _tell(purpose: Purpose, late: bool) -> None:
    close_old_connections()
    try:
        health.tell(purpose, late=late)
    finally:
        close_old_connections()


def _next(source: ModelStream) -> str | None:
    close_old_connections()
    try:
        return next(source, None)
    finally:
        close_old_connections()


def _close(source: ModelStream) -> None:
    try:
        source.close()
    finally:
        close_old_connections()
