"""A position's clips one by one: what each says, how it stands, what to do about it, and trying a single one again."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from avatars.models import AvatarGeneration
from avatars.providers.remedies import remedy
from interviews.models import Position, PositionClip, PositionVersion
from interviews.services import audit, clips

State = AvatarGeneration.State


class Standing(StrEnum):
    """In a word. `shown`: there is nothing to say in the text, so it is only shown."""

    READY = "ready"
    MAKING = "making"
    FAILED = "failed"
    SHOWN = "shown"


@dataclass(frozen=True)
class ClipRow:
    """A clip of the version that an invitation sent now would use. `number`: of its question from 1, else None."""

    clip: PositionClip
    number: int | None

    @property
    def part(self) -> str:
        """greeting, question, invite_questions, farewell, bridge or last_question."""
        return self.clip.name.partition(":")[0]

    @property
    def standing(self) -> Standing:
        if self.clip.generation is not None and self.clip.generation.state == State.SUCCEEDED:
            return Standing.READY
        if clips.is_failed(self.clip):
            return Standing.FAILED
        return Standing.MAKING if self.clip.generation is not None else Standing.SHOWN

    @property
    def error_code(self) -> str:
        """Why there is no clip; "" while nothing is wrong."""
        if self.standing != Standing.FAILED:
            return ""
        code = self.clip.generation.error_code if self.clip.generation is not None else self.clip.problem
        return code or "cancelled"

    @property
    def remedy(self) -> str:
        """What went wrong and what to do, for a person; "" while nothing is wrong."""
        return remedy(self.error_code) if self.error_code != "cancelled" else ""

    @property
    def progress(self) -> int:
        """Per cent."""
        return self.clip.generation.progress if self.clip.generation is not None else 0


@dataclass(frozen=True)
class Overview:
    """`version` is None where the draft has changed since clips were ordered, or never had any."""

    wanted: bool
    version: PositionVersion | None
    progress: Sequence[clips.Progress]
    rows: Sequence[ClipRow]

    def of(self, language: str) -> list[ClipRow]:
        return [row for row in self.rows if row.clip.language == language]

    @property
    def is_working(self) -> bool:
        return any(part.is_working and part.is_ordered for part in self.progress)

    @property
    def is_missing(self) -> bool:
        """Clips of a language are wanted and were never ordered."""
        return self.wanted and any(not part.is_ordered for part in self.progress)

    @property
    def has_failed(self) -> bool:
        return any(part.failed for part in self.progress)


def overview(position: Position) -> Overview:
    """The clips an invitation sent now would use; a constant number of queries."""
    if not clips.wants_clips(position):
        return Overview(False, None, (), ())
    version = clips.present_version(position)
    if version is None:
        return Overview(True, None, [clips.Progress(position.language, 0, 0, 0)], ())
    rows = clips.rows_of(version)
    progress = [clips.progress(rows, language) for language in clips.languages_of(version)]
    numbers = {f"question:{asked['uuid']}": number for number, asked in enumerate(version.plan.get("questions", ()), 1)}
    return Overview(True, version, progress, [ClipRow(clip, numbers.get(clip.name)) for clip in rows])


def try_again(position: Position, clip_id: int, *, by: Any = None) -> bool:
    """Order one failed clip anew, which may cost again; False when there is no such clip or it did not fail."""
    rows = PositionClip.objects.filter(version__position=position).select_related("generation", "version")
    clip = rows.filter(pk=clip_id).first()
    if clip is None or not clips.is_failed(clip):
        return False
    clips.order_again(clip, by=by)
    audit.record("retry_clip", position, actor=by, note=f"clip {clip.pk}")
    return True
