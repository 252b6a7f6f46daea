from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InterviewsConfig(AppConfig):
    name = "interviews"
    verbose_name = _("Interviews")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from interview_site import due, gauges, owners, status
        from interviews import admin_owners, admin_status, checks  # noqa: F401  checks registers the start-up checks
        from interviews.models import Evaluation, Interview, OutgoingMail, PositionDraft, PositionTranslation, Rehearsal
        from interviews.roles import make_roles

        post_migrate.connect(make_roles, sender=self, dispatch_uid="interviews.roles")
        due.register(OutgoingMail, "interviews.tasks.send_mail")
        due.register(PositionDraft, "interviews.tasks.write_draft")
        due.register(PositionTranslation, "interviews.tasks.translate_position")
        due.register(Evaluation, "interviews.tasks.evaluate")
        due.register(Rehearsal, "interviews.tasks.rehearse")
        status.register(admin_status.blocks)
        owners.register("interview", admin_owners.interviews)
        people = Interview.objects.exclude(kind=Interview.Kind.REHEARSAL)
        gauges.register_count("interviews_in_progress", lambda: people.filter(state="in_progress").count())
        gauges.register_count("letters_failed", lambda: OutgoingMail.objects.filter(state="failed").count())
