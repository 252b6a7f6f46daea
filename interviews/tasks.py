"""Celery tasks of interviews: each takes a row's id, leaves quietly when the row is gone, and may run twice (threats 5)."""

from celery import shared_task

from interviews.models import OutgoingMail
from interviews.services import late_texts, lifecycle, mail, retention


@shared_task(name="interviews.tasks.send_mail", ignore_result=True)
def send_mail(pk: int) -> None:
    """Send one letter of the outbox; a letter that is not due or is held by another worker is left alone."""
    if not OutgoingMail.claim(pk):
        return
    letter = (
        OutgoingMail.objects.select_related("interview__version__position", "interview__candidate", "sent_by")
        .filter(pk=pk)
        .first()
    )
    if letter is not None:
        mail.send(letter)


@shared_task(name="interviews.tasks.sweep_interviews", ignore_result=True)
def sweep_interviews() -> None:
    """Expire invitations past their deadline, end calls that were left."""
    lifecycle.expire_overdue()
    lifecycle.abandon_idle()


@shared_task(name="interviews.tasks.fill_texts", ignore_result=True)
def fill_texts() -> None:
    """Give spoken answers the words that have come since."""
    late_texts.fill()


@shared_task(name="interviews.tasks.apply_retention", ignore_result=True)
def apply_retention() -> None:
    """Nightly: erase what is over its days."""
    retention.apply_retention()
