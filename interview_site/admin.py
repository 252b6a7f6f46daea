"""API tokens in the admin: made here, shown once, ended here (threats 35)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from interview_site import admin_status  # noqa: F401  registers the status page
from interview_site.api import tokens
from interview_site.api.scopes import Scope
from interview_site.llm import admin as model_admin  # noqa: F401  registers the requests to models
from interview_site.models import ApiToken


class TokenForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=Scope.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("Give as few as the program needs. A scope never widens what the person may do."),
    )  # fmt: skip

    class Meta:
        model = ApiToken
        fields = ["name", "owner", "scopes", "expires_at"]

    def clean_expires_at(self) -> Any:
        expires_at = self.cleaned_data["expires_at"]
        if expires_at and expires_at <= timezone.now():
            raise forms.ValidationError(_("This time has passed already."))
        return expires_at


@admin.register(ApiToken)
class ApiTokenAdmin(ModelAdmin):
    """Everybody makes tokens that act for themselves; only administrators make them for others."""

    form = TokenForm
    list_display = ["name", "show_prefix", "show_owner", "show_state", "last_used_at", "expires_at"]
    list_select_related = ["owner"]
    list_filter = ["revoked_at"]
    search_fields = ["name", "prefix"]
    ordering = ["-created_at"]
    actions = ["revoke_selected"]
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).select_related("owner", "created_by")
        return rows if request.user.is_superuser else rows.filter(owner=request.user)

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> list[str]:
        if obj is None:
            return ["name", *(["owner"] if request.user.is_superuser else []), "scopes", "expires_at"]
        return [
            "name", "show_prefix", "owner", "show_scopes", "show_state", "expires_at", "revoked_at", "last_used_at", "created_at",
            "created_by",
        ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> list[str]:
        return [] if obj is None else self.get_fields(request, obj)

    def get_form(self, request: HttpRequest, obj: ApiToken | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if owner := form.base_fields.get("owner"):
            owner.queryset = get_user_model().objects.filter(is_active=True, is_staff=True)
            owner.initial = request.user.pk
        return form

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False  # what a token may do is settled when it is made

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False  # revoked ones stay, so that the list says what there was

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        only_save = {"show_save_and_add_another": False, "show_save_and_continue": False}  # the next page shows the secret
        return super().add_view(request, form_url, {**(extra_context or {}), **only_save})

    def save_model(self, request: HttpRequest, obj: ApiToken, form: TokenForm, change: bool) -> None:
        owner = obj.owner if request.user.is_superuser else request.user
        token, request.new_secret = tokens.mint(
            name=obj.name, owner=owner, scopes=obj.scopes, expires_at=obj.expires_at, by=request.user
        )
        obj.pk, obj.prefix, obj.owner = token.pk, token.prefix, owner

    def response_add(self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None) -> HttpResponse:
        """The secret stands on this one page: not in a message, which would be kept in a cookie."""
        context = {
            **self.admin_site.each_context(request), "title": _("The token is ready"), "token": obj, "secret": request.new_secret,
        }  # fmt: skip
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "interview_site/admin/token_made.html", context, headers={"Cache-Control": "no-store"})

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke_selected(self, request: HttpRequest, chosen: QuerySet) -> None:
        ended = 0
        for token in chosen:
            if tokens.revoke(token):
                ended += 1
                self.log_change(request, token, "revoked")  # who, in the history of the token
        messages.success(request, _("Revoked: %(count)s.") % {"count": ended})

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @display(description=_("begins with"))
    def show_prefix(self, token: ApiToken) -> str:
        return f"{token.prefix}…"

    @display(description=_("acts for"), ordering="owner__username")
    def show_owner(self, token: ApiToken) -> str:
        return token.owner.get_full_name() or token.owner.get_username()

    @display(description=_("scopes"))
    def show_scopes(self, token: ApiToken) -> str:
        return ", ".join(token.scopes)

    @display(description=_("state"), label={"works": "success", "revoked": "danger", "expired": "warning", "off": "default"})
    def show_state(self, token: ApiToken) -> tuple[str, str]:
        if token.revoked_at:
            return "revoked", pgettext_lazy("a token", "revoked")
        if token.expires_at and token.expires_at <= timezone.now():
            return "expired", _("expired")
        return ("works", _("works")) if token.is_usable else ("off", _("its owner is switched off"))
