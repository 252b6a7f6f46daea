"""Recorded videos in HR's workplace: how far each is, what it cost, to watch, to try again, to order a test (design §6)."""

from typing import Any, cast

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from avatars.admin.dashboard import OverviewPage
from avatars.admin.ordering import OrderingPages
from avatars.admin.widgets import provider_label
from avatars.models import AvatarGeneration, GenerationPassage, ProviderHealth
from avatars.models.generations import GenerationQuerySet
from avatars.services.generations import CannotBeCancelled, cancel, retry
from avatars.services.order_advice import money
from interview_site.errors import ProviderError
from interview_site.media import ranged_response

State = AvatarGeneration.State
COLOURS = {
    State.QUEUED: "default", State.SPEAKING: "info", State.SUBMITTED: "info", State.PROCESSING: "info",
    State.SUCCEEDED: "success", State.UNKNOWN: "warning",
    State.FAILED: "danger", State.CANCELLED: "default", State.BLOCKED: "danger",
}  # fmt: skip


class PassageInline(TabularInline):
    """What happened to this video, line by line."""

    model = GenerationPassage
    hide_title = True
    fields = readonly_fields = ["at", "old_state", "new_state", "reason", "by"]
    extra = max_num = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AvatarGeneration)
class AvatarGenerationAdmin(OrderingPages, OverviewPage, ModelAdmin):
    list_display = ["words", "provider_shown", "state_shown", "progress_shown", "length", "cost_shown", "created_at"]
    list_filter = ["state", "provider", "language"]
    list_filter_submit = True
    search_fields = ["text", "public_id", "provider_id"]
    show_full_result_count = False
    inlines = [PassageInline]
    actions = ["retry_chosen", "cancel_chosen"]
    actions_list = [
        "open_overview",
        {"title": _("Order"), "icon": "movie", "items": ["order_test", "order_texts", "speech_then_video"]},
    ]  # fmt: skip
    actions_detail = ["retry_this", "cancel_this"]
    fields = [
        "player", "text", ("state", "progress_shown"), "what_went_wrong", "details", ("provider_shown", "provider_id"),
        ("length", "cost_shown"), ("created_at", "created_by"), ("finished_at", "deadline_at"),
    ]  # fmt: skip
    readonly_fields = [
        "player", "text", "state", "progress_shown", "what_went_wrong", "details", "provider_shown", "provider_id", "length",
        "cost_shown", "created_at", "created_by", "finished_at", "deadline_at",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[AvatarGeneration]:
        # Timelines and snapshots are kilobytes a row, and no list shows them.
        rows = super().get_queryset(request).defer("timeline", "settings")
        return cast(GenerationQuerySet, rows).with_spending()

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Only what can be done with this video; a page that is older is answered in words."""
        actions = super().get_actions_detail(request, object_id)
        found = AvatarGeneration.objects.filter(pk=_number(str(object_id))).only("state").first()
        pointless = set()
        if found and found.state not in (State.FAILED, State.CANCELLED, State.BLOCKED):
            pointless.add("avatars_avatargeneration_retry_this")
        if found and found.is_finished:
            pointless.add("avatars_avatargeneration_cancel_this")
        return [action for action in actions if action.action_name not in pointless]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return _without_money(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return _without_money(request, super().get_fields(request, obj))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page of a video that is being made looks again by itself; nothing can be typed into it."""
        answer: HttpResponse = super().change_view(request, object_id, *args, **kwargs)
        if self.get_queryset(request).filter(pk=_number(object_id)).unfinished().exclude(due_at=None).exists():
            answer.headers["Refresh"] = "3"
        return answer

    # --- What is shown ---

    @display(description=_("text"))
    def words(self, generation: AvatarGeneration) -> str:
        return Truncator(generation.text or gettext("(from a sound file)")).chars(80)

    @display(description=_("provider"), ordering="provider")
    def provider_shown(self, generation: AvatarGeneration) -> str:
        return provider_label(generation.provider)

    @display(description=_("cost"), ordering="spent")
    def cost_shown(self, generation: AvatarGeneration) -> str:
        """What the last order of this video took of the budget; "≈" until the provider has told its cost."""
        spent = getattr(generation, "spent", None)
        if spent is None:
            return "–"
        return ("≈ " if generation.spent_estimated else "") + money(spent)  # type: ignore[attr-defined]

    @display(description=_("state"), ordering="state", label={str(state): colour for state, colour in COLOURS.items()})
    def state_shown(self, generation: AvatarGeneration) -> tuple[str, str]:
        return generation.state, str(State(generation.state).label)

    @display(description=_("progress"))
    def progress_shown(self, generation: AvatarGeneration) -> str:
        if generation.is_finished and generation.state != State.SUCCEEDED:
            return "–"
        percent, name = generation.progress, gettext("Progress")
        return format_html('<progress max="100" value="{}" aria-label="{}"></progress> {} %', percent, name, percent)

    @display(description=_("length"), ordering="duration_ms")
    def length(self, generation: AvatarGeneration) -> str:
        if not generation.duration_ms:
            return "–"
        return gettext("%(seconds)s s") % {"seconds": number_format(generation.duration_ms / 1000, 1)}

    @display(description=_("what went wrong"))
    def what_went_wrong(self, generation: AvatarGeneration) -> str:
        return generation.error_message or "–"

    @display(description=_("details"))
    def details(self, generation: AvatarGeneration) -> str:
        return generation.last_error or "–"

    @display(description=_("video"))
    def player(self, generation: AvatarGeneration) -> str:
        if generation.state == State.SUCCEEDED:
            kind, tag = "mp4", '<video controls preload="metadata" width="360" src="{}" aria-label="{}"></video>'
        elif generation.audio:
            kind, tag = "wav", '<audio controls preload="none" src="{}" aria-label="{}"></audio>'
        else:
            return "–"
        address = reverse("admin:avatars_avatargeneration_media", args=[generation.pk, kind])
        return format_html(tag, address, gettext("Video") if kind == "mp4" else gettext("Sound"))

    # --- Nothing is changed by hand but by these verbs ---

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AvatarGeneration | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AvatarGeneration | None = None) -> bool:
        return False

    def has_order_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Ordering may cost: whoever may change profiles may order."""
        return request.user.has_perm("avatars.change_avatarsettings")

    @admin.action(description=_("Try again"), permissions=["order"])
    def retry_chosen(self, request: HttpRequest, rows: QuerySet[AvatarGeneration]) -> None:
        done = sum(retry(row, by=request.user) for row in rows)
        messages.info(request, gettext("%(count)d videos are made again.") % {"count": done})

    @admin.action(description=_("Cancel"), permissions=["order"])
    def cancel_chosen(self, request: HttpRequest, rows: QuerySet[AvatarGeneration]) -> None:
        done = sum(self._cancelled(request, row) for row in rows)
        messages.info(request, gettext("%(count)d videos were cancelled.") % {"count": done})

    @action(description=_("Try again"), url_path="retry", permissions=["order"], icon="replay")
    def retry_this(self, request: HttpRequest, object_id: int) -> HttpResponse:
        generation = self._found(request, object_id)
        if request.method != "POST":
            warning = gettext("The video is ordered anew. It may be paid again.")
            return self._asked(request, generation, gettext("Try again"), warning)
        if retry(generation, by=request.user):
            messages.success(request, gettext("The video is made again."))
        else:
            messages.warning(request, gettext("Only a failed, cancelled or blocked video can be tried again."))
        return self._back(object_id)

    @action(description=_("Cancel the video"), url_path="cancel", permissions=["order"], icon="cancel")
    def cancel_this(self, request: HttpRequest, object_id: int) -> HttpResponse:
        generation = self._found(request, object_id)
        if request.method != "POST":
            return self._asked(request, generation, gettext("Cancel the video"), gettext("The video is not made any further."))
        if self._cancelled(request, generation):
            messages.success(request, gettext("The video was cancelled."))
        return self._back(object_id)

    def _asked(self, request: HttpRequest, generation: AvatarGeneration, title: str, text: str) -> HttpResponse:
        """A link changes nothing (threats 10): this page posts to the same address."""
        return self._page(request, title, {"generation": generation, "text": text})

    def _page(self, request: HttpRequest, title: str, context: dict[str, Any]) -> TemplateResponse:
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        frame = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, "avatars/admin/order_video.html", {**frame, **context})

    def _cancelled(self, request: HttpRequest, generation: AvatarGeneration) -> bool:
        try:
            return cancel(generation, by=request.user)
        except (CannotBeCancelled, ProviderError) as error:
            messages.warning(request, str(error.person_text))
            return False

    # --- Files ---

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.media_view)
        overview = self.admin_site.admin_view(self.overview_view)
        return [
            path("overview/", overview, name="avatars_avatargeneration_overview"),
            path("<int:pk>/media.<str:kind>", view, name="avatars_avatargeneration_media"),
            *super().get_urls(),
        ]

    def media_view(self, request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
        """Our copy by byte ranges, for whoever may see the row (threats 60)."""
        generation = self._found(request, pk)
        files = {"mp4": (generation.video, "video/mp4"), "wav": (generation.audio, "audio/wav")}
        if kind not in files or not files[kind][0]:
            raise Http404
        return async_to_sync(ranged_response)(request, files[kind][0], content_type=files[kind][1])

    def _found(self, request: HttpRequest, pk: int) -> AvatarGeneration:
        generation = self.get_queryset(request).filter(pk=pk).first()
        if generation is None or not self.has_view_permission(request, generation):
            raise Http404
        return generation

    def _back(self, pk: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:avatars_avatargeneration_change", args=[pk]))


@admin.register(ProviderHealth)
class ProviderHealthAdmin(ModelAdmin):
    """How each provider is doing; nothing is changed by hand."""

    list_display = ["provider", "standing", "last_success_at", "last_error_at", "last_error", "balance_shown"]
    fields = readonly_fields = [
        "provider", "standing_in_words", "failures", "open_since", "paused_until", "last_success_at", "last_error_at",
        "last_category", "last_error", "balance_shown", "balance_at",
    ]  # fmt: skip

    @display(description=_("state"), label={"paused": "danger", "well": "success"})
    def standing(self, health: ProviderHealth) -> tuple[str, str]:
        return ("paused", gettext("paused")) if health.is_open else ("well", gettext("in use"))

    @display(description=_("state"))
    def standing_in_words(self, health: ProviderHealth) -> str:
        return self.standing(health)[1]

    @display(description=_("balance"))
    def balance_shown(self, health: ProviderHealth) -> str:
        return f"{health.balance.normalize():f} {health.balance_unit}" if health.balance is not None else "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ProviderHealth | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ProviderHealth | None = None) -> bool:
        return False


def _without_money(request: HttpRequest, names: Any) -> list[Any]:
    """What is spent is shown to those who may see it."""
    if request.user.has_perm("avatars.view_spending"):
        return list(names)
    return ["length" if name == ("length", "cost_shown") else name for name in names if name != "cost_shown"]


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 18 else None
