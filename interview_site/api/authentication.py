"""Who calls: an API token in the Authorization header, or a member of staff by session with CSRF (design §7, threats 35)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.request import Request

from interview_site.api import tokens
from interview_site.api.records import ApiToken
from interview_site.api.throttles import refuse_after_many_failures

QUERY_NAMES = ("access_token", "token", "api_token", "api_key")


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer ivt_…`. `request.auth` is the ApiToken, `request.user` its owner."""

    def authenticate(self, request: Request) -> tuple[object, ApiToken] | None:
        if any(value.startswith(tokens.START) for name in QUERY_NAMES for value in request.query_params.getlist(name)):
            # An address is logged, kept in histories and sent on: a token seen there must not work.
            raise exceptions.AuthenticationFailed(
                _("A token in the address is refused: send it in the Authorization header."), code="token_in_address"
            )
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        refuse_after_many_failures(request, failed=False)
        secret = parts[1].decode("latin-1") if len(parts) == 2 else ""
        token = tokens.find(secret) if len(secret) <= 200 and secret.isascii() else None
        if token is None:
            refuse_after_many_failures(request, failed=True)
            raise exceptions.AuthenticationFailed(_("This token is not valid, has expired or was revoked."), code="token_invalid")
        tokens.touch(token)
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class StaffSession(SessionAuthentication):
    """The session of an active member of staff, CSRF checked. A candidate's cookie opens no API call."""

    def authenticate(self, request: Request) -> tuple[object, None] | None:
        found = super().authenticate(request)
        return found if found and found[0].is_staff else None


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "An API token, made in the admin under “API tokens”."}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = StaffSession
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, Any]:
        return {
            "type": "apiKey", "in": "cookie", "name": "sessionid",
            "description": "The session of a member of staff; calls that change something also need X-CSRFToken.",
        }  # fmt: skip
