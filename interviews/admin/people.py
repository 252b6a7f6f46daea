"""Users and groups in the admin's own look; nobody raises themselves or touches those above them."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["show_name", "email", "show_roles", "show_state", "last_login"]
    list_filter = ["is_active", "is_staff", "groups"]
    list_filter_submit = True
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": [("first_name", "last_name"), "email"]}),
        (_("Role"), {"fields": ["is_active", "is_staff", "groups"]}),
    ]
    above_fieldsets = [(_("Everything"), {"fields": ["is_superuser", "user_permissions"], "classes": ["collapse"]})]
    add_fieldsets = [
        (None, {"fields": ["username", "email", "usable_password", "password1", "password2"]}),
        (_("Role"), {"fields": ["is_staff", "groups"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        users = super().get_queryset(request).prefetch_related("groups")
        # An administrator's account is changed by administrators only.
        return users if request.user.is_superuser else users.filter(is_superuser=False)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list:
        fieldsets = list(super().get_fieldsets(request, obj))
        return [*fieldsets, *self.above_fieldsets] if obj and request.user.is_superuser else fieldsets

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # their reviews and decisions stay; leaving people are made inactive

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    @display(description=_("user"), header=True, ordering="username")
    def show_name(self, user: User) -> list[str]:
        return [user.get_full_name() or user.username, user.username]

    @display(description=_("roles"))
    def show_roles(self, user: User) -> str:
        if user.is_superuser:
            return str(_("administrator"))
        return ", ".join(str(_(group.name)) for group in user.groups.all()) or "–"

    @display(description=_("state"), label={"active": "success", "off": "default"}, ordering="is_active")
    def show_state(self, user: User) -> tuple[str, str]:
        return ("active", _("active")) if user.is_active else ("off", _("switched off"))


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """Only administrators change what a role may do."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    has_add_permission = has_delete_permission = has_change_permission
