"""Opening and closing a position."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models import Position
from interviews.services import audit
from interviews.services.invitations import CannotInvite

State = Position.State


def open_position(position: Position, *, by: object) -> bool:
    """draft or closed → open; False when it is open already. Raises CannotInvite when nobody could be interviewed."""
    if not position.questions.exists():
        raise CannotInvite(_("This position has no questions yet. Add at least one."))
    if position.closes_at and position.closes_at <= timezone.now():
        raise CannotInvite(_("The closing date has passed. Move or clear it first."))
    return _move(position, State.OPEN, (State.DRAFT, State.CLOSED), by)


def close_position(position: Position, *, by: object) -> bool:
    """open → closed; False when it is not open. People who are in the middle of an interview may finish it."""
    return _move(position, State.CLOSED, (State.OPEN,), by)


def _move(position: Position, new: str, old: tuple[str, ...], by: object) -> bool:
    moved = Position.objects.filter(pk=position.pk, state__in=old).update(state=new, updated_at=timezone.now()) == 1
    position.refresh_from_db()
    if moved:
        audit.record(f"position_{new}", position, actor=by)
    return moved
