"""The outbox: every letter readable, with its way; kept and failed ones can be sent by a person."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from interviews import letters
from interviews.admin.base import ReadOnly, WorkplaceAdmin
from interviews.models import OutgoingMail
from interviews.queries import letters_visible_to
from interviews.services import audit, clip_waiting, clips, mail

COLOURS = {"queued": "info", "sent": "success", "kept": "default", "failed": "danger"}
KINDS = {
    letters.INVITATION: _("invitation"),
    letters.REMINDER: _("reminder"),
    letters.ADVANCE: _("outcome: advance"),
    letters.REJECT: _("outcome: reject"),
    letters.COMPLETED: _("to HR: complete"),
    "person": _("to HR: prefers a person"),
    "erased": _("to HR: data deleted"),
}


@admin.register(OutgoingMail)
class OutboxAdmin(ReadOnly, WorkplaceAdmin):
    list_display = ["show_letter", "show_kind", "show_state", "created_at", "sent_at"]
    list_filter = [("state", ChoicesDropdownFilter)]
    list_select_related = ["interview__candidate"]
    show_full_result_count = False
    ordering = ["-pk"]
    search_fields = ["to", "subject"]
    search_help_text = _("Search by address or subject")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return letters_visible_to(request.user).defer("interview__version")

    @display(description=_("letter"), header=True, ordering="subject")
    def show_letter(self, letter: OutgoingMail) -> list[str]:
        name = letter.interview.candidate.name if letter.interview else ""
        return [letter.subject, letter.to or _("%(name)s (no address)") % {"name": name}]

    @display(description=_("kind"), ordering="kind")
    def show_kind(self, letter: OutgoingMail) -> str:
        return KINDS.get(letter.kind, letter.kind)

    @display(description=_("state"), ordering="state", label=COLOURS)
    def show_state(self, letter: OutgoingMail) -> tuple[str, str]:
        return letter.state, letter.get_state_display()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        letter = self.found(request, int(object_id) if object_id.isdigit() else 0)
        if "{link}" in letter.body and letter.kind in letters.NEEDS_LINK and letter.interview:
            audit.record("show_link", letter.interview, actor=request.user, note=f"letter {letter.pk}")
        answer = self.page(
            request, "interviews/admin/letter.html", _("Letter"), letter=letter, object=letter, text=mail.text_of(letter),
            kind=KINDS.get(letter.kind, letter.kind), colour=COLOURS[letter.state], kept_text=mail.KEPT_TEXT,
            may_send=self._may_send(request, letter), held=self._held(letter),
        )  # fmt: skip
        answer["Cache-Control"] = "no-store"
        return answer

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        return self.change_view(request, object_id)

    def get_urls(self) -> list[URLPattern]:
        send = path("<int:pk>/send/", self.admin_site.admin_view(self.send_view), name="interviews_outgoingmail_send")
        return [send, *super().get_urls()]

    @method_decorator(require_POST)
    def send_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        letter = self.found(request, pk)
        if not request.user.has_perm("interviews.change_interview"):
            raise Http404
        if mail.retry(letter):
            messages.success(request, _("The letter is on its way."))
            audit.record("send_again", letter, actor=request.user)
        else:
            messages.error(request, _("This letter cannot be sent from here now."))
        return HttpResponseRedirect(reverse("admin:interviews_outgoingmail_change", args=[pk]))

    def _held(self, letter: OutgoingMail) -> clips.Progress | None:
        """How far the clips are that keep this letter back; None when nothing does."""
        is_held = letter.state == OutgoingMail.State.QUEUED and letter.waits_for_clips and letter.interview is not None
        return clip_waiting.progress_of(letter) if is_held else None

    def _may_send(self, request: HttpRequest, letter: OutgoingMail) -> bool:
        from django.conf import settings

        held = letter.state == OutgoingMail.State.QUEUED and letter.waits_for_clips
        waiting = letter.state in (OutgoingMail.State.FAILED, OutgoingMail.State.KEPT)
        if not (waiting or held):
            return False
        return settings.MAIL_IS_SENT and bool(letter.to) and request.user.has_perm("interviews.change_interview")
