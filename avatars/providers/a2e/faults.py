"""A2E's errors as ours (contract §1.5): a table of signals, because no list of codes is published."""

import re

from avatars.providers import remedies
from interview_site import outbound
from interview_site.errors import Category, ProviderError

KIND = "a2e"
BUSY = 1001
_MONEY = r"(coins?|credits?|diamonds?|balance)\b"
_NONE = r".{0,30}(not (found|exist)|invalid|missing)"
_ENDED = r"\b(channel|room).{0,20}(expired|closed|ended|left)"
# Words of a refusal, in any of the spellings met. The first that fits counts.
_SAYS: tuple[tuple[re.Pattern[str], Category, str], ...] = tuple(
    (re.compile(words, re.I), category, code)
    for words, category, code in (
        (rf"\b(not enough|insufficient|lack of|no|low|run out of).{{0,20}}{_MONEY}", Category.QUOTA, remedies.NO_CREDIT),
        (rf"\b{_MONEY}.{{0,20}}(not enough|insufficient|is low|run out|used up)", Category.QUOTA, remedies.NO_CREDIT),
        (r"occupied|too many|rate.?limit|try (again )?later|busy", Category.RATE_LIMIT, "busy"),
        (r"unauthor|invalid token|token.{0,20}(expired|invalid)|forbidden", Category.AUTHENTICATION, ""),
        (r"(download|fetch|access|read|load).{0,40}(audio|image|picture|file|url|src)", Category.INVALID_REQUEST,
         remedies.SOURCE_UNREACHABLE),
        (r"audio.{0,30}(too long|exceed|duration)", Category.INVALID_REQUEST, remedies.SOUND_TOO_LONG),
        (r"audio.{0,30}(format|invalid|corrupt|unsupported|empty)", Category.INVALID_REQUEST, remedies.SOUND_REFUSED),
        (r"(msg|text).{0,30}(too long|longer|exceed|limit)", Category.INVALID_REQUEST, "too_long"),
        (r"sensitive|illegal|violat|nsfw|prohibited|inappropriate", Category.INVALID_REQUEST, remedies.CONTENT_REFUSED),
        (rf"(anchor|avatar|character){_NONE}", Category.INVALID_REQUEST, remedies.AVATAR_MISSING),
        (rf"\b(channel|room){_NONE}|{_ENDED}", Category.INVALID_REQUEST, remedies.ROOM_GONE),
        (rf"(voice|tts_id|speaker){_NONE}", Category.INVALID_REQUEST, remedies.VOICE_MISSING),
    )
)  # fmt: skip
_CODES = {
    401: (Category.AUTHENTICATION, ""), 403: (Category.AUTHENTICATION, ""), 402: (Category.QUOTA, remedies.NO_CREDIT),
    429: (Category.RATE_LIMIT, "busy"), BUSY: (Category.RATE_LIMIT, "busy"),
}  # fmt: skip
MOST_WORDS = 160


def of_answer(answer: outbound.Answer, code: int | None, said: str, trace_id: str) -> ProviderError:
    """The fault of a call that did not succeed: HTTP status first, then the words, then the code of the envelope.

    A 5xx stays a fault of the server whatever it says: whether it did the work is not known.
    """
    category, ours = outbound.category_of(answer.status), ""
    if 200 <= answer.status < 300 or answer.status in (400, 422):
        category, ours = _by_words(said) or _by_code(code)
    return fault(
        f"status {answer.status}, code {code}: {said}", category, code=ours or str(code if code is not None else answer.status),
        request_id=trace_id, retry_after_s=outbound.retry_after_s(answer.headers),
    )  # fmt: skip


def of_failed_video(said: str) -> ProviderError:
    """Why a video ended in `fail`: the order was taken and nothing more will come of it."""
    category, code = _by_words(said) or (Category.SERVER, remedies.GIVEN_UP)
    return fault(f"the video failed: {said}", category, code=code, permanent=True)


def fault(text: str, category: Category, **fields: object) -> ProviderError:
    return ProviderError(f"{KIND}: {_short(text)}", category=category, provider=KIND, **fields)  # type: ignore[arg-type]


def _by_words(said: str) -> tuple[Category, str] | None:
    return next(((category, code) for words, category, code in _SAYS if words.search(said)), None)


def _by_code(code: int | None) -> tuple[Category, str]:
    """The envelope's own code; without one nobody knows what happened there."""
    if code is None or 500 <= code < 600:
        return Category.SERVER, ""
    return _CODES.get(code, (Category.INVALID_REQUEST, ""))


def _short(text: str) -> str:
    """One line without control characters; an answer may repeat what it was sent."""
    return re.sub(r"[\x00-\x20\x7f]+", " ", text).strip()[:MOST_WORDS]
