"""Every address of the site. Paths of the compatible API have no trailing slash (docs/contracts/compat_api.md)."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from interview_site import views
from interview_site.api.views import Docs, Schema

urlpatterns = [
    path("admin/", admin.site.urls),
    path("i18n/set", set_language, name="set_language"),
    path("", include("interviews.urls")),
    path("", include("avatars.urls")),
    path("", include("interviews.api.streaming.urls")),
    path("api/v1/", include("interviews.api.urls")),
    path("api/schema", Schema.as_view(), name="api_schema"),
    path("api/docs", Docs.as_view(), name="api_docs"),
    path("docs", RedirectView.as_view(pattern_name="api_docs"), name="docs"),
    path("healthz", views.alive, name="alive"),
    path("readyz", views.ready, name="ready"),
    path("api/health", views.overview, name="health"),
    path("metrics", views.metrics, name="metrics"),
]
handler400 = "interview_site.views.bad_request"
handler403 = "interview_site.views.forbidden"
handler404 = "interview_site.views.not_found"
handler500 = "interview_site.views.server_error"
