"""What follows when an interview is complete: HR are told by mail, a model's proposal is prepared where it may be.

Called inside the transaction that completes it.
"""

from interviews.evaluation.permission import evaluate_completed
from interviews.models import Interview
from interviews.services import mail


def completed(interview: Interview) -> None:
    """Queue what must happen next as rows of the same transaction; nothing is sent from here (threats 1)."""
    mail.queue_completed(interview)
    evaluate_completed(interview)
