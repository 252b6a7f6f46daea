"""Which rungs a call has, by its profile's style (design §3)."""

import logging
from functools import partial

from django.core.files.storage import default_storage

from avatars.models import AvatarGeneration
from interviews.call.live_room import LiveRoom
from interviews.call.rungs import Clips, Live, Local
from interviews.call.threads import StorageUnavailable
from interviews.call.voice import Voice
from interviews.conversation.policy import Policy
from interviews.services import clips, speaking
from interviews.services.clips import ReadyClip
from interviews.services.conversation import Outcome

log = logging.getLogger(__name__)


async def ladder_for(outcome: Outcome, policy: Policy, room: LiveRoom) -> tuple[Voice, Clips | None]:
    """The call's voice, and its clips rung when its profile speaks by clips. Storage that is away only costs the clips."""
    interview, avatar = outcome.interview, outcome.plan.avatar
    make = partial(speaking.speak, public_id=interview.public_id, language=interview.language, avatar=avatar)
    recorded = _clips(outcome) if clips.are_wanted(outcome.plan) else None
    if recorded is not None:
        try:
            await recorded.load()
        except StorageUnavailable:
            log.warning("clips not read", extra={"interview": interview.public_id})
    rungs = [Live(room), *([recorded] if recorded else []), Local(make)]
    return Voice(rungs, policy=policy, failures=outcome.rung_failures, public_id=interview.public_id), recorded


def _clips(outcome: Outcome) -> Clips:
    interview = outcome.interview
    return Clips(partial(clips.ready, interview.version_id, interview.language), has_file, public_id=interview.public_id)


def has_file(clip: ReadyClip) -> bool:
    """Our copy may have been erased since: the words are then said by the next rung."""
    name = AvatarGeneration.objects.filter(public_id=clip.public_id).values_list("video", flat=True).first()
    return bool(name) and default_storage.exists(name)
