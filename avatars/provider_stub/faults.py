"""Ways to go wrong that are a provider's own: errors in its words (the general ones: `interview_site.stub_faults`)."""

from collections.abc import Callable

from interview_site import stub_faults
from interview_site.stub_server import Fault, Reply

TRACE = "00000000-0000-4000-8000-00000000dead"


def a2e_error(code: int, msg: str, *, status: int = 200) -> Fault:
    """An envelope with a code that is not 0 (docs/contracts/a2e.md §1.4, §1.5)."""
    return stub_faults.instead(Reply({"code": code, "msg": msg, "trace_id": TRACE}, status=status))


def elevenlabs_error(status: int, code: str) -> Fault:
    """docs/contracts/elevenlabs.md §6."""
    return stub_faults.instead(Reply({"detail": {"status": code, "code": code, "message": "stub"}}, status=status))


def heygen_error(status: int, code: str, **headers: str) -> Fault:
    """docs/contracts/heygen.md §1.2, §7; status 200 with an error was met too."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return stub_faults.instead(Reply({"error": {"code": code, "message": "stub"}}, status=status, headers=named))


def liveavatar_error(status: int, message: str, **headers: str) -> Fault:
    """docs/contracts/liveavatar.md §1: the words stand in `data[0].message`; the numbers of `code` are not published."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"code": 40000 + status, "data": [{"message": message}], "message": "error"}
    return stub_faults.instead(Reply(body, status=status, headers=named))


# By provider, for a command line; the words of `stub_faults` work for each.
NAMED: dict[str, dict[str, Callable[[], Fault]]] = {
    "a2e": {
        "error": lambda: a2e_error(1, "something went wrong"),
        "no_coins": lambda: a2e_error(402, "Insufficient coins"),
        "bad_token": lambda: a2e_error(401, "invalid token", status=401),
        "hosts_busy": lambda: a2e_error(1001, "All streaming hosts are occupied, try later", status=400),
    },
    "heygen": {
        "error": lambda: heygen_error(200, "internal_error"),
        "no_credit": lambda: heygen_error(402, "insufficient_credit"),
        "bad_key": lambda: heygen_error(401, "unauthorized"),
        "twin": lambda: heygen_error(409, "request_in_progress"),
        "download_failed": lambda: heygen_error(400, "download_failed"),
    },
    "liveavatar": {
        "error": lambda: liveavatar_error(400, "something went wrong"),
        "bad_key": lambda: liveavatar_error(401, "Invalid API key"),
        "expired": lambda: liveavatar_error(401, "Session token has expired"),
        "no_credit": lambda: liveavatar_error(402, "Insufficient credits"),
        "forbidden_credit": lambda: liveavatar_error(403, "You have run out of credits"),
        "all_busy": lambda: liveavatar_error(409, "Session concurrency limit reached"),
        "too_long": lambda: liveavatar_error(400, "max_session_duration exceeds your plan"),
    },
    "elevenlabs": {
        "error": lambda: elevenlabs_error(200, "system_busy"),
        "no_characters": lambda: elevenlabs_error(401, "quota_exceeded"),
        "bad_key": lambda: elevenlabs_error(401, "invalid_api_key"),
    },
}


def named(provider: str, word: str) -> Fault:
    """A fault by its word, a provider's own first. Raises ValueError with the words there are."""
    own = NAMED.get(provider, {})
    if word in own:
        return own[word]()
    try:
        return stub_faults.named(word)
    except ValueError as error:
        raise ValueError(f"{error}{', ' if own else ''}{', '.join(own)}") from error
