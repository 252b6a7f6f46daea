"""Users and groups in the admin's own look; nobody raises themselves or touches those above them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from interviews.roles import ROLES

admin.site.unregister(User)
admin.site.unregister(Group)


def _role_name(group: Group) -> str:
    return gettext(group.name) if group.name in ROLES else group.name


# Our roles are stored in English; lists, forms and headings of the admin show them in the reader's language.
Group.add_to_class("__str__", _role_name)


class RightsField(forms.ModelMultipleChoiceField):
    """Permissions of what can be seen here, in words: Django stores "Can add interview" and never translates it."""

    VERBS = {
        "view": pgettext_lazy("a right", "view"),
        "add": pgettext_lazy("a right", "add"),
        "change": pgettext_lazy("a right", "change"),
        "delete": pgettext_lazy("a right", "delete"),
    }  # fmt: skip

    def label_from_instance(self, obj: Permission) -> str:
        verb, _mark, model = obj.codename.partition("_")
        usual = verb in self.VERBS and model == obj.content_type.model
        return f"{capfirst(obj.content_type.name)}: {self.VERBS[verb] if usual else gettext(obj.name)}"


def _rights() -> QuerySet:
    """What an administrator may give; rows of a change history and of Django's own machinery have no pages here."""
    apps = ("interviews", "avatars", "transcription", "auth", "interview_site")
    here = Permission.objects.filter(content_type__app_label__in=apps).exclude(content_type__model__startswith="historical")
    return here.select_related("content_type")


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["show_name", "email", "show_roles", "show_state", "last_login"]
    list_filter = ["is_active", "is_staff", "groups"]
    list_filter_submit = True
    fieldsets = [
        (None, {"fields": ["username", "show_password"]}),
        (_("Person"), {"fields": [("first_name", "last_name"), "email"]}),
        (_("Role"), {"fields": ["is_active", "is_staff", "groups"]}),
    ]
    readonly_fields = ["show_password"]
    filter_horizontal = ["user_permissions"]
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

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> forms.Field:
        if db_field.name == "groups":
            help_text = _("What this person may see and do. Several roles add up.")
            widget = UnfoldAdminCheckboxSelectMultipleWidget()
            roles = Group.objects.order_by("pk")
            return forms.ModelMultipleChoiceField(roles, required=False, label=_("Roles"), help_text=help_text, widget=widget)
        if db_field.name == "user_permissions":
            kwargs |= {"form_class": RightsField, "queryset": _rights()}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @display(description=_("password"))
    def show_password(self, user: User) -> str:
        """How to set another one; what is stored of it says nothing to people."""
        known = gettext("Set, and stored so that nobody can read it.") if user.has_usable_password() else gettext("Not set.")
        address = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('{} <a class="hr-link" href="{}">{}</a>', known, address, gettext("Set a new password"))

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
        return ", ".join(str(group) for group in user.groups.all()) or "–"

    @display(description=_("state"), label={"active": "success", "off": "default"}, ordering="is_active")
    def show_state(self, user: User) -> tuple[str, str]:
        return ("active", _("active")) if user.is_active else ("off", _("switched off"))


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """Only administrators change what a role may do."""

    list_display = ["show_name", "show_people"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(people=Count("user", filter=Q(user__is_active=True)))

    @display(description=_("role"), ordering="name")
    def show_name(self, group: Group) -> str:
        return str(group)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> forms.Field:
        if db_field.name == "permissions":
            kwargs |= {"form_class": RightsField, "queryset": _rights()}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @display(description=_("people"), ordering="people")
    def show_people(self, group: Group) -> int:
        return group.people

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    has_add_permission = has_delete_permission = has_change_permission
