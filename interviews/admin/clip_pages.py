"""A position's recorded clips in the admin: each with its words, its film, what went wrong and a button (design §3, §6)."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from avatars.models import AvatarGeneration
from avatars.views_video import public_video_path
from interviews.models import Position
from interviews.services import clip_rows, clips
from interviews.services.clip_rows import ClipRow, Standing
from interviews.services.versions import NothingToAsk

LOOK_AGAIN_S = 5
PARTS: dict[str, Promise] = {
    "greeting": _("Greeting"), "question": _("Question %(number)s"), "invite_questions": _("Invitation to ask"),
    "farewell": _("Farewell"), "bridge": _("Between two questions"), "last_question": _("Before the last question"),
}  # fmt: skip
STANDINGS: dict[Standing, tuple[str, Promise]] = {
    Standing.READY: ("success", _("ready")), Standing.MAKING: ("info", _("being made")),
    Standing.FAILED: ("danger", _("failed")), Standing.SHOWN: ("default", _("only shown")),
}  # fmt: skip
CANCELLED = _("The video was cancelled. Try it again to have it made.")


@dataclass(frozen=True)
class ShownClip:
    """A row of the page. `film` is open for an hour to whoever holds the address, as every clip's is."""

    row: ClipRow

    @property
    def title(self) -> str:
        words = str(PARTS.get(self.row.part, self.row.part))
        return words % {"number": self.row.number or ""} if self.row.part == "question" else words

    @property
    def colour(self) -> str:
        return STANDINGS[self.row.standing][0]

    @property
    def word(self) -> str:
        video = self.row.clip.generation
        if self.row.standing == Standing.FAILED and video is not None and video.state == AvatarGeneration.State.BLOCKED:
            return str(video.get_state_display())
        return str(STANDINGS[self.row.standing][1])

    @property
    def film(self) -> str:
        return public_video_path(self.row.clip.generation) if self.row.standing == Standing.READY else ""

    @property
    def seconds(self) -> float:
        return round((self.row.clip.generation.duration_ms or 0) / 1000, 1) if self.row.clip.generation else 0

    @property
    def remedy(self) -> str:
        return self.row.remedy or (str(CANCELLED) if self.row.standing == Standing.FAILED else "")

    @property
    def is_failed(self) -> bool:
        return self.row.standing == Standing.FAILED

    @property
    def is_making(self) -> bool:
        return self.row.standing == Standing.MAKING


class ClipPages:
    """The list, ordering what is missing or failed, trying one again."""

    def __init__(self, model_admin: Any) -> None:
        self.admin = model_admin

    def urls(self) -> list[URLPattern]:
        own, name = self.admin.admin_site.admin_view, "interviews_position_clip"
        return [
            path("<int:pk>/clips/", own(self.view), name=f"{name}s"),
            path("<int:pk>/clips/<int:clip>/again/", own(self.again_view), name=f"{name}_again"),
        ]

    def view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET: the clips an invitation sent now would use. POST: order what is missing, with `again` also what failed."""
        if request.method == "POST":
            return self._prepare(request, self.admin.changeable(request, pk))
        position = self.admin.found(request, pk)
        found = clip_rows.overview(position)
        may_change, has_questions = self.admin.has_change_permission(request, position), position.questions.exists()
        page: HttpResponse = self.admin.page(
            request, "interviews/admin/clips.html", _("Clips"), position=position, object=position, overview=found,
            advice=clips.advice(position) if found.is_missing and may_change and has_questions else (),
            look_again=LOOK_AGAIN_S if found.is_working else 0,
            groups=[
                (part.language_name, part, [ShownClip(row) for row in found.of(part.language)]) for part in found.progress
            ],
            may_change=may_change, has_questions=has_questions,
        )  # fmt: skip
        page.headers["Cache-Control"] = "no-store"
        return page

    @method_decorator(require_POST)
    def again_view(self, request: HttpRequest, pk: int, clip: int) -> HttpResponse:
        position = self.admin.changeable(request, pk)
        if not position.versions.filter(clips=clip).exists():
            raise Http404
        if clip_rows.try_again(position, clip, by=request.user):
            messages.success(request, _("The clip is being made again."))
        else:
            messages.info(request, _("This clip did not fail: nothing was ordered."))
        return self._to(position)

    def _prepare(self, request: HttpRequest, position: Position) -> HttpResponse:
        try:
            clips.prepare_position(position, by=request.user, again="again" in request.POST)
        except NothingToAsk:
            messages.error(request, _("This position has no questions yet. Add at least one."))
            return self.admin.back_to(position)
        messages.success(request, _("The clips are being made. Until they are ready the local presenter speaks instead."))
        return self._to(position)

    def _to(self, position: Position) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:interviews_position_clips", args=[position.pk]))
