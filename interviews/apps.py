from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InterviewsConfig(AppConfig):
    name = "interviews"
    verbose_name = _("Interviews")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from interview_site import due, gauges
        from interviews import checks  # noqa: F401  registers the start-up checks
        from interviews.models import Interview, OutgoingMail
        from interviews.roles import make_roles

        post_migrate.connect(make_roles, sender=self, dispatch_uid="interviews.roles")
        due.register(OutgoingMail, "interviews.tasks.send_mail")
        gauges.register_count("interviews_in_progress", lambda: Interview.objects.filter(state="in_progress").count())
        gauges.register_count("letters_failed", lambda: OutgoingMail.objects.filter(state="failed").count())
