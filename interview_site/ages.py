"""How long ago something was, in words."""

from datetime import datetime

from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _


def ago(at: datetime | None) -> str:
    """ "just now", "3 minutes ago"; "–" for never."""
    if at is None:
        return "–"
    if (timezone.now() - at).total_seconds() < 60:
        return _("just now")
    return _("%(age)s ago") % {"age": timesince(at, depth=1)}
