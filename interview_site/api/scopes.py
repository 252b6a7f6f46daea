"""What a token may do. A scope narrows its owner's own permissions and never widens them (threats 35)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    POSITIONS_READ = "positions:read", _("read positions")
    POSITIONS_WRITE = "positions:write", _("create and change positions, open and close them")
    CANDIDATES_READ = "candidates:read", _("read candidates")
    CANDIDATES_WRITE = "candidates:write", _("add and change candidates")
    INVITATIONS_WRITE = "invitations:write", _("invite, resend, show, reissue and revoke links")
    INTERVIEWS_READ = "interviews:read", _("read interviews: state and progress")
    TRANSCRIPTS_READ = "transcripts:read", _("read what was said")
    AVATAR = "avatar", _("let the avatar speak and listen: chunks of video, speech, live sessions, speech to text")
    EVALUATIONS_READ = "evaluations:read", _("read the model's proposals, once a person has marked")
    REVIEWS_READ = "reviews:read", _("read reviews and decisions")


def unknown_scopes(scopes: object) -> list[str]:
    """What in `scopes` is no scope of ours; a value that is no list of strings is wholly unknown."""
    if not isinstance(scopes, list):
        return [str(scopes)]
    return [str(scope) for scope in scopes if scope not in Scope.values]
