"""What staff should know about the site's own parts, on every page of the admin (threats 45)."""

from datetime import datetime

from django import template
from django.conf import settings
from django.db import DatabaseError

from interview_site import heartbeats
from interview_site.ages import ago

register = template.Library()
register.filter("ago", ago)


@register.simple_tag
def stopped_work() -> dict[str, object] | None:
    """{"parts": names of late background parts, "since": when the first was last seen or None}; None when all is well.

    Single commands and tests run without a broker and so without parts: nothing is missing there.
    """
    if not settings.REDIS_URL:
        return None
    try:
        late = [part for part in heartbeats.parts() if part.late]
    except DatabaseError:
        return None
    if not late:
        return None
    seen: list[datetime] = [part.at for part in late if part.at]
    return {"parts": ", ".join(part.part for part in late), "since": min(seen, default=None)}
