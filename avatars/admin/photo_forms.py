"""The form of a photo presenter: the portrait, six points on it, the licence to use it (hiring_law 21)."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from avatars.admin.forms import PICTURE_TYPES
from avatars.models import PhotoPresenter
from avatars.presenter.photo_points import NAMES, WrongPoints, read_points
from avatars.services.photo_presenters import document_type, take_portrait
from avatars.services.pictures import MAX_BYTES, BadPicture

POINT_NAMES: dict[str, str | Promise] = {
    "left_eye": _("Eye on the left"),
    "right_eye": _("Eye on the right"),
    "mouth_left": _("Left corner of the mouth"),
    "mouth_right": _("Right corner of the mouth"),
    "lips": _("Middle of the lips"),
    "chin": _("Chin"),
}
REASONS: dict[str, str | Promise] = {
    "missing": _("All six points are needed."),
    "outside": _("A point lies outside the picture."),
    "crossed": _("The points do not make a face. Please look at: %(point)s."),
    "tilted": _("The head is tilted too far. Please use a picture with an upright head."),
    "small": _("The face is too small in this picture. Please use one taken from nearer."),
}
MAX_POINTS_CHARACTERS = 2000


def checked_points(text: object, width: int, height: int) -> dict[str, list[float]]:
    """Points from a page, as they are stored. Raises ValidationError with a text for the person."""
    try:
        data = json.loads(text) if isinstance(text, str) and len(text) <= MAX_POINTS_CHARACTERS else None
        read_points(data, width, height)
    except (ValueError, RecursionError) as error:
        wrong = error if isinstance(error, WrongPoints) else WrongPoints("missing")
        raise ValidationError(REASONS[wrong.reason], params={"point": POINT_NAMES.get(wrong.point, "")}) from error
    return {name: [round(float(number), 5) for number in data[name]] for name in NAMES}


class PhotoPresenterForm(forms.ModelForm):
    """A new presenter takes the picture; an old one keeps it and takes points and the licence."""

    points = forms.CharField(required=False, widget=forms.HiddenInput())

    class Meta:
        model = PhotoPresenter
        fields = ["display_name", "voice_gender", "picture", "points", "licence_kind", "licence_text", "licence_file"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "picture" in self.fields:
            self.fields["picture"].widget = UnfoldAdminFileFieldWidget(attrs={"accept": PICTURE_TYPES})
            self.fields["picture"].help_text = _(
                "Face to the camera, lips closed, even light, head and shoulders. JPEG, PNG or WebP, at most 5 MB."
            )
        if "points" in self.fields:
            self.initial["points"] = json.dumps(self.instance.points)

    def clean_picture(self) -> object:
        upload = self.cleaned_data["picture"]
        if not isinstance(upload, UploadedFile):
            return upload
        try:
            take_portrait(self.instance, upload.read(MAX_BYTES + 1))
        except BadPicture as error:
            raise ValidationError(str(error)) from error
        return self.instance.picture

    def clean_points(self) -> object:
        if not self.instance.pk or not self.cleaned_data["points"]:
            return self.instance.points
        return checked_points(self.cleaned_data["points"], self.instance.width, self.instance.height)

    def clean_licence_file(self) -> object:
        upload = self.cleaned_data["licence_file"]
        if isinstance(upload, UploadedFile):
            if upload.size is None or upload.size > MAX_BYTES:
                raise ValidationError(_("The document is larger than 5 MB."))
            if document_type(upload.read(16)) is None:
                raise ValidationError(_("This is not a PDF, PNG, JPEG or WebP document."))
            upload.seek(0)
        return upload

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        active = self.instance.pk and self.instance.state == PhotoPresenter.State.ACTIVE
        if active and "licence_kind" in self.fields:
            if not data.get("licence_kind"):
                self.add_error("licence_kind", _("An active presenter needs its licence. Withdraw it first."))
            if not (data.get("licence_text") or "").strip() and not data.get("licence_file"):
                self.add_error("licence_text", _("An active presenter needs its licence. Withdraw it first."))
        return data
