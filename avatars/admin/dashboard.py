"""The overview of recorded videos: how many, how well, how fast, for how much; charts drawn here as SVG (design §6)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format, localize
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from avatars import charts
from avatars.admin.live_overview import live_part
from avatars.admin.widgets import provider_label
from avatars.models import AvatarGeneration
from avatars.services import dashboard
from avatars.services.order_advice import money

State = AvatarGeneration.State
ICONS = {
    State.SUCCEEDED: ("task_alt", "is-good"), State.FAILED: ("error", "is-bad"), State.BLOCKED: ("front_hand", "is-bad"),
    State.UNKNOWN: ("help", ""), State.CANCELLED: ("cancel", ""),
}  # fmt: skip


class OverviewPage:
    """Mixin of the admin of videos."""

    @action(description=_("Overview"), url_path="to-overview", icon="monitoring")
    def open_overview(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:avatars_avatargeneration_overview"))

    def overview_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise Http404
        seen = dashboard.overview()
        sees_money = request.user.has_perm("avatars.view_spending")
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": gettext("Overview of the videos"),
            "opts": self.opts,  # type: ignore[attr-defined]
            "total": seen.total,
            "success": seen.success_percent,
            "tiles": _tiles(seen),
            "providers": [(provider_label(row.kind), row) for row in seen.providers],
            "live": live_part(request.user),
            "videos_chart": _videos_chart(seen),
            "money_chart": _money_chart(seen) if sees_money else None,
            "budgets": [(profile, now, money(now.spent), money(now.budget) if now.budget is not None else "")
                        for profile, now in seen.budgets] if sees_money else [],
        }  # fmt: skip
        return TemplateResponse(request, "avatars/admin/overview.html", context)


def _tiles(seen: dashboard.Overview) -> list[dict[str, Any]]:
    """Each state that has videos, those that wait together; a link leads to its list."""
    made = []
    for state in State:
        if count := seen.states[state]:
            icon, colour = ICONS.get(state, ("hourglass_top", ""))
            made.append({"label": state.label, "count": count, "icon": icon, "colour": colour, "query": f"state={state}"})
    return made


def _videos_chart(seen: dashboard.Overview) -> charts.Chart:
    return charts.stacked(
        [
            (
                date_format(day.at, "j.m"),
                gettext("%(day)s: %(good)d made, %(bad)d failed")
                % {"day": date_format(day.at, "DATE_FORMAT"), "good": day.succeeded, "bad": day.failed},
                [("good", day.succeeded), ("bad", day.failed)],
            )
            for day in seen.days
        ],
        label_every=5,
    )


def _money_chart(seen: dashboard.Overview) -> charts.Chart:
    return charts.stacked(
        [
            (
                date_format(month.at, "M"),
                f"{date_format(month.at, 'F Y')}: {localize(round(month.spent, 2))}"
                + (f" ({gettext('partly estimated')})" if month.estimated else ""),
                [("money", float(month.spent))],
            )
            for month in seen.months
        ]
    )
