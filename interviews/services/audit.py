"""Leaving a trace of what people did: ids only, append-only (design §2, threats 79)."""

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from interviews.models import AuditEvent

# What people read for an action; one that is not here is shown as it was stored.
ACTIONS = {
    "answer_question": _("question marked as answered"),
    "approve_translation": _("translation approved"),
    "change": _("data changed"),
    "change_review": _("review changed"),
    "change_translation": _("translation changed"),
    "choose_text": _("text of an answer chosen"),
    "create": pgettext_lazy("what somebody did", "created"),
    "decide": _("decision made"),
    "delete": pgettext_lazy("what somebody did", "deleted"),
    "draft": _("draft ordered from the model"),
    "draft_taken_over": _("draft taken over"),
    "erase": _("answers erased"),
    "evaluate": _("proposal ordered from the model"),
    "export": pgettext_lazy("what somebody did", "exported"),
    "invite": _("candidate invited"),
    "keep": _("conversation kept"),
    "letter": _("letter sent"),
    "listen": _("recording listened to"),
    "position_closed": _("position closed"),
    "position_open": _("position opened"),
    "prepare_clips": _("clips ordered"),
    "rehearsal_stopped": _("rehearsal stopped"),
    "rehearse": _("rehearsal started"),
    "reissue": _("link replaced"),
    "resend": _("invitation sent again"),
    "retry_clip": _("clip ordered again"),
    "review": _("review written"),
    "revoke": _("invitation revoked"),
    "send_again": _("letter sent again"),
    "show_link": _("link shown"),
    "transcribe_again": _("answer transcribed again"),
    "translate": _("translation ordered from the model"),
    "view": pgettext_lazy("what somebody did", "viewed"),
    "watch": _("camera recording watched"),
    "withdraw_consent": _("consent withdrawn"),
    "withdraw_translation": _("translation withdrawn"),
}


def record(action: str, target: Model | type[Model], *, actor: object = None, note: str = "") -> AuditEvent:
    """Note that `actor` did `action` (`view`, `show_link`, `decide`, `export`, …) to a row, or to rows of a model.

    `note` holds ids, states and counts, never names or words of people. An anonymous or missing actor is stored as NULL.
    """
    return AuditEvent.objects.create(
        actor=actor if getattr(actor, "pk", None) else None,
        action=action,
        target_type=target._meta.model_name,
        target_id="" if isinstance(target, type) else str(target.pk),
        note=note[:200],
    )


def target_name(target_type: str) -> str:
    """What people call the kind of thing an event is about; its code when the model is gone."""
    found = next((model for model in apps.get_models() if model._meta.model_name == target_type), None)
    return str(found._meta.verbose_name) if found else target_type
