from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from interview_site.status import Block


class AvatarsConfig(AppConfig):
    name = "avatars"
    verbose_name = _("Avatars")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from avatars import checks
        from avatars.models import CatalogueList, LiveSession, PhotoPresenter, RenderedHere, SentAway, VideoChunk
        from avatars.services import live_dashboard
        from avatars.services.catalogue import ensure_lists
        from avatars.services.seed import seed_default_profile
        from interview_site import due, gauges, health, status

        post_migrate.connect(seed_default_profile, sender=self, dispatch_uid="avatars.seed")
        post_migrate.connect(ensure_lists, sender=self, dispatch_uid="avatars.catalogue")

        due.register(RenderedHere, "avatars.tasks.make_video", queue="render")
        due.register(SentAway, "avatars.tasks.make_video")
        due.register(VideoChunk, "avatars.tasks.render_chunk", queue="render")
        due.register(PhotoPresenter, "avatars.tasks.build_photo_presenter", queue="render")

        due.register(CatalogueList, "avatars.tasks.refresh_catalogue")
        due.register(LiveSession, "avatars.tasks.tend_live_session", queue="live")

        status.register(_status_blocks)
        status.register(_live_blocks)
        gauges.register_count("live_sessions_open", lambda: LiveSession.objects.costing().count())
        gauges.register_count("live_sessions_opened_last_day", lambda: live_dashboard.last_day().opened)
        gauges.register_count("live_sessions_failed_last_day", lambda: live_dashboard.last_day().failed)
        gauges.register_count("live_minutes_last_day", lambda: live_dashboard.last_day().minutes)
        gauges.register_count("live_stops_failing", live_dashboard.failing_stops)
        gauges.register_count("live_alerts_open", lambda: live_dashboard.open_alerts().count())
        health.register_fact("models_loaded", lambda: not checks.espeak_is_installed(None))
        health.register_fact("avatar_loaded", _presenter_is_built)


def _status_blocks() -> "Iterable[Block]":
    from avatars.admin.status import blocks

    return blocks()


def _live_blocks() -> "Iterable[Block]":
    from avatars.admin.live_overview import blocks

    return blocks()


def _presenter_is_built() -> bool:
    """The drawn presenter of `/api/health`: its atlas is among the static files."""
    from django.contrib.staticfiles import finders

    from avatars.models import AvatarSettings

    presenter = AvatarSettings._meta.get_field("presenter").default
    return bool(finders.find(f"presenters/{presenter}/presenter.json"))
