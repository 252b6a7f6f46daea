"""A2E's HTTP: one envelope, opened here and nowhere else (contract §1). Only reads are asked twice."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from avatars.providers.a2e import faults
from interview_site import outbound
from interview_site.errors import Category, ProviderError
from interview_site.repeating import read_again

log = logging.getLogger(__name__)
# The documented paths; their list is asserted in tests, so that wrong names cannot come back (contract §8).
VOICE_LIST = "/api/v1/anchor/voice_list"
CLONED_VOICES = "/api/v1/userVoice/completedRecord"
SEND_TTS = "/api/v1/video/send_tts"
CHARACTER_LIST = "/api/v1/anchor/character_list"
GENERATE = "/api/v1/video/generate"
STATUS = "/api/v1/video/awsResult"
VIDEO_LIST = "/api/v1/video/awsList"
DELETE_VIDEO = "/api/v1/video/{id}"
LANGUAGE = "/api/v1/video/lang_classify"
COINS = "/api/v1/user/remainingCoins"
LIVE_AVATARS = "/api/v1/streaming-avatar/all_avatars"
LIVE_TOKEN = "/api/v1/streaming-avatar/agora-token"  # noqa: S105  a path
LIVE_CONTEXT = "/api/v1/streaming-avatar/set-qa-context"
LIVE_ASK = "/api/v1/streaming-avatar/ask"
LIVE_SPEAK = "/api/v1/streaming-avatar/speak"
LIVE_LEAVE = "/api/v1/streaming-avatar/leave"
# Two others that circulate in code: money depends on leaving, so they are tried when the documented one is not there (§7).
OTHER_LEAVES = ("/api/v1/streaming-avatar/leave-room", "/api/v1/streaming-avatar/leave_room")
MAX_ANSWER_BYTES = 20 * outbound.MIB


@dataclass(frozen=True)
class Configuration:
    """`short_s` bounds a read, `long_s` a call that speaks or orders (contract §1.5), `speech_s` one sentence of a conversation.

    `tts_characters`: the plan's limit. `videos_at_once`: orders under way, 0 any number. `own_sound`: auto, always, never.
    `live_languages`: what its streaming avatars are known to speak. `live_window_s`: the longest room asked for.
    `live_speech_s` bounds one sentence of a live room.
    """

    api_key: str
    base_url: str = "https://video.a2e.ai"
    short_s: float = 30.0
    long_s: float = 60.0
    speech_s: float = 20.0
    tts_characters: int = 1000
    videos_at_once: int = 2
    own_sound: str = "auto"
    live_languages: tuple[str, ...] = ("en",)
    live_window_s: int = 1800
    live_speech_s: float = 5.0

    @classmethod
    def from_settings(cls) -> "Configuration":
        return cls(
            settings.A2E_API_KEY, settings.A2E_BASE_URL, settings.A2E_TIMEOUT_S, settings.A2E_ORDER_TIMEOUT_S,
            settings.A2E_SPEECH_TIMEOUT_S, settings.A2E_TTS_MAX_CHARS, settings.A2E_VIDEOS_AT_ONCE, settings.A2E_OWN_SOUND,
            tuple(settings.A2E_LIVE_LANGUAGES), settings.A2E_LIVE_WINDOW_S,
        )  # fmt: skip


class A2EApi:
    """Calls with the account's key to one base; never to another one when it fails (a second base is a second charge)."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """`data` of a GET; asked once more after a passing fault. Raises ProviderError."""
        return read_again(lambda: self._called("GET", path, params=params))

    def read_list(self, path: str, params: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """The rows of a list. An older service answers it by POST with the same fields (contract §2.1, §4)."""
        try:
            data = self.read(path, params)
        except ProviderError as error:
            if error.code not in ("404", "405"):
                raise
            data = read_again(lambda: self._called("POST", path, json=dict(params or {})))
        if not isinstance(data, list):
            raise faults.fault("the list is no list", Category.SERVER, code="odd_answer")
        return [row for row in data if isinstance(row, dict)]

    def ask(self, path: str, body: Mapping[str, Any], *, within_s: float = 0.0) -> Any:
        """`data` of a POST that changes and costs nothing. Raises ProviderError."""
        return read_again(lambda: self._called("POST", path, json=body, total_s=within_s))

    def order(self, path: str, body: Mapping[str, Any], *, within_s: float = 0.0) -> Any:
        """`data` of a POST that costs: sent once, whatever comes back. Raises ProviderError."""
        return self._called("POST", path, json=body, total_s=within_s or self.configuration.long_s)

    def delete(self, path: str) -> Any:
        return self._called("DELETE", path)

    def _called(self, method: str, path: str, *, total_s: float = 0.0, **options: Any) -> Any:
        total_s = total_s or self.configuration.short_s
        began, status, code, trace_id = time.monotonic(), 0, None, ""
        try:
            answer = outbound.request(
                method, self.configuration.base_url + path, provider=faults.KIND, max_bytes=MAX_ANSWER_BYTES, total_s=total_s,
                read_s=total_s, trusted=True, **options,
                headers={
                    "Authorization": f"Bearer {self.configuration.api_key}", "Accept": "application/json", "x-lang": "en-US",
                },
            )  # fmt: skip
            status = answer.status
            code, data, said, trace_id = _opened(answer)
            if not 200 <= status < 300 or code != 0:
                raise faults.of_answer(answer, code, said, trace_id)
            return data
        finally:
            took_ms = round((time.monotonic() - began) * 1000)
            facts = {"method": method, "path": path, "status": status, "code": code, "trace": trace_id, "ms": took_ms}
            log.info("a2e answered" if status else "a2e did not answer", extra=facts)


def _opened(answer: outbound.Answer) -> tuple[int | None, Any, str, str]:
    """(code, data, words of an error, trace id) of an envelope, whatever the status; code None when it is none."""
    try:
        body = answer.json()
    except ProviderError:
        return None, None, "the answer is not JSON", ""
    if not isinstance(body, dict):
        return None, None, "the answer is no envelope", ""
    code, data = body.get("code"), body.get("data")
    if isinstance(code, str) and code.lstrip("-").isdigit():
        code = int(code)
    error = body.get("error")
    told = (body.get("msg"), body.get("message"), error.get("message") if isinstance(error, dict) else error)
    said = next((str(words) for words in told if words), "")
    if not said and code != 0 and data:
        said = str(data.get("message") or data.get("msg") or "") if isinstance(data, dict) else str(data)
    return (
        code if isinstance(code, int) and not isinstance(code, bool) else None,
        data,
        said,
        str(body.get("trace_id") or "")[:80],
    )
