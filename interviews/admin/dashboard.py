"""The first page of the admin, and the navigation beside it."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from interviews.admin.base import STATE_COLOURS
from interviews.queries import dashboard

STEPS = [
    ("invited", _("Invited"), "mail"),
    ("opened", _("Opened the link"), "drafts"),
    ("started", _("Started"), "play_circle"),
    ("completed", _("Completed"), "task_alt"),
    ("decided", _("Decided"), "gavel"),
]


def dashboard_callback(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """UNFOLD["DASHBOARD_CALLBACK"]: what the index page shows to those who work with interviews."""
    if not request.user.has_perm("interviews.view_interview"):
        return context
    numbers = dashboard(request.user)
    most = max(numbers.funnel["invited"], 1)
    context["numbers"] = numbers
    context["funnel"] = [
        {"label": label, "icon": icon, "count": numbers.funnel[key], "percent": round(100 * numbers.funnel[key] / most)}
        for key, label, icon in STEPS
    ]
    context["colours"] = STATE_COLOURS
    context["may_add_position"] = request.user.has_perm("interviews.add_position")
    return context


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """UNFOLD["SIDEBAR"]["navigation"]: what this user's role works with."""

    def item(title: Any, icon: str, model: str, permission: str = "") -> dict[str, Any]:
        """One link; `model` is "app.Model", or empty for the index."""
        registered = not model or admin.site.is_registered(apps.get_model(model))
        allowed = registered and (not permission or request.user.has_perm(permission))
        name = f"{model.lower().replace('.', '_')}_changelist" if model else "index"
        link = reverse_lazy(f"admin:{name}") if registered else ""
        return {"title": title, "icon": icon, "link": link, "permission": lambda request: allowed}

    in_studio = request.user.has_perm("interviews.use_studio")
    studio = {"title": _("Studio"), "icon": "forum", "link": reverse_lazy("studio"), "permission": lambda request: in_studio}
    return [
        {
            "items": [
                item(_("Dashboard"), "space_dashboard", ""),
                item(_("Positions"), "work", "interviews.Position", "interviews.view_position"),
                item(_("Interviews"), "video_call", "interviews.Interview", "interviews.view_interview"),
                item(_("Candidates"), "group", "interviews.Candidate", "interviews.view_candidate"),
                item(_("Candidates' questions"), "contact_support", "interviews.AskedQuestion", "interviews.view_askedquestion"),
                item(_("Outbox"), "outgoing_mail", "interviews.OutgoingMail", "interviews.view_outgoingmail"),
            ]
        },
        {
            "title": _("Settings"),
            "separator": True,
            "items": [
                item(_("Avatar profiles"), "face", "avatars.AvatarSettings", "avatars.view_avatarsettings"),
                item(_("Videos"), "movie", "avatars.AvatarGeneration", "avatars.view_avatargeneration"),
                item(_("Live sessions"), "interpreter_mode", "avatars.LiveSession", "avatars.view_livesession"),
                studio,
                item(_("Kept conversations"), "bookmark", "interviews.KeptConversation", "interviews.view_keptconversation"),
                item(_("Services"), "monitor_heart", "interview_site.StatusCheck", "interview_site.view_statuscheck"),
                item(_("Language model"), "neurology", "interview_site.ModelUsage", "interview_site.view_modelusage"),
                item(_("Photo presenters"), "portrait", "avatars.PhotoPresenter", "avatars.view_photopresenter"),
                item(_("Users"), "manage_accounts", "auth.User", "auth.view_user"),
                item(_("Roles"), "shield_person", "auth.Group", "auth.view_group"),
                item(_("API tokens"), "key", "interview_site.ApiToken", "interview_site.view_apitoken"),
                item(_("Audit log"), "history", "interviews.AuditEvent", "interviews.view_all_positions"),
            ],
        },
    ]
