"""The one HTTP client for every address that a person, a provider or a message can influence (threats 58–59).

    answer = outbound.request("POST", url, json={…}, provider="a2e")     # any status comes back, redirects included
    outbound.raise_for_status(answer, provider="a2e")
    outbound.download(url, path, max_bytes=200 * MIB, provider="a2e")    # to a temporary name, then renamed

http(s) on allowed ports only; the host is resolved once, refused if *any* address is not public, and the connection goes
to a checked address while Host and the TLS name stay the host's. No redirects, no proxy but OUTBOUND_PROXY, no netrc; the
body is counted after decompression and the whole exchange has a deadline that a trickling server cannot stretch.
Networks in OUTBOUND_ALLOWED_CIDRS may be reached on any port. Synchronous: call it from tasks or threads.
"""

import ipaddress
import json as jsonlib
import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from interview_site import __version__
from interview_site.errors import Category, ProviderError
from interview_site.outbound_socket import Deadline, GuardedAdapter, Policy, Refusal, Resolver, system_resolver

log = logging.getLogger(__name__)
MIB = 1024 * 1024
CHUNK = 64 * 1024
CONNECT_S, READ_S, TOTAL_S = 5.0, 30.0, 60.0  # threats 5
_PERMANENT_FAULTS = (400, 404, 405, 406, 409, 410, 411, 413, 414, 415, 416, 422, 451)


class AddressRefused(ProviderError):
    """The address itself is not allowed: a wrong scheme or port, a private network, a name that cannot be resolved safely."""

    def __init__(self, log_text: str, *, provider: str = "") -> None:
        super().__init__(
            log_text,
            category=Category.INVALID_REQUEST,
            provider=provider,
            code="address_refused",
            person_text=_("This address may not be used. Give a public https address."),
        )


class TooLarge(ProviderError):
    """The body is longer than allowed, whatever its header said."""

    def __init__(self, max_bytes: int, *, provider: str = "") -> None:
        super().__init__(
            f"The answer is longer than {max_bytes} bytes.",
            category=Category.INVALID_REQUEST,
            provider=provider,
            code="too_large",
            person_text=_("The file at this address is too large."),
        )


@dataclass(frozen=True)
class Answer:
    """`headers` are case-insensitive; `body` is decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self, *, provider: str = "") -> Any:
        """The body as JSON; raises ProviderError (server) when it is not."""
        try:
            return jsonlib.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise ProviderError(
                f"The answer ({self.status}) is not JSON.", category=Category.SERVER, provider=provider, code="not_json"
            ) from error


@dataclass
class Stream:
    """An answer whose body is still coming: iterate `chunks()` inside the `with`."""

    status: int
    headers: Mapping[str, str]
    _response: requests.Response
    _deadline: Deadline
    _max_bytes: int
    _provider: str

    def chunks(self) -> Iterator[bytes]:
        """Pieces of the decompressed body. Raises TooLarge, or ProviderError (connectivity) when it was cut or too slow."""
        count = 0
        with _translated(self._provider, self._deadline):
            for piece in self._response.iter_content(CHUNK):
                count += len(piece)
                if count > self._max_bytes:
                    raise TooLarge(self._max_bytes, provider=self._provider)
                yield piece
        self._deadline.raise_if_past()


def request(method: str, url: str, *, max_bytes: int = 10 * MIB, provider: str = "", **options: Any) -> Answer:
    """Send and read the whole answer; `options` as for `stream`. Any status comes back.

    Raises AddressRefused, TooLarge, ProviderError (connectivity).
    """
    with stream(method, url, max_bytes=max_bytes, provider=provider, **options) as answer:
        return Answer(answer.status, answer.headers, b"".join(answer.chunks()))


def download(url: str, path: Path, *, max_bytes: int, provider: str = "", **options: Any) -> Answer:
    """GET into `path`: written under another name, flushed to disk, then renamed; the answer's body is empty.

    Raises as `request`, and ProviderError for any status but 200. Nothing is left behind after a fault.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}.part")
    try:
        with stream("GET", url, max_bytes=max_bytes, provider=provider, **options) as answer:
            plain = Answer(answer.status, answer.headers, b"")
            raise_for_status(plain, provider=provider, good=(200,))
            with draft.open("xb") as file:
                for piece in answer.chunks():
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        draft.replace(path)
        return plain
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def stream(
    method: str,
    url: str,
    *,
    max_bytes: int = 10 * MIB,
    provider: str = "",
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    json: Any = None,
    data: Any = None,
    files: Any = None,
    connect_s: float = CONNECT_S,
    read_s: float = READ_S,
    total_s: float = TOTAL_S,
    trusted: bool = False,
    resolver: Resolver = system_resolver,
) -> Iterator[Stream]:
    """Send and yield the answer as it arrives.

    `trusted` is for an address the *operator* wrote in the settings, never for one that came from a person, a provider
    or a message: its network and port are then not judged. `resolver` is for tests. Raises as `request`.
    """
    deadline = Deadline(total_s)
    judge = policy(trusted=trusted, resolver=resolver, resolve_s=min(connect_s, total_s))
    began = time.monotonic()
    status = 0
    try:
        with _translated(provider, deadline), _session(judge, deadline) as session:
            _require_plain(url)
            asked = requests.Request(
                method, url, headers={"User-Agent": f"ai-avatar-interviews/{__version__}", **(headers or {})},
                params=params, json=json, data=data, files=files,
            )  # fmt: skip
            prepared = session.prepare_request(asked)
            if session.proxies:  # the proxy resolves and connects: judge what we can see of the target first
                target = urlsplit(prepared.url or "")
                judge.check(target.hostname or "", target.port or {"http": 80, "https": 443}[target.scheme])
            patience = min(connect_s, total_s), min(read_s, total_s)
            with (
                deadline.running(),
                session.send(prepared, stream=True, allow_redirects=False, timeout=patience) as response,
            ):
                status = response.status_code
                deadline.raise_if_past()
                yield Stream(status, response.headers, response, deadline, max_bytes, provider)
    finally:
        took_ms = round((time.monotonic() - began) * 1000)
        host = _host(url)
        log.info("outbound", extra={"provider": provider or "-", "host": host, "outcome": status or "failed", "ms": took_ms})


def _session(judge: Policy, deadline: Deadline) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.verify = settings.OUTBOUND_CA_FILE or True
    if settings.OUTBOUND_PROXY:
        session.proxies = {"http": settings.OUTBOUND_PROXY, "https": settings.OUTBOUND_PROXY}
    adapter = GuardedAdapter(judge, deadline)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def raise_for_status(answer: Answer, *, provider: str = "", good: tuple[int, ...] = ()) -> None:
    """Nothing for 2xx (or one of `good`, when given); otherwise ProviderError with the category of the status."""
    if answer.status in good or (not good and 200 <= answer.status < 300):
        return
    raise ProviderError(
        f"The provider answered {answer.status}.",
        category=category_of(answer.status),
        provider=provider,
        code=str(answer.status),
        request_id=answer.headers.get("x-request-id", "")[:80],
        retry_after_s=retry_after_s(answer.headers),
    )


def category_of(status: int) -> Category:
    """401/403 authentication, 402 quota, 429 rate limit, other 4xx that repeating cannot help: invalid request."""
    if status in (401, 403):
        return Category.AUTHENTICATION
    if status == 402:
        return Category.QUOTA
    if status == 429:
        return Category.RATE_LIMIT
    return Category.INVALID_REQUEST if status in _PERMANENT_FAULTS else Category.SERVER


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds (number or date), at most a day; None when absent or unreadable."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(min(int(value[:9]), 86_400))
    try:
        return min(max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0), 86_400.0)
    except (TypeError, ValueError, OverflowError):
        return None


def policy(*, trusted: bool = False, resolver: Resolver = system_resolver, resolve_s: float = CONNECT_S) -> Policy:
    """Where connections may go, by the settings."""
    return Policy(
        networks=tuple(ipaddress.ip_network(block) for block in settings.OUTBOUND_ALLOWED_CIDRS),
        ports=frozenset(settings.OUTBOUND_ALLOWED_PORTS),
        resolver=resolver,
        resolve_s=resolve_s,
        trusted=trusted,
    )


def _require_plain(url: str) -> None:
    """Raises Refusal unless the address is http(s) with a host and without a user name or control characters."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refusal("The address cannot be read.") from error
    if parts.scheme not in ("http", "https"):
        raise Refusal("Only http and https addresses are allowed.")
    if not parts.hostname or parts.username is not None or port == 0:
        raise Refusal("The address must name a host and no user.")
    if any(ord(letter) <= 32 or ord(letter) == 127 or letter == "\\" for letter in url):
        raise Refusal("The address holds blanks or control characters.")


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "-")[:100]
    except ValueError:
        return "-"


@contextmanager
def _translated(provider: str, deadline: Deadline) -> Iterator[None]:
    """Every fault of the network as our own; its text names the kind only, because addresses may hold keys."""
    try:
        yield
    except Refusal as error:
        raise AddressRefused(str(error), provider=provider) from error
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as error:
        raise AddressRefused("The address cannot be used.", provider=provider) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, TimeoutError) as error:
        what = "took longer than allowed" if deadline.past else f"failed ({type(error).__name__})"
        raise ProviderError(f"The connection {what}.", category=Category.CONNECTIVITY, provider=provider) from error
