from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InterviewsConfig(AppConfig):
    name = "interviews"
    verbose_name = _("Interviews")

    def ready(self) -> None:
        from interview_site import due
        from interviews.models import OutgoingMail

        due.register(OutgoingMail, "interviews.tasks.send_mail")
