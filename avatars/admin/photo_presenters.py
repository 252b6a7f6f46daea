"""Photo presenters: a portrait, six points dragged right, a preview that speaks, the licence, then active (hiring_law 21)."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from avatars.admin.photo_forms import POINT_NAMES, PhotoPresenterForm, checked_points
from avatars.admin.samples import preview_words, sample_answer
from avatars.models import PhotoPresenter
from avatars.services.photo_presenters import NotReady, activate, document_type, order_build, retire
from avatars.services.presenters import base_url

State = PhotoPresenter.State
_WHY_NOT = {
    "licence": _("Not active yet: choose the licence and write down what it says, or add the document."),
    "building": _("Not active yet: the presenter is being built. Press the button again when the preview is there."),
    "points": _("Not active yet: look at the preview first, so that it is built with these points."),
}
_LOOKS = {State.DRAFT: "info", State.ACTIVE: "success", State.RETIRED: "warning"}


@admin.register(PhotoPresenter)
class PhotoPresenterAdmin(ModelAdmin):
    form = PhotoPresenterForm
    compressed_fields = True
    warn_unsaved_form = True
    list_display = ["face", "state_shown", "licence_kind", "licence_confirmed_by", "updated_at"]
    list_filter = ["state"]
    list_select_related = ["licence_confirmed_by"]
    search_fields = ["display_name"]
    readonly_fields = ["state", "editor", "licence_link", "licence_confirmed_by", "licence_confirmed_at", "created_at"]
    actions_submit_line = ["make_active", "withdraw"]
    _new = [(None, {"fields": [("display_name", "voice_gender"), "picture"]})]
    fieldsets = [
        (None, {"fields": [("display_name", "voice_gender"), "state"]}),
        (_("Face"), {"fields": ["editor", "points"]}),
        (
            _("Licence"),
            {
                "fields": [
                    "licence_kind", "licence_text", "licence_file", "licence_link",
                    ("licence_confirmed_by", "licence_confirmed_at"),
                ],
                "description": _(
                    "A face belongs to a person. Without a stored licence the presenter stays a draft; who makes it active "
                    "confirms the licence with their name."
                ),
            },
        ),
    ]  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: PhotoPresenter | None = None) -> Any:
        return self.fieldsets if obj else self._new

    def get_readonly_fields(self, request: HttpRequest, obj: PhotoPresenter | None = None) -> Any:
        return self.readonly_fields if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: PhotoPresenter | None = None) -> bool:
        """Position versions may name it: it is withdrawn, not deleted. A draft nobody could have seen may go."""
        if obj is not None and (obj.state != State.DRAFT or obj.licence_confirmed_at):
            return False
        return super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> Any:
        return {name: each for name, each in super().get_actions(request).items() if name != "delete_selected"}

    # --- What is shown ---

    @display(description=_("presenter"), header=True, ordering="display_name")
    def face(self, presenter: PhotoPresenter) -> list[Any]:
        shown: list[Any] = [presenter.display_name, presenter.get_voice_gender_display(), presenter.display_name[:2].upper()]
        if presenter.art:
            picture = base_url(presenter) + "portrait.webp"
            shown.append({"path": picture, "width": 40, "height": 40, "squared": False, "borderless": True})
        return shown

    @display(description=_("state"), label=_LOOKS, ordering="state")
    def state_shown(self, presenter: PhotoPresenter) -> tuple[str, str]:
        return presenter.state, presenter.get_state_display()

    @display(description=_("points"))
    def editor(self, presenter: PhotoPresenter) -> str:
        address = {
            name: reverse(f"admin:avatars_photopresenter_{name}", args=[presenter.pk]) for name in ("points", "status", "speak")
        }
        data = {
            **address,
            "picture": reverse("admin:avatars_photopresenter_picture", args=[presenter.pk]),
            "width": presenter.width,
            "height": presenter.height,
            "names": {name: str(label) for name, label in POINT_NAMES.items()},
            "built": presenter.points,
            "found": presenter.points_by != PhotoPresenter.PointsBy.LAYOUT,
            "status_now": _status(presenter),
            "words": preview_words() | {
                "building": gettext("The presenter is being built…"),
                "build_failed": gettext("The presenter could not be built. Check the points and try again."),
                "not_saved": gettext("The points could not be saved. Check the connection and try again."),
            },
        }  # fmt: skip
        return render_to_string(
            "avatars/admin/photo_points.html", {"data": data, "presenter": presenter, "element_id": "photo-points-data"}
        )

    @display(description=_("stored document"))
    def licence_link(self, presenter: PhotoPresenter) -> str:
        if not presenter.licence_file:
            return "–"
        address = reverse("admin:avatars_photopresenter_licence", args=[presenter.pk])
        return render_to_string("avatars/admin/licence_link.html", {"address": address})

    # --- What happens ---

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> Any:
        """Only the step that can be taken from here."""
        active = PhotoPresenter.objects.active().filter(pk=object_id).exists()
        skipped = "make_active" if active else "withdraw"
        return [each for each in super().get_actions_submit_line(request, object_id) if not each.action_name.endswith(skipped)]

    def save_model(self, request: HttpRequest, obj: PhotoPresenter, form: ModelForm, change: bool) -> None:
        if change:
            if "points" in form.changed_data:
                obj.points_by = PhotoPresenter.PointsBy.PERSON
            # Only what the form holds: a build that ends at this moment keeps its own fields.
            obj.save(update_fields=[name for name in form.changed_data if name != "picture"] + ["points_by", "updated_at"])
            order_build(obj)
            for button in self.get_actions_submit_line(request, obj.pk):
                if button.action_name in request.POST:
                    button.method(request, obj)
        else:
            super().save_model(request, obj, form, change)
            order_build(obj)
            found = {
                PhotoPresenter.PointsBy.DETECTOR: gettext("A face was found. Check the six points and drag those that are off."),
                PhotoPresenter.PointsBy.SEVERAL: gettext("Several faces were found; the points are on the largest. Check them."),
            }
            usual = gettext(
                "No face was found. Drag the six points to their places: eyes, corners and middle of the mouth, chin."
            )
            messages.info(request, found.get(PhotoPresenter.PointsBy(obj.points_by), usual))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A new portrait leads on to its points whatever is pressed; one presenter is finished before the next is begun."""
        buttons = {"show_save_and_add_another": False, "show_save_and_continue": object_id is not None}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **buttons})

    def response_add(self, request: HttpRequest, obj: PhotoPresenter, post_url_continue: str | None = None) -> HttpResponse:
        request.POST = request.POST.copy()  # type: ignore[assignment]
        request.POST["_continue"] = "1"  # the points come next
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: PhotoPresenter) -> HttpResponse:
        if any(name.endswith(("_make_active", "_withdraw")) for name in request.POST):
            request.POST = request.POST.copy()  # type: ignore[assignment]
            request.POST["_continue"] = "1"
        return super().response_change(request, obj)

    @action(description=_("Save and make active"), permissions=["change"])
    def make_active(self, request: HttpRequest, obj: PhotoPresenter) -> None:
        order_build(obj)
        try:
            activate(obj, by=cast(Any, request.user))
        except NotReady as error:
            messages.warning(request, _WHY_NOT[error.reason])
        else:
            messages.success(request, gettext("The presenter is active: avatar profiles offer it now."))

    @action(description=_("Withdraw"), permissions=["change"])
    def withdraw(self, request: HttpRequest, obj: PhotoPresenter) -> None:
        if retire(obj):
            messages.success(request, gettext("The presenter is withdrawn. Profiles that used it show the drawn presenter."))
        else:
            messages.info(request, gettext("The presenter was not active."))

    # --- What the page's script asks ---

    def get_urls(self) -> list[URLPattern]:
        def own(name: str, view: Any, ending: str) -> URLPattern:
            return path(f"<int:pk>/{ending}", self.admin_site.admin_view(view), name=f"avatars_photopresenter_{name}")

        return [
            own("picture", self.picture_view, "picture.webp"), own("licence", self.licence_view, "licence"),
            own("points", require_POST(self.points_view), "points/"), own("status", self.status_view, "status/"),
            own("speak", require_POST(self.speak_view), "speak/"),
            *super().get_urls(),
        ]  # fmt: skip

    def _visible(self, request: HttpRequest, pk: int, *, to_change: bool = False) -> PhotoPresenter:
        presenter = self.get_queryset(request).filter(pk=pk).first()
        allowed = self.has_change_permission if to_change else self.has_view_permission
        if presenter is None or not allowed(request, presenter):
            raise Http404
        return presenter

    def picture_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _file(self._visible(request, pk).picture, "image/webp")

    def licence_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        file = self._visible(request, pk).licence_file
        if not file:
            raise Http404
        with file.open("rb") as opened:
            kind = document_type(opened.read(16)) or "application/octet-stream"
        answer = _file(file, kind)
        answer["Content-Disposition"] = "attachment"
        return answer

    def points_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the points and build what they give; the answer is that of `status`."""
        presenter = self._visible(request, pk, to_change=True)
        try:
            presenter.points = checked_points(request.POST.get("points"), presenter.width, presenter.height)
        except ValidationError as error:
            return JsonResponse({"text": " ".join(error.messages)}, status=400)
        presenter.points_by = PhotoPresenter.PointsBy.PERSON
        presenter.save(update_fields=["points", "points_by", "updated_at"])
        order_build(presenter)
        return JsonResponse(_status(presenter))

    def status_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return JsonResponse(_status(self._visible(request, pk)), headers={"Cache-Control": "no-store"})

    def speak_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        presenter = self._visible(request, pk)
        voice = f"{request.POST.get('language', 'ru')[:2]}-{presenter.voice_gender}-1"
        return sample_answer({"language": request.POST.get("language", "ru")}, voice=voice)


def _status(presenter: PhotoPresenter) -> dict[str, object]:
    return {
        "building": presenter.is_building,
        "progress": presenter.progress,
        "failed": bool(presenter.last_error) and not presenter.is_building,
        "baseUrl": base_url(presenter),
    }


def _file(file: Any, content_type: str) -> FileResponse:
    """A small file of ours for staff; at most a few megabytes, so it may be read whole."""
    try:
        opened = file.open("rb")
    except OSError as error:
        raise Http404 from error
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
    return FileResponse(opened, content_type=content_type, headers={**headers, "Cache-Control": "private, max-age=600"})
