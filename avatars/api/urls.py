"""The compatible API of avatars; every address also answers under /r (docs/contracts/compat_api.md). No trailing slashes."""

from django.urls import URLPattern, path

from avatars.api import generations, heygen, service, speaking, views
from interview_site.views import alive, overview


def compat(prefix: str = "") -> list[URLPattern]:
    """The addresses under `prefix` ("" or "r/"); those with it have names that end in "_r"."""
    end = "_r" if prefix else ""
    return [
        path(f"{prefix}api/stream_chunks", views.StreamChunks.as_view(), name=f"stream_chunks{end}"),
        path(f"{prefix}api/generate", views.generate, name=f"generate{end}"),
        path(f"{prefix}api/cleanup", views.Cleanup.as_view(), name=f"cleanup{end}"),
        path(f"{prefix}api/chunk/video/<str:chunk_id>", views.chunk_video, name=f"chunk_video{end}"),
        path(f"{prefix}api/chunk/audio/<str:chunk_id>", views.chunk_audio, name=f"chunk_audio{end}"),
        path(f"{prefix}api/v1/avatar/heygen/generate", heygen.Generate.as_view(), name=f"heygen_generate{end}"),
        path(f"{prefix}api/v1/avatar/heygen/status/<str:video_id>", heygen.Status.as_view(), name=f"heygen_status{end}"),
        *_service(f"{prefix}api/v1/avatar/", end),
        path(f"{prefix}api/avatar", views.avatar_picture, name=f"avatar_picture{end}"),
    ]


def _service(at: str, end: str) -> list[URLPattern]:
    """Section 1 of the contract but for the live avatars, which `interviews` answers: they may think."""
    return [
        path(f"{at}a2e-status", service.A2EStatus.as_view(), name=f"avatar_a2e_status{end}"),
        path(f"{at}status", service.Status.as_view(), name=f"avatar_status{end}"),
        path(f"{at}voices", service.Voices.as_view(), name=f"avatar_voices{end}"),
        path(f"{at}characters", service.Characters.as_view(), name=f"avatar_characters{end}"),
        path(f"{at}languages", service.Languages.as_view(), name=f"avatar_languages{end}"),
        path(f"{at}settings", service.Profile.as_view(), name=f"avatar_settings{end}"),
        path(f"{at}tts", speaking.Tts.as_view(), name=f"avatar_tts{end}"),
        path(f"{at}generate", speaking.waiting(speaking.GenerateAndWait), name=f"avatar_generate{end}"),
        path(f"{at}fallback/generate-video", speaking.waiting(speaking.FallbackAndWait), name=f"avatar_fallback_video{end}"),
        path(f"{at}generate-video", speaking.GenerateVideo.as_view(), name=f"avatar_generate_video{end}"),
        path(f"{at}video-status", speaking.VideoStatus.as_view(), name=f"avatar_video_status{end}"),
        path(f"{at}generations", generations.Generations.as_view(), name=f"avatar_generations{end}"),
        path(f"{at}generations/<str:public_id>", generations.OneGeneration.as_view(), name=f"avatar_generation{end}"),
        path(f"{at}healthz", alive, name=f"avatar_alive{end}"),
    ]


urlpatterns = [*compat(), *compat("r/"), path("r/api/health", overview, name="health_r")]
