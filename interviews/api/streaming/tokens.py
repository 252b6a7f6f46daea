"""The short-lived `?token=` of /api/streaming/… (threats 35): signed, an hour at most, bound to the session it opens.

It stands for whoever asked for it (an API token, a member of staff, or nobody where that is allowed) and is checked against
them at every call: a revoked token or a disabled person ends it at once. Its random part makes the session's owner, so that
two pages of one site, each with a token of its own, never reach each other's avatar.
"""

import secrets
import time
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from interview_site.api import tokens
from interview_site.api.records import ApiToken
from interview_site.api.throttles import refuse_after_many_failures

LIFE = timedelta(minutes=60)
SALT = "streaming token"
ANONYMOUS = "anonymous"
MOST_CHARACTERS = 200


@dataclass(frozen=True)
class Grant:
    """`caller` is "token:7", "user:3" or "anonymous"; `owner` is the owner of the session this token may open and use.

    `expires_at` in seconds since 1970.
    """

    caller: str
    nonce: str
    expires_at: float

    @property
    def left_s(self) -> int:
        return max(0, int(self.expires_at - time.time()))

    @property
    def owner(self) -> str:
        return f"{self.caller}/{self.nonce}"


def caller_name(request: Request) -> str:
    """Who calls, as the first part of an owner. All callers without credentials are one: a session's id is their key."""
    if isinstance(request.auth, ApiToken):
        return f"token:{request.auth.pk}"
    return f"user:{request.user.pk}" if request.user and request.user.is_authenticated else ANONYMOUS


def mint(caller: str) -> str:
    return signing.dumps([caller, secrets.token_urlsafe(12), int(time.time() + LIFE.total_seconds())], salt=SALT)


def read(token: str) -> Grant | None:
    """None for every reason alike: not ours, changed, too old."""
    if len(token) > MOST_CHARACTERS:
        return None
    try:
        caller, nonce, expires_at = signing.loads(token, salt=SALT, max_age=LIFE)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Grant(caller, nonce, expires_at)


def caller_of(token: str) -> str | None:
    """Whom a streaming token stands for, for sockets; they ask themselves whether that one may still call."""
    grant = read(token)
    return grant.caller if grant is not None else None


class StreamingToken(BaseAuthentication):
    """`?token=…`. As with the caller's own credentials; `request.grant` is the Grant."""

    def authenticate(self, request: Request) -> tuple[object, ApiToken | None] | None:
        given = request.query_params.get("token", "")
        if not given or given.startswith(tokens.START):  # an API token in an address is refused by TokenAuthentication
            return None
        refuse_after_many_failures(request, failed=False)
        grant = read(given)
        found = _standing_for(grant) if grant is not None else None
        if found is None:
            refuse_after_many_failures(request, failed=True)
            raise exceptions.AuthenticationFailed(
                _("This token is not valid or has expired: get another from /api/streaming/token."), code="token_invalid"
            )
        request.grant = grant
        return found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def _standing_for(grant: Grant) -> tuple[object, ApiToken | None] | None:
    kind, _colon, number = grant.caller.partition(":")
    if kind == "token":
        token = ApiToken.objects.select_related("owner").filter(pk=number).first()
        return (token.owner, token) if token is not None and token.is_usable else None
    if kind == "user":
        user = get_user_model().objects.filter(pk=number, is_active=True, is_staff=True).first()
        return (user, None) if user is not None else None
    return AnonymousUser(), None  # whether anybody may call is asked by MayCall


class StreamingTokenScheme(OpenApiAuthenticationExtension):
    target_class = StreamingToken
    name = "streaming_token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey", "in": "query", "name": "token",
            "description": "From POST /api/streaming/token; valid for an hour, for one live session.",
        }  # fmt: skip
