"""What follows when an interview is complete: HR are told by mail. Called inside the transaction that completes it."""

from interviews.models import Interview


def completed(interview: Interview) -> None:
    """Queue what must happen next as rows of the same transaction; nothing is sent from here (threats 1)."""
    from interviews.services import mail

    mail.queue_completed(interview)
