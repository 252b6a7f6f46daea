"""Live sessions in the admin: who talks now, for how long, for how much; a stop button, and what went wrong (issue "8", 6)."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from avatars.admin.widgets import provider_label
from avatars.models import LiveAlert, LiveSession, LiveSessionPassage
from avatars.services import budget, live_sessions
from avatars.services.live_states import lasted_s
from avatars.services.order_advice import money
from interview_site import owners
from interview_site.ages import ago

State = LiveSession.State
COLOURS = {
    State.OPENING: "info", State.LIVE: "success", State.CLOSING: "warning", State.CLOSED: "default", State.LOST: "danger",
}  # fmt: skip
LOOK_AGAIN_S = 5


class _ReadOnly:
    """Nothing is added, changed or deleted by hand; verbs have their own permission."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_stop_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("avatars.change_livesession")


class _TellsWho:
    """Who is behind the sessions of a page, asked once for all of them: `session.who`."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)  # type: ignore[misc]
        self._tell(changelist.result_list, request.user)
        return changelist

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)  # type: ignore[misc]
        self._tell([found] if found else [], request.user)
        return found

    def _tell(self, rows: Iterable[Any], user: Any) -> None:
        sessions = [session for row in rows if (session := getattr(row, "session", row))]
        found = owners.described({session.owner for session in sessions}, user)
        for session in sessions:
            session.who = found[session.owner]


class PassageInline(_ReadOnly, TabularInline):
    model = LiveSessionPassage
    hide_title = True
    fields = readonly_fields = ["at", "old_state", "new_state", "reason", "by"]
    extra = max_num = 0
    can_delete = False


class AlertInline(_ReadOnly, TabularInline):
    model = LiveAlert
    hide_title = True
    fields = readonly_fields = ["at", "kind", "text", "resolved_at"]
    extra = max_num = 0
    can_delete = False


class OpenNow(admin.SimpleListFilter):
    title = _("now")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("open now"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LiveSession]) -> QuerySet[LiveSession]:
        return queryset.filter(state__in=LiveSession.COSTING) if self.value() else queryset


@admin.register(LiveSession)
class LiveSessionAdmin(_TellsWho, _ReadOnly, ModelAdmin):
    list_display = ["who_shown", "purpose", "provider_shown", "state_shown", "minutes_shown", "cost_shown", "heartbeat_shown",
                    "reason_shown", "created_at"]  # fmt: skip
    list_filter = [OpenNow, "state", "provider", "purpose", "reason"]
    list_filter_submit = True
    search_fields = ["owner", "public_id", "provider_id"]
    show_full_result_count = False
    inlines = [PassageInline, AlertInline]
    actions = ["stop_chosen"]
    actions_list = ["open_overview"]
    actions_detail = ["stop_this"]
    fields = [
        ("who_link", "purpose"), ("state", "reason_shown"), "what_went_wrong", ("provider_shown", "provider_id"),
        ("avatar_id", "language"), ("quality", "own_sound"), ("minutes_shown", "most_shown"), ("cost_shown", "reserved_shown"),
        ("created_at", "started_at"), ("heartbeat_shown", "active_at"), ("stopped_at", "stops"), "last_error",
    ]  # fmt: skip
    readonly_fields = flatten(fields)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LiveSession]:
        # Tokens never leave the database for a page; snapshots are kilobytes a row.
        return super().get_queryset(request).defer("settings", "join", "private")

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What is open now is shown as it goes on; a list in which somebody may be ticking rows stays as it is."""
        answer: HttpResponse = super().changelist_view(request, *args, **kwargs)
        if request.method == "GET" and request.GET.get(OpenNow.parameter_name):
            answer.headers["Refresh"] = str(LOOK_AGAIN_S)
        return answer

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page of a session that is not over looks again by itself; nothing can be typed into it."""
        answer: HttpResponse = super().change_view(request, object_id, *args, **kwargs)
        if object_id.isdecimal() and LiveSession.objects.costing().filter(pk=object_id).exists():
            answer.headers["Refresh"] = str(LOOK_AGAIN_S)
        return answer

    # --- What is shown ---

    @display(description=_("who"), ordering="owner")
    def who_shown(self, session: LiveSession) -> str:
        return session.who.text  # type: ignore[attr-defined, no-any-return]

    @display(description=_("who"))
    def who_link(self, session: LiveSession) -> str:
        who = session.who  # type: ignore[attr-defined]
        return format_html('<a href="{}">{}</a>', who.address, who.text) if who.address else who.text

    @display(description=_("provider"), ordering="provider")
    def provider_shown(self, session: LiveSession) -> str:
        return provider_label(session.provider)

    @display(description=_("state"), ordering="state", label={str(state): colour for state, colour in COLOURS.items()})
    def state_shown(self, session: LiveSession) -> tuple[str, str]:
        return session.state, str(State(session.state).label)

    @display(description=_("minutes"), ordering="minutes")
    def minutes_shown(self, session: LiveSession) -> str:
        """So far, while it is open."""
        if session.minutes is not None:
            return number_format(session.minutes, 1)
        return number_format(lasted_s(session, timezone.now()) / 60, 1) if session.started_at else "–"

    @display(description=_("minutes at most"))
    def most_shown(self, session: LiveSession) -> str:
        return f"{session.most_s / 60:.0f}"

    @display(description=_("cost"), ordering="cost")
    def cost_shown(self, session: LiveSession) -> str:
        if session.cost is not None:
            return money(session.cost)
        return money(budget.live_cost(session.minute_price, lasted_s(session, timezone.now()))) if session.started_at else "–"

    @display(description=_("reserved"))
    def reserved_shown(self, session: LiveSession) -> str:
        return money(session.reserved)

    @display(description=_("last heartbeat"), ordering="heartbeat_at")
    def heartbeat_shown(self, session: LiveSession) -> str:
        return ago(session.heartbeat_at)

    @display(description=_("end reason"), ordering="reason")
    def reason_shown(self, session: LiveSession) -> str:
        known = dict(LiveSession.Reason.choices)
        return str(known.get(session.reason, session.reason)) or "–"

    @display(description=_("what went wrong"))
    def what_went_wrong(self, session: LiveSession) -> str:
        return session.error_message or "–"

    # --- Stopping ---

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """The button stands there while the session is open."""
        if not LiveSession.objects.open().filter(pk=object_id).exists():
            return []
        found: list[Any] = super().get_actions_detail(request, object_id)
        return found

    @admin.action(description=_("Stop"), permissions=["stop"])
    def stop_chosen(self, request: HttpRequest, rows: QuerySet[LiveSession]) -> None:
        done = sum(live_sessions.close_soon(session=row, reason=LiveSession.Reason.STAFF, by=request.user) for row in rows)
        messages.info(request, gettext("%(count)d live sessions are being stopped.") % {"count": done})

    @action(description=_("Stop"), url_path="stop", permissions=["stop"], icon="stop_circle")
    def stop_this(self, request: HttpRequest, object_id: int) -> HttpResponse:
        session = self.get_object(request, str(object_id))
        if session is None or not self.has_view_permission(request, session):
            raise Http404
        if request.method != "POST":
            return self._asked(request, session)
        if live_sessions.close_soon(session=session, reason=LiveSession.Reason.STAFF, by=request.user):
            messages.success(request, gettext("The live session is being stopped."))
        else:
            messages.warning(request, gettext("This live session has ended already."))
        return HttpResponseRedirect(reverse("admin:avatars_livesession_change", args=[object_id]))

    def _asked(self, request: HttpRequest, session: LiveSession) -> HttpResponse:
        """A link changes nothing (threats 10): this page posts to the same address."""
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        context = {**self.admin_site.each_context(request), "title": gettext("Stop this live session"), "opts": self.opts,
                   "session": session, "who": session.who.text, "provider": provider_label(session.provider),
                   "minutes": self.minutes_shown(session)}  # fmt: skip
        return TemplateResponse(request, "avatars/admin/live_stop.html", context)

    @action(description=_("Overview"), url_path="to-overview", icon="monitoring")
    def open_overview(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('admin:avatars_avatargeneration_overview')}#live")


@admin.register(LiveAlert)
class LiveAlertAdmin(_TellsWho, _ReadOnly, ModelAdmin):
    list_display = ["kind_shown", "provider_shown", "session_link", "text", "at", "resolved_at"]
    list_filter = [("resolved_at", admin.EmptyFieldListFilter), "kind", "provider"]
    list_filter_submit = True
    list_select_related = ["session"]
    show_full_result_count = False
    actions = ["resolve_chosen"]
    fields = readonly_fields = ["kind_shown", "provider_shown", "provider_id", "session_link", "text", "at", "resolved_at"]

    @display(description=_("what"), ordering="kind")
    def kind_shown(self, alert: LiveAlert) -> str:
        return alert.get_kind_display()

    @display(description=_("provider"), ordering="provider")
    def provider_shown(self, alert: LiveAlert) -> str:
        return provider_label(alert.provider)

    @display(description=_("live session"))
    def session_link(self, alert: LiveAlert) -> str:
        if alert.session is None:
            return alert.provider_id or "–"
        address = reverse("admin:avatars_livesession_change", args=[alert.session.pk])
        return format_html('<a href="{}">{}</a>', address, alert.session.who.text)

    @admin.action(description=_("Mark as seen"), permissions=["stop"])
    def resolve_chosen(self, request: HttpRequest, rows: QuerySet[LiveAlert]) -> None:
        seen = list(rows.filter(resolved_at__isnull=True))
        done = rows.filter(pk__in=[alert.pk for alert in seen]).update(resolved_at=timezone.now())
        for alert in seen:
            self.log_change(request, alert, "seen")  # who, in the history of the alert
        messages.info(request, gettext("%(count)d alerts are marked as seen.") % {"count": done})
