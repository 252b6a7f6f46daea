"""The page from which HR invite one person or many, with the letter of each language before their eyes (design §6)."""

import uuid
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from interviews import guest_list, letters, links
from interviews.admin.rehearsing import warning_text
from interviews.models import Language, Letter, OutgoingMail, Position
from interviews.services import clips, invitations
from interviews.services.invitations import Guest
from interviews.services.mail import wording

UNREADABLE = {
    "too_big": _("The file is too big: at most 1 MB."),
    "too_many": format_lazy(_("At most {most} people at once."), most=guest_list.MOST_ROWS),
    "not_text": _("The file is neither CSV nor XLSX."),
    "not_xlsx": _("The spreadsheet cannot be read. Save it as XLSX or CSV and try again."),
}


WAIT, NOW = "wait", "now"
EXAMPLE = "Anna Lee, anna@example.org\nБолат Ахметов; bolat@example.org; kk"


class InviteForm(forms.Form):
    """Who is invited, in which language, and with which letter."""

    token = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    language = forms.ChoiceField(label=_("language"), choices=Language.choices, widget=UnfoldAdminSelectWidget)
    name = forms.CharField(
        label=pgettext_lazy("of a person", "name"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget
    )
    email = forms.EmailField(
        label=_("e-mail"), required=False, max_length=254, widget=UnfoldAdminEmailInputWidget,
        help_text=_("Without an address you get the link to pass on yourself."),
    )  # fmt: skip
    people = forms.CharField(
        label=_("several people, one a line"), required=False, max_length=100_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5, "placeholder": EXAMPLE}),
    )  # fmt: skip
    file = forms.FileField(
        label=_("or a CSV or XLSX file"), required=False, allow_empty_file=True, widget=UnfoldAdminFileFieldWidget
    )
    keep = forms.BooleanField(label=_("Keep this wording for the position"), required=False)
    # Only asked while clips are not ready.
    clips = forms.ChoiceField(
        label=_("when the letters leave"), required=False, widget=forms.RadioSelect,
        choices=[(WAIT, _("Wait for the clips")), (NOW, _("Invite now; the local presenter says what is not ready"))],
    )  # fmt: skip

    def __init__(self, *args: Any, position: Position, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.position = position
        for code in Language.values:
            subject, body = wording(position, letters.INVITATION, code)
            self.fields[f"subject_{code}"] = forms.CharField(
                label=_("subject"), max_length=200, initial=subject, widget=UnfoldAdminTextInputWidget
            )
            self.fields[f"body_{code}"] = forms.CharField(
                label=_("text"), max_length=10_000, initial=body, widget=UnfoldAdminTextareaWidget(attrs={"rows": 16})
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for code in Language.values:
            subject, body = cleaned.get(f"subject_{code}") or "", cleaned.get(f"body_{code}") or ""
            for field, problems in letters.problems_of(letters.INVITATION, subject, body).items():
                if subject and body:
                    for problem in problems:
                        self.add_error(f"{field}_{code}", problem)
        guests = []
        if cleaned.get("name") or cleaned.get("email"):
            guests.append(Guest(cleaned.get("name") or "", cleaned.get("email") or ""))
        for field, read in (("people", self._pasted), ("file", self._uploaded)):
            try:
                guests += [Guest(row.name, row.email, row.language) for row in read(cleaned)]
            except guest_list.UnreadableList as error:
                self.add_error(field, UNREADABLE[error.code])
        if not guests and not self.errors:
            self.add_error("name", _("Write a name, or paste a list of people below."))
        if len(guests) == 1 and not guests[0].name and guests[0].email and not self.errors:
            self.add_error("name", _("The name is missing."))
        cleaned["guests"] = guests
        return cleaned

    def _pasted(self, cleaned: dict[str, Any]) -> list[guest_list.Row]:
        return guest_list.rows_of_text(cleaned.get("people") or "")

    def _uploaded(self, cleaned: dict[str, Any]) -> list[guest_list.Row]:
        file = cleaned.get("file")
        if not file:
            return []
        if file.size > guest_list.MOST_BYTES:
            raise guest_list.UnreadableList("too_big")
        return guest_list.rows_of_file(file.read(), file.name)

    def letters(self) -> list[tuple[str, str, forms.BoundField, forms.BoundField]]:
        """(code, name, subject field, text field) of each language, the position's own first."""
        languages = sorted(Language.choices, key=lambda choice: choice[0] != self.position.language)
        return [(code, name, self[f"subject_{code}"], self[f"body_{code}"]) for code, name in languages]

    def waits(self) -> bool | None:
        """Whether the letters wait for the clips; None: it was not asked, the position's own setting counts."""
        return {WAIT: True, NOW: False}.get(self.cleaned_data["clips"])

    def edited(self) -> dict[str, tuple[str, str]]:
        return {code: (self.cleaned_data[f"subject_{code}"], self.cleaned_data[f"body_{code}"]) for code in Language.values}


def not_ready(position: Position) -> list[clips.Progress]:
    """How far the clips are while some are missing; empty when none are wanted or all are ready."""
    found = clips.standing(position)
    return [] if all(progress.is_ordered and progress.is_complete for progress in found) else found


class InvitePage:
    """GET shows the form, POST invites and shows a result per row; the same form sent again invites nobody twice."""

    def __init__(self, model_admin: Any) -> None:
        self.admin = model_admin

    def view(self, request: HttpRequest, pk: int) -> HttpResponse:
        position = self.admin.found(request, pk)
        if not request.user.has_perm("interviews.add_interview"):
            raise Http404
        refusal = invitations.refusal(position)
        if request.method != "POST":
            start = {
                "token": uuid.uuid4().hex, "language": position.language, "clips": WAIT if position.wait_for_clips else NOW,
            }  # fmt: skip
            return self._page(request, position, InviteForm(position=position, initial=start), refusal)
        form = InviteForm(request.POST, request.FILES, position=position)
        if not form.is_valid():
            return self._page(request, position, form, refusal, status=422)
        if form.cleaned_data["keep"]:
            self._keep(position, form)
        outcomes = invitations.invite_many(
            position=position, guests=form.cleaned_data["guests"], language=form.cleaned_data["language"], by=request.user,
            token=form.cleaned_data["token"], letters=form.edited(), wait_for_clips=form.waits(),
        )  # fmt: skip
        rows = [
            (outcome, links.link(outcome.interview.public_id, outcome.interview.link_generation) if outcome.interview else "")
            for outcome in outcomes
        ]
        invited = sum(1 for outcome in outcomes if outcome.interview)
        made = [outcome.interview for outcome in outcomes if outcome.interview]
        held = OutgoingMail.objects.filter(interview__in=made, waits_for_clips=True, state=OutgoingMail.State.QUEUED).count()
        return self.admin.page(
            request, "interviews/admin/invited.html", _("Invitations"), position=position, object=position, rows=rows,
            invited=invited, refused=len(outcomes) - invited, held=held, clips=not_ready(position),
        )  # fmt: skip

    def _page(self, request: HttpRequest, position: Position, form: InviteForm, refusal: Any, status: int = 200) -> HttpResponse:
        page = self.admin.page(
            request, "interviews/admin/invite.html", _("Invite"), position=position, object=position, form=form, refusal=refusal,
            warning="" if refusal else warning_text(position), clips=not_ready(position),
        )  # fmt: skip
        page.status_code = status
        return page

    def _keep(self, position: Position, form: InviteForm) -> None:
        for code, (subject, body) in form.edited().items():
            if (subject, body) != wording(position, letters.INVITATION, code):
                Letter.objects.update_or_create(
                    position=position, kind=letters.INVITATION, language=code, defaults={"subject": subject, "body": body}
                )
