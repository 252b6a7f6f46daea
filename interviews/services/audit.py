"""Leaving a trace of what people did: ids only, append-only (design §2, threats 79)."""

from django.db.models import Model

from interviews.models import AuditEvent


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
