"""Candidates: who they are and how to reach them. Never deleted by hand; accommodations stay out of reviewers' sight."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from interviews.access import may_handle_person, staff_person
from interviews.admin.base import AuditedExport, NeverDeleted, SafeResource, WorkplaceAdmin
from interviews.models import Candidate, Interview
from interviews.services import audit, personal


class CandidateResource(SafeResource):
    class Meta:
        model = Candidate
        fields = ["id", "name", "email", "phone", "language", "created_at"]
        export_order = fields


@admin.register(Candidate)
class CandidateAdmin(NeverDeleted, AuditedExport, WorkplaceAdmin):
    resource_classes = [CandidateResource]
    list_display = ["show_name", "phone", "language", "show_interviews", "created_at"]
    list_filter = ["language"]
    ordering = ["-pk"]
    show_full_result_count = False
    search_fields = ["name", "email", "phone"]
    search_help_text = _("Search by name, e-mail or telephone")
    fields = [("name", "form_of_address"), "email", ("phone", "language"), ("time_zone", "telegram_id")]
    readonly_fields = ["telegram_id"]
    change_form_outer_after_template = "interviews/admin/candidate_interviews.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        # Staff who preview a position have a candidate row of their own: they are nobody's candidates.
        return super().get_queryset(request).exclude(interviews__kind=Interview.Kind.PREVIEW).with_interview_count()

    @display(description=_("candidate"), header=True, ordering="name")
    def show_name(self, candidate: Candidate) -> list[str]:
        return [candidate.name, candidate.email]

    @display(description=_("interviews"), ordering="interview_count")
    def show_interviews(self, candidate: Candidate) -> int:
        return candidate.interview_count

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # people come in by invitations

    def get_urls(self) -> list[URLPattern]:
        erase = path("<int:pk>/erase/", self.admin_site.admin_view(self.erase_view), name="interviews_candidate_erase")
        return [erase, *super().get_urls()]

    def erase_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET says what goes and what stays; POST erases, once confirmed, and tells the receipt."""
        person = staff_person(request.user, pk)
        interviews = Interview.objects.filter(candidate=person).select_related("version__position").defer("version__plan")
        receipt = None
        if request.method == "POST" and request.POST.get("confirmed") == "1":
            try:
                receipt = personal.erase_person(person, by=request.user)
            except personal.OnHold:
                messages.error(request, gettext("A legal hold keeps this person’s interviews. Nothing was erased."))
                return HttpResponseRedirect(reverse("admin:interviews_candidate_change", args=[pk]))
        return self.page(
            request, "interviews/admin/erase_person.html", gettext("Erase a person’s data"), person=person,
            interviews=interviews, receipt=receipt,
        )  # fmt: skip

    def save_model(self, request: HttpRequest, obj: Candidate, form: object, change: bool) -> None:
        super().save_model(request, obj, form, change)
        audit.record("change", obj, actor=request.user, note=", ".join(form.changed_data))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        interviews = Interview.objects.none()
        if object_id.isdigit():
            interviews = Interview.objects.visible_to(request.user).filter(candidate_id=object_id)
            interviews = interviews.select_related("version__position").defer("version__plan")
        more = {"interviews": interviews[:50], "may_handle_person": may_handle_person(request.user)}
        answer = super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})
        if request.method == "GET" and answer.status_code == 200 and object_id.isdigit():
            audit.record("view", Candidate(pk=int(object_id)), actor=request.user)
        return answer
