"""The four roles as groups (design §6). Made once, after migrating; afterwards administrators may change them freely."""

from typing import Any

from django.apps.config import AppConfig
from django.utils.translation import gettext_noop

HR_ADMIN, RECRUITER, REVIEWER, OPS = (
    gettext_noop("HR administrator"), gettext_noop("Recruiter"), gettext_noop("Reviewer"), gettext_noop("Operations"),
)  # fmt: skip
_READ_INTERVIEWS = ["view_interview", "view_candidate", "view_position", "add_review", "change_review"]
_RECRUIT = [
    *_READ_INTERVIEWS, "add_position", "change_position", "add_interview", "change_interview", "change_candidate",
    "add_decision", "view_outgoingmail",
    *(f"{verb}_{model}" for model in ("question", "criterion", "letter") for verb in ("view", "add", "change", "delete")),
    "view_avatarsettings",
]  # fmt: skip
ROLES: dict[str, list[str]] = {
    HR_ADMIN: [
        *_RECRUIT, "view_all_positions", "view_auditevent",
        "add_avatarsettings", "change_avatarsettings", "delete_avatarsettings", "view_avatargeneration", "view_providerhealth",
        "view_photopresenter", "add_photopresenter", "change_photopresenter",
        "view_user", "add_user", "change_user", "view_group", "view_apitoken", "add_apitoken",
    ],
    RECRUITER: _RECRUIT,
    REVIEWER: _READ_INTERVIEWS,  # and only positions they are members of
    OPS: ["view_avatarsettings", "view_avatargeneration", "view_providerhealth", "view_heartbeat"],
}  # fmt: skip


def make_roles(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """post_migrate of interviews: create the groups that are not there yet, with their permissions."""
    from django.contrib.auth.models import Group, Permission

    for name, codenames in ROLES.items():
        group, made = Group.objects.using(using).get_or_create(name=name)
        if made:
            apps = ("interviews", "avatars", "auth", "interview_site")
            group.permissions.set(
                Permission.objects.using(using).filter(codename__in=codenames, content_type__app_label__in=apps)
            )
