"""Who opens a socket of the compatible API: a token, a member of staff by session, or anybody where that is allowed.

The same people as `interview_site.api.compat` lets call, asked without a request: a socket has a scope. Synchronous.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import get_user, get_user_model
from django.http import HttpRequest
from rest_framework.exceptions import Throttled

from interview_site.api import tokens
from interview_site.api.compat import anonymous_is_allowed
from interview_site.api.records import ApiToken
from interview_site.api.throttles import count, refuse_after_many_failures
from interview_site.client_address import address_block, client_address
from interview_site.sockets import Close, Refused, check_foreign_origin, check_origin, cookies_of, header

ANONYMOUS = "anonymous"
MOST_TOKEN_CHARACTERS = 200
ReadShortToken = Callable[[str], str | None]  # a short-lived token of an address → the caller it stands for, or None


@dataclass(frozen=True)
class Caller:
    """`name` is "token:7", "user:3" or "anonymous"; `counted_as` is what limits are counted by."""

    name: str
    counted_as: str

    @property
    def may_spend(self) -> bool:
        """Whether what this caller asks for may cost money at a provider."""
        return self.name != ANONYMOUS or bool(settings.API_ANONYMOUS_MAY_SPEND)


def admitted(
    scope: Mapping[str, Any], *, needs: str, permission: str = "", read_short_token: ReadShortToken | None = None
) -> Caller:
    """Who opens this socket; `needs` is the scope a token must have, `permission` what its owner or the member of staff must.

    Raises Refused (SESSION, FORBIDDEN, TOO_FAST).
    """
    request = _request(scope)
    name = _named(scope, request, read_short_token)
    if name == ANONYMOUS:
        check_foreign_origin(scope)
        caller = Caller(name, f"address:{address_block(client_address(request))}")
    else:
        caller = Caller(name, name)
    check_still(caller, needs=needs, permission=permission)
    calls, _wait_s = count(caller.counted_as)
    if calls > settings.API_CALLS_PER_MINUTE:
        raise Refused(Close.TOO_FAST)
    return caller


def check_still(caller: Caller, *, needs: str, permission: str = "") -> None:
    """For a socket that is open: its token was not revoked, its person not switched off and may do it still (threats 26, 41).

    Raises Refused.
    """
    kind, _colon, number = caller.name.partition(":")
    if kind == ANONYMOUS:
        if not anonymous_is_allowed():
            raise Refused(Close.SESSION)
    elif kind == "token":
        token = ApiToken.objects.select_related("owner").filter(pk=number).first()
        if token is None or not token.is_usable:
            raise Refused(Close.SESSION)
        if needs not in token.scopes or (permission and not token.owner.has_perm(permission)):
            raise Refused(Close.FORBIDDEN)
    else:
        user = get_user_model().objects.filter(pk=number, is_active=True, is_staff=True).first()
        if user is None:
            raise Refused(Close.SESSION)
        if permission and not user.has_perm(permission):
            raise Refused(Close.FORBIDDEN)


def _named(scope: Mapping[str, Any], request: HttpRequest, read_short_token: ReadShortToken | None) -> str:
    """From the strongest credential that was shown to none at all; one that is wrong is never passed over."""
    short = parse_qs(bytes(scope.get("query_string", b"")).decode("latin-1")).get("token", [])
    authorization = header(scope, b"authorization").split()
    if short or (authorization and authorization[0].lower() == "bearer"):
        check_foreign_origin(scope)
        _check_guesses(request, failed=False)
        name = _of_short_token(short, read_short_token) if short else _of_token(authorization[1:])
        if name is None:
            _check_guesses(request, failed=True)
            raise Refused(Close.SESSION)
        return name
    if number := _staff_in(cookies_of(scope)):
        try:
            check_origin(scope)
        except Refused:
            if not anonymous_is_allowed():
                raise
        else:
            return f"user:{number}"
    return ANONYMOUS


def _of_token(parts: list[str]) -> str | None:
    secret = parts[0] if len(parts) == 1 and len(parts[0]) <= MOST_TOKEN_CHARACTERS else ""
    token = tokens.find(secret) if secret.isascii() else None
    if token is None:
        return None
    tokens.touch(token)
    return f"token:{token.pk}"


def _of_short_token(given: list[str], read_short_token: ReadShortToken | None) -> str | None:
    """An API token in an address is refused: addresses are logged and sent on (threats 35)."""
    if read_short_token is None or len(given) != 1 or given[0].startswith(tokens.START):
        return None
    return read_short_token(given[0])


def _staff_in(cookies: Mapping[str, str]) -> int | None:
    """The person whose session this is, if they are staff."""
    key = cookies.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    return user.pk if user.is_active and user.is_staff else None


def _request(scope: Mapping[str, Any]) -> HttpRequest:
    """As much of a request as telling the client's address needs."""
    request = HttpRequest()
    client = scope.get("client") or [""]
    request.META = {"REMOTE_ADDR": str(client[0]), "HTTP_X_FORWARDED_FOR": header(scope, b"x-forwarded-for")}
    return request


def _check_guesses(request: HttpRequest, *, failed: bool) -> None:
    try:
        refuse_after_many_failures(request, failed=failed)
    except Throttled:
        raise Refused(Close.TOO_FAST) from None
