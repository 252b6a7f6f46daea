"""How a video moves: by conditional UPDATE along the declared graph, with a row for each passage (design §2, style §4)."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from avatars.models import AvatarGeneration, GenerationPassage
from avatars.services import budget
from interview_site.rings import ring

log = logging.getLogger(__name__)
State = AvatarGeneration.State
TASK = "avatars.tasks.make_video"


def move(
    generation: AvatarGeneration, new: str, *, only_from: Collection[str] = (), reason: str = "", by: Any = None, **fields: object
) -> bool:
    """Take the row to `new` if the graph allows it from where it stands now; False when it does not, or another was first.

    `only_from` narrows where it may come from. `fields` are written with it; a finished row loses its due time and lease.
    The instance given is refreshed when it worked.
    """
    if new in AvatarGeneration.FINISHED:
        fields = {"due_at": None, "lease_until": None, "finished_at": timezone.now(), **fields}
    with transaction.atomic():
        old = AvatarGeneration.objects.filter(pk=generation.pk).values_list("state", flat=True).first()
        if old is None or new not in AvatarGeneration.MOVES[old] or (only_from and old not in only_from):
            return False
        if AvatarGeneration.objects.filter(pk=generation.pk, state=old).update(state=new, **fields) != 1:
            return False
        GenerationPassage.objects.create(generation_id=generation.pk, old_state=old, new_state=new, reason=reason[:200], by=by)
    log.info("video", extra={"generation": generation.pk, "provider": generation.provider, "from": old, "to": str(new)})
    generation.refresh_from_db()
    if new in (*AvatarGeneration.FINISHED, State.BLOCKED):
        budget.settle_video(generation)
    return True


def save(generation: AvatarGeneration, **fields: object) -> bool:
    """Write fields while the row is unfinished; False when it is finished, cancelled or gone."""
    written = AvatarGeneration.objects.unfinished().filter(pk=generation.pk).update(**fields) == 1
    if written:
        for name, value in fields.items():
            setattr(generation, name, value)
    return written


def fail(generation: AvatarGeneration, code: str, log_text: str) -> bool:
    """A permanent refusal: nothing repeats it but a person."""
    return move(generation, State.FAILED, reason=log_text, error_code=code[:40], last_error=log_text[:500])


def block(generation: AvatarGeneration, code: str, log_text: str, *, ask_again_at: datetime | None = None) -> bool:
    """Needs a person; with `ask_again_at` the provider is still asked for a late success."""
    return move(
        generation,
        State.BLOCKED,
        reason=log_text,
        error_code=code[:40],
        last_error=log_text[:500],
        due_at=ask_again_at,
        lease_until=None,
    )


def wait(generation: AvatarGeneration, seconds: float, *, error_code: str = "", log_text: str = "", **fields: object) -> bool:
    """Give the row back until `seconds` from now."""
    due_at = timezone.now() + timedelta(seconds=seconds)
    return save(generation, due_at=due_at, lease_until=None, error_code=error_code[:40], last_error=log_text[:500], **fields)


def wake(generation: AvatarGeneration) -> None:
    """Ring the worker that makes this video, after commit."""
    ring(TASK, generation.pk, queue_name="render" if generation.renders_here else "default")
