"""Ways for a stand-in service to go wrong (`interview_site.stub_server`), and their names for a command line."""

from collections.abc import Callable

from interview_site.stub_server import Call, Fault, Reply

PAGE = b"<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
GARBAGE = b"\x00\xff\x13{]\xfe" * 400


def slow(seconds: float = 20.0) -> Fault:
    """Does the work, answers late."""

    def fault(call: Call, work: Callable[[], Reply]) -> Reply:
        reply = work()
        reply.wait_s += seconds
        return reply

    return fault


def status(code: int = 500, body: object = PAGE, **headers: str) -> Fault:
    """That status and nothing done; a gateway's page unless `body` says otherwise. `Retry_After="7"` is a header."""
    kind = "text/html" if body is PAGE else ""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return instead(Reply(body, status=code, kind=kind, headers=named))


def busy(retry_after_s: int | None = 17) -> Fault:
    """429, with advice when to come back, or without."""
    headers = {} if retry_after_s is None else {"Retry_After": str(retry_after_s)}
    return status(429, {"code": 429, "msg": "too many requests", "error": {"message": "slow down"}}, **headers)


def instead(reply: Reply) -> Fault:
    """This answer, with no work done."""

    def fault(call: Call, work: Callable[[], Reply]) -> Reply:
        return Reply(reply.body, reply.status, reply.kind, reply.headers, reply.wait_s, reply.cut_after, reply.drop)

    return fault


def garbage() -> Fault:
    """The work is done, the answer is noise under the right name."""

    def fault(call: Call, work: Callable[[], Reply]) -> Reply:
        return Reply(GARBAGE, kind=work().content_type())

    return fault


def page() -> Fault:
    """The work is done, the answer is a web page with status 200."""

    def fault(call: Call, work: Callable[[], Reply]) -> Reply:
        work()
        return Reply(PAGE, kind="text/html")

    return fault


def wrong_media() -> Fault:
    """A web page that calls itself what the file should have been."""

    def fault(call: Call, work: Callable[[], Reply]) -> Reply:
        return Reply(PAGE * 20, kind=work().content_type())

    return fault


def cut(after: int | None = None) -> Fault:
    """The work is done; the connection ends in the middle of the body (or after so many bytes)."""

    def fault(call: Call, work: Callable[[], Reply]) -> Reply:
        reply = work()
        reply.cut_after = after if after is not None else 200 if reply.is_stream else len(reply.data()) // 2
        return reply

    return fault


def lost() -> Fault:
    """The work is done, and its answer never comes: the connection is closed without a word."""

    def fault(call: Call, work: Callable[[], Reply]) -> Reply:
        work()
        return Reply(drop=True)

    return fault


def dropped() -> Fault:
    """The connection is closed before anything was done."""
    return instead(Reply(drop=True))


def silent(seconds: float = 3600.0) -> Fault:
    """Nothing is done and nothing said, until the client or the stub gives up."""
    return instead(Reply(drop=True, wait_s=seconds))


def redirect(to: str = "http://169.254.169.254/latest/meta-data/") -> Fault:
    return instead(Reply(b"", status=302, headers={"Location": to}))


_NAMED: dict[str, Callable[..., Fault]] = {
    "slow": lambda value: slow(float(value or 20)),
    "status": lambda value: status(int(value or 500)),
    "busy": lambda value: busy(int(value) if value else 17),
    "garbage": lambda value: garbage(),
    "page": lambda value: page(),
    "wrong_media": lambda value: wrong_media(),
    "cut": lambda value: cut(int(value) if value else None),
    "lost": lambda value: lost(),
    "dropped": lambda value: dropped(),
    "silent": lambda value: silent(float(value or 3600)),
    "redirect": lambda value: redirect(value) if value else redirect(),
}
NAMES = tuple(_NAMED)


def named(word: str) -> Fault:
    """The fault of a word such as `lost`, `slow:5`, `status:502`, `busy:7`. Raises ValueError with the words there are."""
    name, _colon, value = word.partition(":")
    if name not in _NAMED:
        raise ValueError(f"no fault {name[:40]!r}; there are {', '.join(NAMES)}")
    try:
        return _NAMED[name](value)
    except ValueError as error:
        raise ValueError(f"{word[:60]!r}: the part behind the colon is no number") from error
