"""Celery tasks of interviews: each takes a row's id, leaves quietly when the row is gone, and may run twice (threats 5)."""

from celery import shared_task

from interviews.chat import memory
from interviews.evaluation import work as evaluation_work
from interviews.models import OutgoingMail
from interviews.services import drafting, late_texts, lifecycle, mail, personal, rehearsing, retention, sound, studio, translating


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


@shared_task(name="interviews.tasks.forget_chats", ignore_result=True)
def forget_chats() -> None:
    """Forget what was said in live sessions that have ended."""
    memory.sweep()


@shared_task(name="interviews.tasks.fill_texts", ignore_result=True)
def fill_texts() -> None:
    """Give spoken answers the words that have come since, and a file to listen to."""
    late_texts.fill()
    sound.want_files()


@shared_task(name="interviews.tasks.apply_retention", ignore_result=True)
def apply_retention() -> None:
    """Nightly: erase what is over its days."""
    retention.apply_retention()
    personal.erase_again()
    studio.delete_old()


@shared_task(name="interviews.tasks.write_draft", ignore_result=True)
def write_draft(pk: int) -> None:
    """One step of a draft of a position."""
    drafting.write(pk)


@shared_task(name="interviews.tasks.translate_position", ignore_result=True)
def translate_position(pk: int) -> None:
    """One step of a translation of a position."""
    translating.translate(pk)


@shared_task(name="interviews.tasks.evaluate", ignore_result=True)
def evaluate(pk: int) -> None:
    """The next finding of one evaluation."""
    evaluation_work.work(pk)


@shared_task(name="interviews.tasks.rehearse", ignore_result=True)
def rehearse(pk: int) -> None:
    """One slice of a rehearsal of a position."""
    rehearsing.work(pk)
