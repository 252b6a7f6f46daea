"""Celery tasks of interviews: each takes a row's id, leaves quietly when the row is gone, and may run twice (threats 5)."""

from celery import shared_task

from interviews.models import OutgoingMail
from interviews.services import lifecycle, mail


@shared_task(name="interviews.tasks.send_mail", ignore_result=True)
def send_mail(pk: int) -> None:
    """Send one letter of the outbox; a letter that is not due or is held by another worker is left alone."""
    if not OutgoingMail.claim(pk):
        return
    letter = OutgoingMail.objects.select_related("interview__version__position", "interview__candidate", "sent_by").filter(pk=pk).first()
    if letter is not None:
        mail.send(letter)


@shared_task(name="interviews.tasks.sweep_interviews", ignore_result=True)
def sweep_interviews() -> None:
    """Expire invitations past their deadline, end calls that were left."""
    lifecycle.expire_overdue()
    lifecycle.abandon_idle()
