"""The documents of the API, for members of staff and tokens: the schema and Swagger UI from our own assets."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http.response import HttpResponseBase
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import IsAdminUser


class Schema(SpectacularAPIView):
    """GET: OpenAPI 3.1, YAML or with `?format=json` JSON."""

    permission_classes = [IsAdminUser]


class Docs(SpectacularSwaggerSplitView):
    """GET: Swagger UI. The split view keeps its script in an address of its own, so that the page needs no inline script."""

    permission_classes = [IsAdminUser]
    url_name = "api_schema"
    url_self = None

    def handle_exception(self, exc: Exception) -> HttpResponseBase:
        if isinstance(exc, NotAuthenticated):
            return redirect_to_login(self.request.get_full_path(), str(settings.LOGIN_URL))
        return super().handle_exception(exc)
