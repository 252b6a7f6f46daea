"""What candidates asked: the recruiter's list of questions that wait for a person's answer (design §5)."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from interviews.admin.base import ReadOnly, WorkplaceAdmin
from interviews.models import AskedQuestion
from interviews.services import asked


@admin.register(AskedQuestion)
class AskedQuestionAdmin(ReadOnly, WorkplaceAdmin):
    """Made by the conversation only; a person marks what they have answered."""

    list_display = ["show_question", "show_candidate", "show_state", "fact", "created_at", "answered_by"]
    list_filter = ["state"]
    list_select_related = ["turn", "interview__candidate", "interview__version__position", "answered_by"]
    search_fields = ["turn__text", "interview__candidate__name"]
    show_full_result_count = False
    actions = ["mark_answered"]
    fields = ["show_question", "show_candidate", "state", "fact", "created_at", "answered_by", "answered_at"]
    readonly_fields = ["show_question", "show_candidate", "state"]

    @display(description=_("question"))
    def show_question(self, row: AskedQuestion) -> str:
        return Truncator(row.turn.text).chars(200) or _("not transcribed yet")

    @display(description=_("candidate"))
    def show_candidate(self, row: AskedQuestion) -> str:
        address = reverse("admin:interviews_interview_change", args=[row.interview_id])
        return format_html('<a href="{}">{}</a>', address, row.interview.candidate.name)

    @display(description=_("state"), ordering="state", label={"open": "warning", "told": "info", "answered": "success"})
    def show_state(self, row: AskedQuestion) -> tuple[str, str]:
        return row.state, row.get_state_display()

    def has_answer_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("interviews.change_askedquestion")

    @action(description=_("Mark as answered"), permissions=["answer"])
    def mark_answered(self, request: HttpRequest, queryset: QuerySet[AskedQuestion]) -> None:
        done = asked.answer(queryset, by=request.user)
        text = ngettext("%(count)s question is marked as answered.", "%(count)s questions are marked as answered.", done)
        self.tell(request, text % {"count": done})
