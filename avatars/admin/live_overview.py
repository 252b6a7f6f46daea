"""The live part of the overview, and its block on the status page (interview_site.status)."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from avatars import charts
from avatars.admin.status import GROUP
from avatars.admin.widgets import provider_label
from avatars.models import LiveSession
from avatars.providers import registry
from avatars.services import live_dashboard
from avatars.services.live_sweeping import reconcile
from avatars.services.order_advice import money
from interview_site.status import Asked, Block, Check, Done


def live_part(user: Any) -> dict[str, Any] | None:
    """What the overview shows about live conversations; None for those who may not see them."""
    if not user.has_perm("avatars.view_livesession"):
        return None
    seen, sees_money = live_dashboard.overview(), user.has_perm("avatars.view_spending")
    return {
        "seen": seen, "sees_money": sees_money, "minutes_chart": _minutes_chart(seen), "sessions_chart": _sessions_chart(seen),
        "providers": [(provider_label(row.kind), row, money(row.cost)) for row in seen.providers],
    }  # fmt: skip


def blocks() -> Iterable[Block]:
    """One block where a live avatar can be used, or was: rows only, three queries."""
    kinds = [kind for kind in registry.live_kinds() if kind != "local"]
    alerts, active, day = list(live_dashboard.open_alerts()[:5]), LiveSession.objects.costing().count(), live_dashboard.last_day()
    if not (kinds or alerts or active or day.opened or day.failed):
        return
    failing = live_dashboard.failing_stops()
    state, headline = ("good", _("works")) if day.opened else ("unknown", _("not used today"))
    if alerts:
        state, headline = "bad", _("needs a look")
    facts = (
        (_("Rooms open now"), str(active)),
        (_("Held in the last day"), str(day.opened)),
        (_("Failed in the last day"), str(day.failed)),
        (_("Minutes in the last day"), f"{day.minutes:.1f}"),
        (_("Stops that fail"), str(failing)),
    )
    notes = tuple(f"{provider_label(alert.provider)}: {alert.get_kind_display()}." for alert in alerts)
    links = (
        (_("Live sessions"), reverse("admin:avatars_livesession_changelist")),
        (_("Alerts"), f"{reverse('admin:avatars_livealert_changelist')}?resolved_at__isempty=1"),
    )
    yield Block(
        "live-sessions", _("Live conversations"), GROUP, "interpreter_mode", state, headline, facts, notes, links=links,
        checks=(Check("compare", _("Compare with the providers"), "rule", _compare),),
        view_permission="avatars.view_livesession", check_permission="avatars.change_livesession",
    )  # fmt: skip


def _compare(asked: Asked) -> Done:
    """The nightly comparison, now."""
    found = [row for row in reconcile() if row.provider != "local"]
    lines = [
        _("%(provider)s: %(running)d open there, %(stopped)d stopped, %(lost)d lost, %(strangers)d not ours.")
        % {**vars(row), "provider": provider_label(row.provider)} if not row.fault
        else _("%(provider)s could not be asked.") % {"provider": provider_label(row.provider)}
        for row in found
    ]  # fmt: skip
    good = not any(row.fault or row.stopped or row.strangers for row in found)
    return Done(good, " ".join(lines) or _("No provider in use lists its rooms."))


def _minutes_chart(seen: live_dashboard.LiveOverview) -> charts.Chart:
    return charts.stacked(
        [
            (
                date_format(day.at, "j.m"),
                _("%(day)s: %(minutes).1f min") % {"day": date_format(day.at, "DATE_FORMAT"), "minutes": day.minutes},
                [("money", float(day.minutes))],
            )
            for day in seen.days
        ],
        label_every=5,
    )


def _sessions_chart(seen: live_dashboard.LiveOverview) -> charts.Chart:
    return charts.stacked(
        [
            (
                date_format(day.at, "j.m"),
                _("%(day)s: %(good)d held, %(bad)d failed")
                % {"day": date_format(day.at, "DATE_FORMAT"), "good": day.held, "bad": day.failed},
                [("good", day.held), ("bad", day.failed)],
            )
            for day in seen.days
        ],
        label_every=5,
    )
