"""Freezing a position's draft into a version (design §2)."""

from django.db import transaction

from avatars.models import AvatarSettings
from interviews.models import Position, PositionVersion
from interviews.plan import Plan, PlanCriterion, PlanQuestion
from interviews.services import translating


class NothingToAsk(Exception):
    """The draft has no question: nobody can be invited."""


def plan_of(position: Position) -> Plan:
    """The draft as a plan, avatar profile included. Raises NothingToAsk when there is no question."""
    avatar = position.avatar or AvatarSettings.objects.filter(is_default=True).first()
    criteria = tuple(
        PlanCriterion(
            uuid=str(criterion.uuid),
            name=criterion.name,
            meaning=criterion.meaning,
            weight=criterion.weight,
            anchors=(criterion.anchor_1, criterion.anchor_2, criterion.anchor_3, criterion.anchor_4, criterion.anchor_5),
        )  # fmt: skip
        for criterion in position.criteria.all()
    )
    questions = tuple(
        PlanQuestion(
            uuid=str(question.uuid),
            text=question.text,
            mode=question.mode,
            follow_ups=question.follow_ups,
            think_time_s=question.think_time_s,
            answer_time_s=question.answer_time_s,
            required=question.required,
            criteria=tuple(str(criterion.uuid) for criterion in question.criteria.all()),
        )  # fmt: skip
        for question in position.questions.prefetch_related("criteria")
    )
    if not questions:
        raise NothingToAsk
    return Plan(
        title=position.title, description=position.description, language=position.language, intro=position.intro,
        farewell=position.farewell, facts=position.facts, contact=position.contact,
        time_budget_min=position.time_budget_min, retention_days=position.retention_days, camera=position.camera_recording,
        avatar=avatar.snapshot() if avatar else {}, questions=questions, criteria=criteria,
        translations=translating.for_plan(position),
    )  # fmt: skip


def freeze(position: Position, *, by: object = None) -> PositionVersion:
    """The version of the present draft: the latest one when nothing changed, a new one otherwise.

    Raises NothingToAsk. Two people freezing at once get the same version or two equal ones in a row, never a lost one.
    """
    with transaction.atomic():
        # Read under the lock: a draft that somebody changed and froze a moment ago is not put back by an older reading.
        plan = plan_of(Position.objects.select_for_update().get(pk=position.pk))
        fingerprint = plan.fingerprint()
        latest = position.versions.order_by("-number").first()
        if latest and latest.fingerprint == fingerprint:
            return latest
        return PositionVersion.objects.create(
            position=position,
            number=(latest.number if latest else 0) + 1,
            plan=plan.to_json(),
            fingerprint=fingerprint,
            created_by=by,
        )
