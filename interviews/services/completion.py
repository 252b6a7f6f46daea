"""The end of an interview: the move and everything that must follow from it, in one transaction (threats 1)."""

from django.db import transaction

from interviews.models import Interview
from interviews.services import mail
from interviews.services.states import move


def complete(interview: Interview, *, reason: str = "", actor: object = None, **fields: object) -> bool:
    """Move to completed and tell HR by mail; True when this call did it, False when it was complete already.

    Raises states.WrongState. A crash loses neither: the letters are rows written with the move.
    """
    with transaction.atomic():
        moved = move(interview, Interview.State.COMPLETED, reason=reason, actor=actor, **fields)
        if moved:
            mail.queue_completed(interview)
    return moved
