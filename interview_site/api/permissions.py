"""What the caller may do: the owner's permission, and for a token also the scope."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from interview_site.api.records import ApiToken


class MayDo(BasePermission):
    """A view says what each method needs: `needs = {"GET": (Scope.X, "app.view_x")}`; a method not named is refused.

    Which rows the caller sees is another question: `.visible_to(user)` answers it, with 404.
    """

    message = _("You may not do this.")

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        if not (user and user.is_authenticated and user.is_active and user.is_staff):
            return False
        if request.method == "OPTIONS" or request.method not in view.allowed_methods:
            return True  # answered with 200 or 405, no data
        scope, permission = view.needs["GET" if request.method == "HEAD" else request.method]
        if isinstance(request.auth, ApiToken) and scope not in request.auth.scopes:
            self.message = _("This token lacks the scope %(scope)s.") % {"scope": scope}
            self.code = "scope_missing"
            return False
        return user.has_perm(permission)
