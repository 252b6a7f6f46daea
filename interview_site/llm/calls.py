"""One question, one whole answer."""

import json
import logging
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import openai
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from interview_site.errors import Category, ProviderError
from interview_site.llm import capabilities, health, shapes, wire
from interview_site.llm.endpoints import PROVIDER, Endpoint, Purpose, require
from interview_site.llm.faults import KNOWN, fault, fault_of
from interview_site.llm.thoughts import without_thoughts
from interview_site.llm.usage import Usage, counted, estimated_tokens, spending

log = logging.getLogger(__name__)
Messages = Sequence[Mapping[str, str]]  # {"role": "system" | "user" | "assistant", "content": …}
MOST_ATTEMPTS = 3
_REPEATED = (Category.RATE_LIMIT, Category.CONNECTIVITY, Category.SERVER)
_ASK_AGAIN = (
    "Your answer did not fit the JSON Schema ({fault}). Answer again with one JSON object that fits it, and nothing else."
)


@dataclass(frozen=True)
class Completion:
    """`data` is the checked value when a schema was asked for; `finish` is "stop" or "length"; `cost` in LLM_CURRENCY.

    `usage` and `cost` count every request it took, re-asks included.
    """

    text: str
    data: Any
    finish: str
    usage: Usage
    cost: Decimal
    model: str


@dataclass(frozen=True)
class Request:
    """What is asked, whichever server is asked; `schema` is ours, whole."""

    purpose: Purpose
    endpoint: Endpoint
    messages: Messages
    max_tokens: int
    temperature: float | None = None
    schema: dict[str, Any] | None = None
    subject: str = ""

    def body(self, able: capabilities.Capabilities) -> dict[str, Any]:
        messages = [dict(message) for message in self.messages]
        wired = shapes.on_the_wire(self.schema) if self.schema is not None else None
        if wired is not None and (able.structured != "json_schema" or able.states_schema):
            messages.append({"role": "system", "content": shapes.in_words(wired)})
        return {
            "model": self.endpoint.model,
            "messages": messages,
            **able.fields(self.max_tokens, self.temperature, wired),
        }

    @property
    def set_aside(self) -> Usage:
        """The most it may use, guessed from its length."""
        return Usage(self.read_estimate.input_tokens, self.max_tokens)

    @property
    def read_estimate(self) -> Usage:
        letters = sum(len(message["content"]) for message in self.messages)
        letters += len(json.dumps(self.schema)) if self.schema is not None else 0
        return Usage(estimated_tokens(letters), 0)


def complete(
    purpose: Purpose,
    messages: Messages,
    *,
    max_tokens: int,
    schema: dict[str, Any] | None = None,
    temperature: float | None = None,
    subject: str = "",
    timeout_s: float | None = None,
    reasks: int = 0,
    trial: bool = False,
) -> Completion:
    """Ask and wait, at most `timeout_s` (LLM_TIMEOUT_S) for everything.

    With a `schema` (JSON Schema; every object's properties required) the answer is checked against all of it; one that does
    not fit is asked for again up to `reasks` times. Busy and broken servers are asked again while time is left.
    `subject` is whom the cost counts for, such as an interview's public id. A `trial` is made even while the model rests
    after faults. Raises ProviderError.
    """
    request = Request(purpose, require(purpose), messages, max_tokens, temperature, schema, subject)
    end = time.monotonic() + (timeout_s or settings.LLM_TIMEOUT_S)
    if not trial:
        health.before(purpose, request.endpoint)
    usage, cost = Usage(is_estimate=False), Decimal(0)
    for reask in range(reasks + 1):
        answer = _watched(request, end)
        usage, cost = usage + answer.usage, cost + answer.cost
        if schema is None:
            break
        try:
            if answer.finish == "length":
                raise shapes.Misshapen("it is too long and was cut off; be brief")
            data = shapes.read(answer.text, schema)
            return Completion(answer.text, data, answer.finish, usage, cost, answer.model)
        except shapes.Misshapen as error:
            _learn_misshapen(request.endpoint)
            if reask == reasks:
                raise fault(f"the answer does not fit the schema ({error})", code="invalid_response") from error
            said = [
                {"role": "assistant", "content": answer.text[:8000]},
                {"role": "user", "content": _ASK_AGAIN.format(fault=error)},
            ]
            request = Request(purpose, request.endpoint, [*messages, *said], max_tokens, temperature, schema, subject)
    return Completion(answer.text, None, answer.finish, usage, cost, answer.model)


def _learn_misshapen(endpoint: Endpoint) -> None:
    """A server that takes a schema and does not keep to it hears it in words from now on."""
    able = capabilities.of(endpoint)
    if able.structured == "json_schema" and not able.states_schema:
        capabilities.remember(endpoint, replace(able, states_schema=True))


def _watched(request: Request, end: float) -> Completion:
    try:
        answer = _asked(request, end)
    except ProviderError as error:
        health.failed(request.purpose, request.endpoint, error)
        raise
    health.succeeded(request.purpose, request.endpoint)
    return answer


def _asked(request: Request, end: float) -> Completion:
    """One answer, with another try for what may pass. Raises ProviderError."""
    attempt = 1
    able = capabilities.of(request.endpoint)
    tried = {able}
    while True:
        try:
            return _once(request, able, end)
        except Learned as lesson:
            able = lesson.applied(tried)
        except ProviderError as error:
            wait_s = pause_s(error, attempt)
            if wait_s is None or time.monotonic() + wait_s >= end:
                raise
            time.sleep(wait_s)
            attempt += 1


def pause_s(error: ProviderError, attempt: int) -> float | None:
    """Seconds until the next try after failed try number `attempt`; None: do not try again."""
    if attempt >= MOST_ATTEMPTS or error.permanent or error.category not in _REPEATED:
        return None
    if error.code in ("invalid_response", "budget", "storage", "late"):
        return None
    backoff_s = 0.25 * 2 ** (attempt - 1)
    return max(error.retry_after_s or 0.0, backoff_s * (1 + 0.2 * random.random()))


class Learned(Exception):
    """The server refused a field: the same again, said otherwise."""

    def __init__(self, able: capabilities.Capabilities) -> None:
        super().__init__()
        self.able = able

    def applied(self, tried: set[capabilities.Capabilities]) -> capabilities.Capabilities:
        """How to ask now, added to `tried`. Raises the server's own refusal when that was tried already: it refuses both ways."""
        if self.able in tried and isinstance(self.__cause__, Exception):
            raise fault_of(self.__cause__) from self.__cause__
        tried.add(self.able)
        return self.able


def _once(request: Request, able: capabilities.Capabilities, end: float) -> Completion:
    body = request.body(able)
    left_s = end - time.monotonic()
    if left_s <= 0:
        raise fault("no time was left", Category.CONNECTIVITY, code="late")
    exchange = wire.Exchange(left_s)
    outcome = "failed"
    with spending(request.endpoint, request.purpose, request.subject, request.set_aside) as spent:
        try:
            with exchange.running():
                raw = wire.client(request.endpoint).chat.completions.with_raw_response.create(**body)
                answer = read(raw.http_response.content)
            spent.used(counted(answer["usage"], Usage(request.read_estimate.input_tokens, estimated_tokens(len(answer["text"])))))
            capabilities.remember(request.endpoint, able)
            outcome = "ok"
            require_answer(answer)
        except openai.APIStatusError as error:
            if lesson := capabilities.after_refusal(request.endpoint, able, error, body):
                outcome = "learned"
                raise Learned(lesson) from error
            raise fault_of(error) from error
        except KNOWN as error:
            translated = fault_of(error)
            if translated.code == "late":
                spent.used(request.read_estimate)  # it was read, whatever was written
            raise translated from error
        finally:
            note(request, outcome, exchange, spent.usage)
    return Completion(answer["text"], None, answer["finish"], spent.usage, spent.cost, request.endpoint.model)


def read(content: bytes) -> dict[str, Any]:
    """The parts we use of a chat completion. Raises one of faults.KNOWN."""
    value = json.loads(content)
    choice = value["choices"][0]
    message = choice["message"]
    text = message.get("content") or ""
    if not isinstance(text, str):
        raise TypeError("content")
    refusal = message.get("refusal")
    return {
        "text": without_thoughts(text).strip().replace("\0", ""),
        "finish": str(choice.get("finish_reason") or "stop"),
        "refused": isinstance(refusal, str) and bool(refusal.strip()),
        "usage": value.get("usage"),
    }


def require_answer(answer: dict[str, Any]) -> None:
    if answer["refused"] or answer["finish"] == "content_filter":
        raise refused()
    if not answer["text"]:
        raise fault("the answer is empty", code="empty", permanent=False)


def refused() -> ProviderError:
    return ProviderError(
        "llm: the model refuses to answer", category=Category.INVALID_REQUEST, provider=PROVIDER, code="refused",
        person_text=_("The language model refuses to answer this."),
    )  # fmt: skip


def note(request: Request, outcome: str, exchange: wire.Exchange, usage: Usage) -> None:
    """One line a request: no words of anybody."""
    log.info(
        "model request",
        extra={
            "provider": PROVIDER, "purpose": str(request.purpose), "model": request.endpoint.model,
            "subject": request.subject or "-", "outcome": outcome, "ms": round((time.monotonic() - exchange.began) * 1000),
            "tokens": usage.tokens,
        },
    )  # fmt: skip
