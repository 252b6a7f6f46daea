"""The four roles as groups (design §6), made after migrating; afterwards administrators may change them freely.

A later version that brings new models names their permissions in ROLES: existing groups gain them at the next migration.
"""

from typing import Any

from django.apps.config import AppConfig
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_noop

from interview_site import tables
from interviews.models import RoleGrant

HR_ADMIN, RECRUITER, REVIEWER, OPS = (
    gettext_noop("HR administrator"), gettext_noop("Recruiter"), gettext_noop("Reviewer"), gettext_noop("Operations"),
)  # fmt: skip
_READ_INTERVIEWS = ["view_interview", "view_candidate", "view_position", "add_review", "change_review"]
_RECRUIT = [
    *_READ_INTERVIEWS, "add_position", "change_position", "add_interview", "change_interview", "change_candidate",
    "add_decision", "view_outgoingmail", "view_askedquestion", "change_askedquestion", "view_rehearsal", "add_rehearsal",
    *(f"{verb}_{model}" for model in ("question", "criterion", "letter") for verb in ("view", "add", "change", "delete")),
    "view_avatarsettings", "use_studio",
]  # fmt: skip
ROLES: dict[str, list[str]] = {
    HR_ADMIN: [
        *_RECRUIT, "view_all_positions", "view_auditevent",
        "delete_candidate",  # to hand over and to erase all of a person's data (interviews.services.personal)
        "add_avatarsettings", "change_avatarsettings", "delete_avatarsettings", "view_avatargeneration", "view_speech",
        "view_providerhealth", "view_statuscheck", "view_spending", "view_modelusage", "test_modelhealth",
        "view_livesession", "change_livesession", "view_livealert", "view_keptconversation", "delete_keptconversation",
        "view_photopresenter", "add_photopresenter", "change_photopresenter",
        "view_user", "add_user", "change_user", "view_group", "view_apitoken", "add_apitoken",
    ],
    RECRUITER: _RECRUIT,
    REVIEWER: _READ_INTERVIEWS,  # and only positions they are members of
    OPS: [
        "view_avatarsettings", "view_avatargeneration", "view_providerhealth", "view_statuscheck", "view_spending",
        "view_modelusage", "test_modelhealth", "view_heartbeat", "view_recogniserhealth", "view_soundfile", "change_soundfile",
        "view_speechsegment", "change_speechsegment",
        "view_livesession", "change_livesession", "view_livealert", "use_studio",
    ],
}  # fmt: skip


# What roles held before grants were written down: if an older site's group lacks one of these, it was taken away by hand.
_BEFORE_GRANTS = frozenset(
    """view_interview view_candidate view_position add_review change_review add_position change_position add_interview
    change_interview change_candidate add_decision view_outgoingmail view_question add_question change_question delete_question
    view_criterion add_criterion change_criterion delete_criterion view_letter add_letter change_letter delete_letter
    view_avatarsettings view_all_positions view_auditevent add_avatarsettings change_avatarsettings delete_avatarsettings
    view_avatargeneration view_providerhealth view_photopresenter add_photopresenter change_photopresenter view_user add_user
    change_user view_group view_apitoken add_apitoken view_heartbeat""".split()
)


def make_roles(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """post_migrate of interviews: make the groups that are missing; give each what its role has gained since the last time.

    What was given once is written down (`RoleGrant`), so that a permission an administrator took away stays away.
    """
    if not tables.is_there(RoleGrant, using):
        return
    apps = ("interviews", "avatars", "transcription", "auth", "interview_site")
    there = Permission.objects.using(using).filter(content_type__app_label__in=apps)
    for name, codenames in ROLES.items():
        group, made = Group.objects.using(using).get_or_create(name=name)
        grant, _new = RoleGrant.objects.using(using).get_or_create(
            group=group, defaults={"codenames": [] if made else sorted(_BEFORE_GRANTS & set(codenames))}
        )
        gained = there.filter(codename__in=set(codenames) - set(grant.codenames))
        if gained:
            group.permissions.add(*gained)
            grant.codenames = sorted({*grant.codenames, *(permission.codename for permission in gained)})
            grant.save(using=using)
