"""Recorded videos in HR's workplace: how far each is, what it cost, to watch, to try again, to order a test (design §6)."""

from typing import Any

from asgiref.sync import async_to_sync
from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from avatars.models import AvatarGeneration, AvatarSettings, GenerationPassage, ProviderHealth
from avatars.services.generations import CannotBeCancelled, NothingToSay, TextTooLong, cancel, generate, retry
from avatars.speech.text import MAX_CHARACTERS
from interview_site.errors import ProviderError
from interview_site.media import ranged_response

State = AvatarGeneration.State
COLOURS = {
    State.QUEUED: "default", State.SPEAKING: "info", State.SUBMITTED: "info", State.PROCESSING: "info",
    State.SUCCEEDED: "success", State.UNKNOWN: "warning",
    State.FAILED: "danger", State.CANCELLED: "default", State.BLOCKED: "danger",
}  # fmt: skip
TEST_TEXTS = {
    "ru": "Здравствуйте! Это проверка видео. Расскажите, пожалуйста, о себе.",
    "en": "Hello! This is a test of the video. Please tell me about yourself.",
    "kk": "Сәлеметсіз бе! Бұл бейнені тексеру. Өзіңіз туралы айтып беріңізші.",
}


class TestVideoForm(forms.Form):
    """A profile and a text to make a video of."""

    profile = forms.ModelChoiceField(AvatarSettings.objects.all(), label=_("Profile"), widget=UnfoldAdminSelectWidget())
    text = forms.CharField(label=_("Text"), max_length=MAX_CHARACTERS, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}))


class PassageInline(TabularInline):
    """What happened to this video, line by line."""

    model = GenerationPassage
    fields = readonly_fields = ["at", "old_state", "new_state", "reason", "by"]
    extra = max_num = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AvatarGeneration)
class AvatarGenerationAdmin(ModelAdmin):
    list_display = ["words", "provider", "state_shown", "progress_shown", "length", "cost", "created_at"]
    list_filter = ["state", "provider", "language"]
    list_filter_submit = True
    search_fields = ["text", "public_id", "provider_id"]
    show_full_result_count = False
    inlines = [PassageInline]
    actions = ["retry_chosen", "cancel_chosen"]
    actions_list = ["order_test"]
    actions_detail = ["retry_this", "cancel_this"]
    fields = [
        "player", "text", ("state_shown", "progress_shown"), "what_went_wrong", ("provider", "provider_id"), ("length", "cost"),
        ("created_at", "created_by"), ("finished_at", "deadline_at"), "last_error",
    ]  # fmt: skip
    readonly_fields = [
        "player", "text", "state_shown", "progress_shown", "what_went_wrong", "provider", "provider_id", "length", "cost",
        "created_at", "created_by", "finished_at", "deadline_at", "last_error",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[AvatarGeneration]:
        # Timelines and snapshots are kilobytes a row, and no list shows them.
        return super().get_queryset(request).defer("timeline", "settings")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page of a video that is being made looks again by itself; nothing can be typed into it."""
        answer: HttpResponse = super().change_view(request, object_id, *args, **kwargs)
        if self.get_queryset(request).filter(pk=_number(object_id)).unfinished().exclude(due_at=None).exists():
            answer.headers["Refresh"] = "3"
        return answer

    # --- What is shown ---

    @display(description=_("text"))
    def words(self, generation: AvatarGeneration) -> str:
        return Truncator(generation.text).chars(80)

    @display(description=_("state"), ordering="state", label={str(state): colour for state, colour in COLOURS.items()})
    def state_shown(self, generation: AvatarGeneration) -> tuple[str, str]:
        return generation.state, str(State(generation.state).label)

    @display(description=_("progress"))
    def progress_shown(self, generation: AvatarGeneration) -> str:
        if generation.is_finished and generation.state != State.SUCCEEDED:
            return "–"
        return format_html('<progress max="100" value="{}" aria-label="{}"></progress> {} %', generation.progress, _t("Progress"),
                           generation.progress)  # fmt: skip

    @display(description=_("length"), ordering="duration_ms")
    def length(self, generation: AvatarGeneration) -> str:
        return _t("%(seconds).1f s") % {"seconds": generation.duration_ms / 1000} if generation.duration_ms else "–"

    @display(description=_("what went wrong"))
    def what_went_wrong(self, generation: AvatarGeneration) -> str:
        return generation.error_message or "–"

    @display(description=_("video"))
    def player(self, generation: AvatarGeneration) -> str:
        if generation.state == State.SUCCEEDED:
            kind, tag = "mp4", '<video controls preload="metadata" width="360" src="{}" aria-label="{}"></video>'
        elif generation.audio:
            kind, tag = "wav", '<audio controls preload="none" src="{}" aria-label="{}"></audio>'
        else:
            return "–"
        address = reverse("admin:avatars_avatargeneration_media", args=[generation.pk, kind])
        return format_html(tag, address, _t("Video") if kind == "mp4" else _t("Sound"))

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
        messages.info(request, _t("%(count)d videos are made again.") % {"count": done})

    @admin.action(description=_("Cancel"), permissions=["order"])
    def cancel_chosen(self, request: HttpRequest, rows: QuerySet[AvatarGeneration]) -> None:
        done = sum(self._cancelled(request, row) for row in rows)
        messages.info(request, _t("%(count)d videos were cancelled.") % {"count": done})

    @action(description=_("Try again"), url_path="retry", permissions=["order"], icon="replay")
    def retry_this(self, request: HttpRequest, object_id: int) -> HttpResponse:
        generation = self._found(request, object_id)
        if request.method != "POST":
            return self._asked(request, generation, _t("Try again"), _t("The video is ordered anew. It may be paid again."))
        if retry(generation, by=request.user):
            messages.success(request, _t("The video is made again."))
        else:
            messages.warning(request, _t("Only a failed, cancelled or blocked video can be tried again."))
        return self._back(object_id)

    @action(description=_("Cancel"), url_path="cancel", permissions=["order"], icon="cancel")
    def cancel_this(self, request: HttpRequest, object_id: int) -> HttpResponse:
        generation = self._found(request, object_id)
        if request.method != "POST":
            return self._asked(request, generation, _t("Cancel"), _t("The video is not made any further."))
        if self._cancelled(request, generation):
            messages.success(request, _t("The video was cancelled."))
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

    @action(description=_("Order a test video"), url_path="test", permissions=["order"], icon="movie")
    def order_test(self, request: HttpRequest) -> HttpResponse:
        """Choose a profile, type a text, order. The page of the new video shows how far it is."""
        profile = AvatarSettings.objects.filter(pk=_number(request.GET.get("profile"))).first()
        profile = profile or AvatarSettings.objects.filter(is_default=True).first()
        usual = {"profile": profile, "text": TEST_TEXTS.get(profile.language if profile else "ru", "")}
        form = TestVideoForm(request.POST or None, initial=usual)
        if request.method == "POST" and form.is_valid():
            chosen = form.cleaned_data["profile"]
            try:
                generation = generate(text=form.cleaned_data["text"], settings=chosen.snapshot(), by=request.user)
            except NothingToSay:
                form.add_error("text", _("There is nothing to say here: only symbols, links or emoji."))
            except TextTooLong:
                form.add_error("text", _("This would take too long to say. Please shorten it."))
            else:
                return self._back(generation.pk)
        return self._page(request, _t("Order a test video"), {"form": form})

    # --- Files ---

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.media_view)
        return [path("<int:pk>/media.<str:kind>", view, name="avatars_avatargeneration_media"), *super().get_urls()]

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
        "provider", "standing", "failures", "open_since", "paused_until", "last_success_at", "last_error_at", "last_category",
        "last_error", "balance_shown", "balance_at",
    ]  # fmt: skip

    @display(description=_("state"), label={"paused": "danger", "well": "success"})
    def standing(self, health: ProviderHealth) -> tuple[str, str]:
        return ("paused", _t("paused")) if health.is_open else ("well", _t("in use"))

    @display(description=_("balance"))
    def balance_shown(self, health: ProviderHealth) -> str:
        return f"{health.balance.normalize():f} {health.balance_unit}" if health.balance is not None else "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ProviderHealth | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ProviderHealth | None = None) -> bool:
        return False


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 18 else None
