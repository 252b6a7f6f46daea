"""The verbs that move an interview. Each refuses a wrong present state, moves by conditional UPDATE and leaves a passage.

A verb that finds the interview already where it leads returns False and changes nothing: every message may come twice.
"""

from django.db import transaction
from django.utils import timezone

from interview_site.notify import interview_changed
from interviews.models import Interview, InterviewPassage

State = Interview.State

# The declared graph (threats 3): new state → states it may be reached from.
MOVES: dict[str, tuple[str, ...]] = {
    State.OPENED: (State.INVITED,),
    State.READY: (State.OPENED,),
    State.IN_PROGRESS: (State.READY, State.PAUSED),
    State.PAUSED: (State.IN_PROGRESS,),
    State.COMPLETED: (State.IN_PROGRESS, State.PAUSED),
    State.DECLINED: (State.INVITED, State.OPENED, State.READY),
    State.EXPIRED: (State.INVITED, State.OPENED, State.READY),
    State.REVOKED: (State.INVITED, State.OPENED, State.READY, State.IN_PROGRESS, State.PAUSED),
    State.ABANDONED: (State.IN_PROGRESS, State.PAUSED),
}
STAMPS = {State.OPENED: "opened_at", State.COMPLETED: "completed_at"}


class WrongState(Exception):
    """The interview is in a state from which this move is not allowed; `state` says which."""

    def __init__(self, state: str, wanted: str) -> None:
        super().__init__(f"an interview that is {state} cannot become {wanted}")
        self.state = state


def move(interview: Interview, new: str, *, reason: str = "", actor: object = None, **fields: object) -> bool:
    """Move to `new`, setting `fields` in the same UPDATE; True when this call made the move.

    Raises WrongState when the graph does not allow it. `interview` is refreshed in place.
    """
    stamps = {STAMPS[new]: timezone.now()} if new in STAMPS else {}
    if new == State.IN_PROGRESS and interview.started_at is None:
        stamps["started_at"] = timezone.now()
    with transaction.atomic():
        for old in MOVES[new]:
            if Interview.objects.filter(pk=interview.pk, state=old).update(
                state=new, active_at=timezone.now(), **stamps, **fields
            ):
                InterviewPassage.objects.create(
                    interview_id=interview.pk, old_state=old, new_state=new, reason=reason[:200], actor=actor
                )
                transaction.on_commit(lambda: interview_changed(interview.public_id, state=new))
                break
        else:
            interview.refresh_from_db()
            if interview.state == new:
                return False
            raise WrongState(interview.state, new)
    interview.refresh_from_db()
    return True
