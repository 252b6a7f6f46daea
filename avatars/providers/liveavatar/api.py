"""LiveAvatar's HTTP (contract §1–§3): one envelope, opened here and nowhere else. Knows their words and nothing of ours."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from avatars.providers.liveavatar import faults
from interview_site import outbound
from interview_site.errors import Category, ProviderError
from interview_site.repeating import read_again

log = logging.getLogger(__name__)
# The documented paths; their list is asserted in tests. DELETE on sessions answered 405: only POST stop is safe (contract §2.3).
TOKEN = "/v1/sessions/token"  # noqa: S105  a path
START = "/v1/sessions/start"
STOP = "/v1/sessions/stop"
KEEP_ALIVE = "/v1/sessions/keep-alive"
SESSIONS = "/v1/sessions"
PUBLIC_AVATARS = "/v1/avatars/public"
OWN_AVATARS = "/v1/avatars"
VOICES = "/v1/voices"
LANGUAGES = "/v1/languages"
CREDITS = "/v1/users/credits"
GOOD_CODES = (100, 1000, None)  # the documents say 100, live answers 1000 (contract §1)
PAGE, MOST_PAGES = 100, 50
MAX_ANSWER_BYTES = 5 * outbound.MIB


@dataclass(frozen=True)
class Configuration:
    """`sandbox`: free rooms of about a minute with one avatar. `read_s`: a question; `order_s`: token and start."""

    api_key: str
    base_url: str = "https://api.liveavatar.com"
    sandbox: bool = False
    read_s: float = 8.0
    order_s: float = 12.0

    @classmethod
    def from_settings(cls) -> "Configuration":
        return cls(settings.LIVEAVATAR_API_KEY, settings.LIVEAVATAR_API_BASE, settings.LIVEAVATAR_SANDBOX,
                   settings.LIVEAVATAR_TIMEOUT_S, settings.LIVEAVATAR_START_TIMEOUT_S)  # fmt: skip


@dataclass(frozen=True)
class LiveAvatarApi:
    """Every method gives `data` of the envelope, and raises ProviderError and nothing else."""

    configuration: Configuration

    def read(self, path: str, **params: object) -> Any:
        """A GET; asked once more after a passing fault."""
        wanted = {name: str(value) for name, value in params.items()}
        return read_again(lambda: self._called("GET", path, params=wanted, total_s=self.configuration.read_s))

    def rows(self, path: str, **params: object) -> list[dict[str, Any]]:
        """All pages of a list. One that does not end, or is none, is an error: half of it would be a lie."""
        found: list[dict[str, Any]] = []
        for page in range(1, MOST_PAGES + 1):
            data = self.read(path, page=page, page_size=PAGE, **params)
            rows = data.get("results") if isinstance(data, dict) else data
            if not isinstance(rows, list):
                raise faults.fault("the list is no list", Category.SERVER, code="odd_answer")
            found += [row for row in rows if isinstance(row, dict)]
            if not rows or not (isinstance(data, dict) and data.get("next")):
                return found
        raise faults.fault("the list does not end", Category.SERVER, code="odd_answer")

    def ask(self, path: str, body: Mapping[str, Any]) -> Any:
        """A POST that may be said twice: a token that was never started costs nothing, a stop stops once."""
        return read_again(lambda: self._called("POST", path, json=body, total_s=self.configuration.read_s))

    def start(self, session_token: str) -> Any:
        """A POST with a session's token that costs: sent once, whatever comes back."""
        bearer = {"Authorization": f"Bearer {session_token}"}
        return self._called("POST", START, headers=bearer, total_s=self.configuration.order_s)

    def _called(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, total_s: float, **options: Any) -> Any:
        began, status = time.monotonic(), 0
        proof = headers or {"X-API-KEY": self.configuration.api_key}
        try:
            answer = outbound.request(
                method, self.configuration.base_url + path, provider=faults.KIND, max_bytes=MAX_ANSWER_BYTES, total_s=total_s,
                read_s=total_s, trusted=True, headers={**proof, "Accept": "application/json"}, **options,
            )  # fmt: skip
            status = answer.status
            return _opened(answer, with_key=headers is None)
        finally:
            took_ms = round((time.monotonic() - began) * 1000)
            log.info("liveavatar", extra={"call": f"{method} {path}", "status": status, "ms": took_ms})


def required(data: Any, name: str) -> str:
    """A word the answer must hold."""
    value = data.get(name) if isinstance(data, dict) else None
    if not isinstance(value, str) or not value:
        raise faults.fault(f"no {name} in the answer", Category.SERVER, code="odd_answer")
    return value


def _opened(answer: outbound.Answer, *, with_key: bool) -> Any:
    """Success by HTTP status first, then by the code; else the fault with the words in their order (contract §1)."""
    good = 200 <= answer.status < 300
    try:
        body = answer.json(provider=faults.KIND)
    except ProviderError:
        if good and answer.body.strip():
            raise
        body = {}
    if good and isinstance(body, dict) and body.get("code") in GOOD_CODES:
        return body.get("data")
    if good:
        raise faults.fault(f"an error under status {answer.status}: {_words(body)}", Category.SERVER, code="odd_answer")
    raise faults.of_answer(answer, _words(body), with_key=with_key)


def _words(body: Any) -> str:
    if not isinstance(body, dict):
        return ""
    first = next(iter(body["data"]), None) if isinstance(body.get("data"), list) else None
    detail = next(iter(body["detail"]), None) if isinstance(body.get("detail"), list) else None
    told = (
        first.get("message") if isinstance(first, dict) else None,
        body.get("error"),
        detail.get("msg") if isinstance(detail, dict) else body.get("detail"),
        body.get("message"),
    )
    return next((str(words) for words in told if words), "")
