"""The chunk API; every address also answers under /r (docs/contracts/compat_api.md). No trailing slashes."""

from django.urls import URLPattern, path

from avatars.api import views
from interview_site.views import overview


def compat(prefix: str = "") -> list[URLPattern]:
    """The addresses under `prefix` ("" or "r/"); those with it have names that end in "_r"."""
    end = "_r" if prefix else ""
    return [
        path(f"{prefix}api/stream_chunks", views.StreamChunks.as_view(), name=f"stream_chunks{end}"),
        path(f"{prefix}api/generate", views.generate, name=f"generate{end}"),
        path(f"{prefix}api/cleanup", views.Cleanup.as_view(), name=f"cleanup{end}"),
        path(f"{prefix}api/chunk/video/<str:chunk_id>", views.chunk_video, name=f"chunk_video{end}"),
        path(f"{prefix}api/chunk/audio/<str:chunk_id>", views.chunk_audio, name=f"chunk_audio{end}"),
        path(f"{prefix}api/avatar", views.avatar_picture, name=f"avatar_picture{end}"),
    ]


urlpatterns = [*compat(), *compat("r/"), path("r/api/health", overview, name="health_r")]
