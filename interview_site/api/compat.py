"""What every address of the compatible API shares: who may call, and the old shapes of errors (docs/contracts/compat_api.md).

A staff session with CSRF or a token with the scope of the call; with API_ALLOW_ANONYMOUS (embedded mode, a trusted network)
nobody has to show anything, but a page of an unlisted origin is refused: any web page could call a machine's own address.
"""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from interview_site.api.authentication import SessionScheme, StaffSession, TokenAuthentication
from interview_site.api.records import ApiToken

PREFIX = "/r"  # of the reverse proxies some sites reach us through


def prefix_of(path: str) -> str:
    """ "/r" for a call that came with it, else "": addresses inside the answer carry it too."""
    return PREFIX if path.startswith(PREFIX + "/") else ""


def anonymous_is_allowed() -> bool:
    """Never in production, whatever the setting says."""
    return bool(settings.API_ALLOW_ANONYMOUS and settings.EMBEDDED)


def is_anonymous(request: Request) -> bool:
    """Neither a token nor a member of staff."""
    return not (isinstance(request.auth, ApiToken) or (request.user and request.user.is_authenticated))


def may_spend(request: Request) -> bool:
    """Whether this call may cost money at a provider."""
    return not is_anonymous(request) or bool(settings.API_ANONYMOUS_MAY_SPEND)


class CompatSession(StaffSession):
    """As StaffSession; where anybody may call, a session without CSRF counts as nobody instead of being refused."""

    def authenticate(self, request: Request) -> tuple[object, None] | None:
        try:
            return super().authenticate(request)
        except exceptions.PermissionDenied:
            if anonymous_is_allowed():
                return None
            raise


class CompatSessionScheme(SessionScheme):
    target_class = CompatSession
    name = "compat_session"


class MayCall(BasePermission):
    """A token needs the view's `scope`; a member of staff needs its `permission` when it names one."""

    message: Any = _("You may not do this.")

    def has_permission(self, request: Request, view: Any) -> bool:
        if is_anonymous(request):
            return anonymous_is_allowed() and self._origin_is_known(request)
        user = request.user
        if not (user.is_active and user.is_staff):
            return False
        if isinstance(request.auth, ApiToken) and view.scope not in request.auth.scopes:
            self.message = _("This token lacks the scope %(scope)s.") % {"scope": view.scope}
            return False
        return user.has_perm(view.permission) if view.permission else True

    def _origin_is_known(self, request: Request) -> bool:
        origin = request.headers.get("Origin")
        if origin is None or origin in (*settings.CORS_ALLOWED_ORIGINS, *settings.SOCKET_ORIGINS):
            return True
        self.message = _("This origin is not listed in CORS_ALLOWED_ORIGINS.")
        # Not "log in first": no credentials would be asked of a listed origin.
        raise exceptions.PermissionDenied(self.message)


class CompatView(APIView):
    """A call of the compatible API. `error_key` "error" answers `{"success": false, "error": …}`, "detail" `{"detail": …}`,
    "" a problem+json as the rest of /api/v1 does."""

    authentication_classes = [TokenAuthentication, CompatSession]
    permission_classes = [MayCall]
    scope = "avatar"
    permission = ""
    error_key = "error"

    def handle_exception(self, error: Exception) -> Response:
        response = super().handle_exception(error)
        if not self.error_key:
            return response
        detail = _first_words(response.data)
        response.data = {"success": False, "error": detail} if self.error_key == "error" else {"detail": detail}
        response.content_type = "application/json"
        return response


def _first_words(problem: Any) -> str:
    """One sentence of a problem: that of the first field at fault, with its name, else the problem's own."""
    if not isinstance(problem, dict):
        return str(problem)
    for fault in problem.get("errors") or ():
        field = str(fault.get("pointer", "")).strip("/")
        return f"{field}: {fault['detail']}" if field else str(fault["detail"])
    return str(problem.get("detail") or problem.get("title") or "")
