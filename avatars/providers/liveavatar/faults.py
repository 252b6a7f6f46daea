"""LiveAvatar's errors as ours (contract §1, §8): HTTP status and words, because its numbers are not published."""

import re

from avatars.providers import remedies
from interview_site import outbound
from interview_site.errors import Category, ProviderError

KIND = "liveavatar"
MOST_WORDS = 160
_WRONG = Category.INVALID_REQUEST
# Words of a refusal (4xx). The first that fits counts.
_SAYS: tuple[tuple[re.Pattern[str], Category, str], ...] = tuple(
    (re.compile(words, re.I), category, code)
    for words, category, code in (
        (r"\b(credit|balance|billing|quota|minutes? (left|remaining))", Category.QUOTA, remedies.NO_CREDIT),
        (r"concurren|avatars are busy|too many (active )?sessions|limit reached", Category.RATE_LIMIT, remedies.HOSTS_OCCUPIED),
        (r"duration", _WRONG, remedies.PLAN_TOO_SMALL),
        (r"session.{0,30}(not found|ended|expired|closed|stopped|not active)", _WRONG, remedies.ROOM_GONE),
        (r"avatar.{0,30}(not found|not available|not exist|invalid|expired|inactive)", _WRONG, remedies.AVATAR_MISSING),
        (r"voice.{0,30}(not found|not available|not exist|invalid|required)", _WRONG, remedies.VOICE_MISSING),
    )
)  # fmt: skip


def of_answer(answer: outbound.Answer, said: str, *, with_key: bool = True) -> ProviderError:
    """The fault of a call that did not succeed. A 5xx stays a fault of the server whatever it says.

    `with_key`: the account's key was shown, else a session's token: a refused token means that the session is over.
    """
    category, code = outbound.category_of(answer.status), str(answer.status)
    found = next(((of, ours) for words, of, ours in _SAYS if words.search(said)), None) if answer.status < 500 else None
    if answer.status == 401:
        found = (Category.AUTHENTICATION, remedies.LIVEAVATAR_KEY) if with_key else (_WRONG, remedies.ROOM_GONE)
    elif answer.status == 429:
        found = (Category.RATE_LIMIT, "rate_limit")
    elif answer.status == 409 and not found:
        found = (Category.RATE_LIMIT, remedies.HOSTS_OCCUPIED)
    elif answer.status == 402:
        found = (Category.QUOTA, remedies.NO_CREDIT)
    elif answer.status == 403 and not found:
        found = (Category.AUTHENTICATION, remedies.NOT_ALLOWED)
    if found:
        category, code = found
    return fault(f"status {answer.status}: {said}", category, code=code, retry_after_s=outbound.retry_after_s(answer.headers))


def fault(text: str, category: Category, *, code: str = "", **fields: object) -> ProviderError:
    line = re.sub(r"[\x00-\x20\x7f]+", " ", text).strip()[:MOST_WORDS]
    return ProviderError(
        f"{KIND}: {line}", category=category, provider=KIND, code=code, person_text=remedies.TEXTS.get(code, ""),
        **fields,  # type: ignore[arg-type]
    )  # fmt: skip


def gone(text: str) -> ProviderError:
    """There is no such room any more."""
    return fault(text, _WRONG, code=remedies.ROOM_GONE)
