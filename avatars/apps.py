from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AvatarsConfig(AppConfig):
    name = "avatars"
    verbose_name = _("Avatars")

    def ready(self) -> None:
        from avatars import checks
        from avatars.models import PhotoPresenter, RenderedHere, SentAway, VideoChunk
        from interview_site import due, health

        due.register(RenderedHere, "avatars.tasks.make_video", queue="render")
        due.register(SentAway, "avatars.tasks.make_video")
        due.register(VideoChunk, "avatars.tasks.render_chunk", queue="render")
        due.register(PhotoPresenter, "avatars.tasks.build_photo_presenter", queue="render")

        health.register_fact("models_loaded", lambda: not checks.espeak_is_installed(None))
        health.register_fact("avatar_loaded", _presenter_is_built)


def _presenter_is_built() -> bool:
    """The drawn presenter of `/api/health`: its atlas is among the static files."""
    from django.contrib.staticfiles import finders

    from avatars.models import AvatarSettings

    presenter = AvatarSettings._meta.get_field("presenter").default
    return bool(finders.find(f"presenters/{presenter}/presenter.json"))
