from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from interview_site.status import Block


class InterviewSiteConfig(AppConfig):
    name = "interview_site"
    verbose_name = _("Operations")

    def ready(self) -> None:
        from interview_site import checks, due, gauges, status  # noqa: F401  registers the start-up checks
        from interview_site.llm import checks as model_checks  # noqa: F401  registers them too
        from interview_site.models import StatusCheck

        gauges.register()
        status.register(_model_blocks)
        due.register(StatusCheck, "interview_site.tasks.run_status_check")


def _model_blocks() -> "Iterable[Block]":
    from interview_site.llm.admin_status import blocks

    return blocks()
