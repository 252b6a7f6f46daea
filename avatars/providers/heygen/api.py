"""HeyGen over HTTP (contract §1): the address, the key, the envelopes, pages. Knows their words and nothing of ours."""

import logging
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from avatars.providers.heygen.faults import fault
from interview_site import outbound
from interview_site.errors import Category, ProviderError

log = logging.getLogger(__name__)
# Contract §1.5, cut to what one task may last: two uploads end within its lease, an order after them within its limit.
READ_S, WRITE_S, UPLOAD_S = 30.0, 110.0, 80.0  # whole calls
LIST_S = 90.0  # all pages of one list
MOST_PAGES = 100
MAX_ANSWER_BYTES = 5 * outbound.MIB


@dataclass(frozen=True)
class Configuration:
    """`most_at_once`: videos being made at a time. `has_webhook`: a bell rings when one is done."""

    api_key: str
    base_url: str = "https://api.heygen.com"
    upload_url: str = "https://upload.heygen.com"
    most_at_once: int = 8
    has_webhook: bool = False
    read_s: float = READ_S
    write_s: float = WRITE_S
    upload_s: float = UPLOAD_S

    @classmethod
    def from_settings(cls) -> "Configuration":
        return cls(
            settings.HEYGEN_API_KEY, settings.HEYGEN_BASE_URL, settings.HEYGEN_UPLOAD_URL, settings.HEYGEN_MAX_CONCURRENT,
            bool(settings.HEYGEN_WEBHOOK_SECRET),
        )  # fmt: skip


@dataclass(frozen=True)
class HeyGenApi:
    """Every method raises ProviderError and nothing else. Nothing is repeated here: who calls knows what may be."""

    configuration: Configuration

    def get(self, path: str, **params: object) -> dict[str, Any]:
        """The whole answer: `data` and, beside it, the fields of a page."""
        wanted = {name: str(value) for name, value in params.items() if value not in ("", None)}
        return self._asked("GET", path, params=wanted, total_s=self.configuration.read_s)

    def post(self, path: str, body: Mapping[str, Any], *, idempotency_key: str = "") -> dict[str, Any]:
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        most_s = self.configuration.write_s
        return self._asked("POST", path, json=body, headers=headers, total_s=most_s, read_s=most_s)

    def delete(self, path: str) -> dict[str, Any]:
        return self._asked("DELETE", path, total_s=self.configuration.read_s)

    def upload(self, path: Path, name: str, kind: str) -> str:
        """Send one file as an asset (contract §2.1), read from disk piece by piece; returns its id."""
        with OneFile(path, name, kind) as body:
            return required(self._sent("/v3/assets", body, body.content_type), "asset_id")

    def upload_bytes(self, url: str, path: Path, kind: str) -> str:
        """The raw upload of v1 (contract §8.3); returns the asset's id."""
        with path.open("rb") as body:
            return required(self._sent(url, body, kind), "id")

    def _sent(self, path: str, body: Any, kind: str) -> dict[str, Any]:
        most_s = self.configuration.upload_s
        return self._asked("POST", path, data=body, headers={"Content-Type": kind}, total_s=most_s, read_s=most_s)

    def pages(self, path: str, *, limit: int, **params: object) -> Iterator[dict[str, Any]]:
        """The items of a list, page after page. A list that takes too long is an error: half of it would be a lie."""
        token, until = "", time.monotonic() + LIST_S
        for _page in range(MOST_PAGES):
            answer = self.get(path, limit=limit, token=token, **params)
            found = answer.get("data")
            yield from (item for item in (found if isinstance(found, list) else ()) if isinstance(item, dict))
            following = answer.get("next_token")
            if not answer.get("has_more") or not isinstance(following, str) or not following or following == token:
                return
            token = following
            if time.monotonic() > until:
                raise ProviderError("heygen: the list takes too long", category=Category.CONNECTIVITY, provider="heygen")

    def _asked(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **options: Any) -> dict[str, Any]:
        url = path if path.startswith("http") else self.configuration.base_url + path
        answer = outbound.request(
            method, url, provider="heygen", trusted=True, max_bytes=MAX_ANSWER_BYTES,
            headers={"X-Api-Key": self.configuration.api_key, "Accept": "application/json", **(headers or {})}, **options,
        )  # fmt: skip
        request_id = answer.headers.get("X-Request-Id", "")[:80]
        told = {"call": f"{method} {_shape(path)}", "status": answer.status, "their_request": request_id or "-"}
        log.info("heygen", extra=told)
        return _opened(answer, request_id)


class OneFile:
    """A multipart body with one part named `file`, sent from disk without being held in memory."""

    def __init__(self, path: Path, name: str, kind: str) -> None:
        border = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={border}"
        disposition = f'Content-Disposition: form-data; name="file"; filename="{name}"'
        head = f"--{border}\r\n{disposition}\r\nContent-Type: {kind}\r\n\r\n".encode()
        self._length = len(head) + path.stat().st_size + len(border) + 8
        self._file = path.open("rb")
        self._before, self._after = head, f"\r\n--{border}--\r\n".encode()

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(outbound.CHUNK):
            yield piece

    def read(self, size: int = -1) -> bytes:
        if self._before:
            piece, self._before = self._before, b""
            return piece
        piece = self._file.read(size)
        if not piece:
            piece, self._after = self._after, b""
        return piece

    def __enter__(self) -> "OneFile":
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()


def data_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    found = answer.get("data")
    return found if isinstance(found, dict) else {}


def required(answer: Mapping[str, Any], name: str) -> str:
    """A word the answer must hold. Without it nobody knows what happened: a fault of theirs, and a doubt."""
    value = data_of(answer).get(name)
    if not isinstance(value, str) or not value:
        raise ProviderError(f"heygen: no {name} in the answer", category=Category.SERVER, provider="heygen", code="no_answer")
    return value


def _opened(answer: outbound.Answer, request_id: str) -> dict[str, Any]:
    """The envelope, opened in this one place: five shapes of errors, one of success (contract §1.2, §8)."""
    by_status = outbound.category_of(answer.status)
    try:
        body = answer.json(provider="heygen")
    except ProviderError:
        if 200 <= answer.status < 300:
            raise
        body = {}
    if not isinstance(body, dict):
        body = {}
    told = body.get("error")
    number = body.get("code")
    if 200 <= answer.status < 300 and not told and (number is None or number in (100, 1000, "100")):
        return body
    if 200 <= answer.status < 300 or answer.status == 409:
        by_status = Category.SERVER  # an error under 200 says nothing about repeating; 409: the twin is at work
    code, field = number or "", ""
    if isinstance(told, dict):
        code, field = told.get("code") or code, told.get("param") or ""
    elif isinstance(told, str) and " " not in told:
        code = told
    raise fault(
        str(code), by_status, field=str(field), status=answer.status, request_id=request_id,
        retry_after_s=outbound.retry_after_s(answer.headers),
    )  # fmt: skip


def _shape(path: str) -> str:
    """The path without ids, for the log."""
    parts = path.partition("?")[0].split("/")
    return "/".join(part if len(part) < 20 and not any(letter.isdigit() for letter in part[2:]) else "…" for part in parts)[:80]
