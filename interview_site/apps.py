from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InterviewSiteConfig(AppConfig):
    name = "interview_site"
    verbose_name = _("Operations")

    def ready(self) -> None:
        from interview_site import checks, gauges  # noqa: F401  registers the start-up checks

        gauges.register()
