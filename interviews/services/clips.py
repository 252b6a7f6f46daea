"""A version's fixed texts as recorded clips: ordered before invitations leave, found again in the call (design §3).

A clip belongs to the words, not to a person: the same text with the same look and voice is one video for every version and
position (`avatars.services.generations`). What is not ready when it is needed is spoken by the local presenter.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from avatars.models import AvatarGeneration, AvatarSettings
from avatars.services import generations
from avatars.services.order_advice import before_ordering
from avatars.speech.text import NothingToSay, TextTooLong
from interview_site.errors import ProviderError
from interviews.conversation.script import fixed_texts
from interviews.models import Interview, Language, Position, PositionClip, PositionVersion
from interviews.plan import Plan, from_json
from interviews.services import audit
from interviews.services.clip_parts import Part, parts
from interviews.services.sentences import split
from interviews.services.versions import freeze, plan_of

log = logging.getLogger(__name__)
State = AvatarGeneration.State
NOTHING_TO_SAY = "nothing_to_say"
FAILED = (State.FAILED, State.CANCELLED, State.BLOCKED)


@dataclass(frozen=True)
class Progress:
    """How far a version's clips of one language are. `failed` need a person, the rest of `total` is being made."""

    language: str
    ready: int
    failed: int
    total: int

    @property
    def language_name(self) -> str:
        return str(Language(self.language).label)

    @property
    def is_complete(self) -> bool:
        return self.ready == self.total

    @property
    def is_ordered(self) -> bool:
        return self.total > 0

    @property
    def is_working(self) -> bool:
        return self.ready + self.failed < self.total

    @property
    def percent(self) -> int:
        return self.ready * 100 // self.total if self.total else 0


@dataclass(frozen=True)
class ReadyClip:
    """A clip that can be played: the sentences it covers and where each stands in it."""

    public_id: str
    sentences: tuple[str, ...]
    parts: tuple[Part, ...]
    duration_ms: int
    by_presenter: bool  # our own presenter is in the picture, so that the drawn one may wait between clips


def are_wanted(plan: Plan) -> bool:
    """Whether this plan's profile speaks by recorded clips."""
    return plan.avatar.get("style") == AvatarSettings.Style.RECORDED


def prepare_position(position: Position, *, language: str = "", by: Any = None, again: bool = False) -> PositionVersion:
    """Freeze the present draft and order its clips. Raises NothingToAsk; does nothing more when clips are not wanted."""
    version = freeze(position, by=by)
    for one in [language] if language else languages_of(version):
        prepare(version, one, by=by, again=again)
    audit.record("prepare_clips", position, actor=by)
    return version


def prepare(version: PositionVersion, language: str, *, by: Any = None, again: bool = False) -> None:
    """Order what is missing, one video a fixed text; `again` also tries what failed once more, which may cost again.

    Safe to repeat: ready and ordered clips are left alone. A text that cannot be filmed keeps its reason and stops no other.
    """
    plan = from_json(version.plan).in_language(language)
    if not are_wanted(plan):
        return
    wanted = fixed_texts(plan, language, settings.COMPANY_NAME)
    look = _look(plan)
    with transaction.atomic():
        known = {clip.name: clip for clip in _rows(version, language).select_for_update(of=("self",))}
        for order, (name, text) in enumerate(wanted.items()):
            clip = known.pop(name, None)
            if clip is not None and clip.text == text and clip.generation is not None and not _needs_work(clip, again):
                continue
            generation, problem = _order(text, look, language, by, again)
            PositionClip.objects.update_or_create(
                version=version, language=language, name=name,
                defaults={"order": order, "text": text, "generation": generation, "problem": problem},
            )  # fmt: skip
        PositionClip.objects.filter(pk__in=[clip.pk for clip in known.values()]).delete()


def order_again(clip: PositionClip, *, by: Any = None) -> None:
    """Order one failed clip anew, whatever is the matter with the others. May cost again."""
    plan = from_json(clip.version.plan).in_language(clip.language)
    generation, problem = _order(clip.text, _look(plan), clip.language, by, again=True)
    PositionClip.objects.filter(pk=clip.pk).update(generation=generation, problem=problem)


def _look(plan: Plan) -> dict[str, Any]:
    """Our page shows the captions itself, and people may switch them off."""
    return {**plan.avatar, "captions": False}


def ensure(version: PositionVersion, language: str, *, by: Any = None) -> None:
    """Order the clips of an invitation that is about to leave, unless that was done before. Never stops an invitation."""
    plan = from_json(version.plan).in_language(language)
    if not are_wanted(plan):
        return
    known = dict(PositionClip.objects.filter(version=version, language=language).values_list("name", "text"))
    if known != fixed_texts(plan, language, settings.COMPANY_NAME):
        prepare(version, language, by=by)


def languages_of(version: PositionVersion) -> list[str]:
    """The position's own language first, then those candidates may choose, were invited in or clips were made for."""
    own = str(version.plan.get("language") or "ru")
    under_way = Interview.objects.filter(version=version).exclude(state__in=Interview.FINISHED)
    others = set(under_way.values_list("language", flat=True))
    others |= set(version.plan.get("translations", {}))
    others |= set(PositionClip.objects.filter(version=version).values_list("language", flat=True))
    return [own, *sorted(others - {own})]


def present_version(position: Position) -> PositionVersion | None:
    """The version that an invitation sent now would use; None when the draft has changed since, or has no question."""
    if not position.questions.exists():
        return None
    fingerprint = plan_of(position).fingerprint()
    latest = position.versions.order_by("-number").first()
    return latest if latest is not None and latest.fingerprint == fingerprint else None


def standing(position: Position) -> list[Progress]:
    """How far the clips of an invitation sent now are, by language; empty when its profile speaks without clips."""
    if not wants_clips(position):
        return []
    version = present_version(position)
    if version is None:
        return [Progress(position.language, 0, 0, 0)]
    rows = rows_of(version)
    return [progress(rows, language) for language in languages_of(version)]


def wants_clips(position: Position) -> bool:
    """Whether the present draft's profile speaks by recorded clips."""
    avatar = position.avatar or AvatarSettings.objects.filter(is_default=True).first()
    return avatar is not None and avatar.style == AvatarSettings.Style.RECORDED


def rows_of(version: PositionVersion) -> Sequence[PositionClip]:
    """All clips with their videos, by language and in the order they are said."""
    return list(
        PositionClip.objects.filter(version=version).select_related("generation").defer(
            "generation__timeline", "generation__settings"
        )
    )  # fmt: skip


def progress(rows: Iterable[PositionClip], language: str) -> Progress:
    mine = [row for row in rows if row.language == language and row.problem != NOTHING_TO_SAY]
    ready = sum(1 for row in mine if row.generation is not None and row.generation.state == State.SUCCEEDED)
    return Progress(language, ready, sum(1 for row in mine if is_failed(row)), len(mine))


def advice(position: Position) -> tuple[str, ...]:
    """What to know before the missing clips are ordered: the cost, the budget, or why none can be made; () when they are free."""
    version, plan = present_version(position), plan_of(position)
    rows = rows_of(version) if version is not None else ()
    lines: list[str] = []
    for language in languages_of(version) if version is not None else [position.language]:
        if any(row.language == language for row in rows):
            continue
        spoken = plan.in_language(language)
        texts = fixed_texts(spoken, language, settings.COMPANY_NAME).values()
        try:
            lines += before_ordering(texts, {**_look(spoken), "language": language}, may_ask=False).lines
        except (ProviderError, TextTooLong) as error:
            lines += [str(error.person_text)] if isinstance(error, ProviderError) else []
    return tuple(dict.fromkeys(lines))


def is_failed(clip: PositionClip) -> bool:
    """It needs a person. A text with nothing to say is no failure: it is only shown."""
    if clip.generation is None:
        return clip.problem != NOTHING_TO_SAY
    return clip.generation.state in FAILED


def ready(version_id: int, language: str) -> tuple[ReadyClip, ...]:
    """The clips that can be played now, longest first: one query."""
    rows = (
        PositionClip.objects.filter(version_id=version_id, language=language, generation__state=State.SUCCEEDED)
        .select_related("generation")
        .defer("generation__settings")
    )
    found = []
    for row in rows:
        video = row.generation
        sentences = tuple(split(row.text, language))
        lasts_ms = video.duration_ms or 0
        where = tuple(parts(video.text, sentences, video.timeline, lasts_ms))
        found.append(ReadyClip(video.public_id, sentences, where, lasts_ms, video.renders_here))
    return tuple(sorted(found, key=lambda clip: -len(clip.sentences)))


def video_of(interview: Interview, public_id: str) -> AvatarGeneration | None:
    """The video, if it is a clip of this very interview's version (threats 60)."""
    return AvatarGeneration.objects.filter(
        public_id=public_id, state=State.SUCCEEDED,
        pk__in=PositionClip.objects.filter(version_id=interview.version_id).values("generation"),
    ).first()  # fmt: skip


def _rows(version: PositionVersion, language: str) -> Any:
    return PositionClip.objects.filter(version=version, language=language).select_related("generation")


def _needs_work(clip: PositionClip, again: bool) -> bool:
    """A ready clip whose file is gone is made again whenever somebody asks; what failed only with `again`."""
    if clip.generation.state == State.SUCCEEDED:
        return generations.has_lost_its_file(clip.generation)
    return again and clip.generation.state in FAILED


def _order(text: str, look: dict[str, Any], language: str, by: Any, again: bool) -> tuple[AvatarGeneration | None, str]:
    """The video, or why there is none."""
    try:
        generation = generations.generate(text=text, settings=look, language=language, by=by)
        if again and generation.state in FAILED:
            generations.retry(generation, by=by)
        return generation, ""
    except NothingToSay:
        return None, NOTHING_TO_SAY
    except TextTooLong:
        return None, "too_long"
    except ProviderError as error:
        log.warning("no clip ordered", extra={"fault": error.code or str(error.category)})
        return None, "not_configured" if error.code == "not_configured" else str(error.category)
