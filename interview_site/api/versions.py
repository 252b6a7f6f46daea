"""Concurrent edits: what was read has an ETag, and a change must name it in If-Match (threats 38)."""

import hashlib
import json

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from interview_site.api.problems import Problem


def etag(representation: dict[str, object]) -> str:
    """A strong ETag of what the API shows: whoever changed it (admin, API, another table), it differs."""
    canonical = json.dumps(representation, sort_keys=True, cls=DjangoJSONEncoder, separators=(",", ":"))
    return f'"{hashlib.sha256(canonical.encode()).hexdigest()[:32]}"'


def require_unchanged(request: Request, current: dict[str, object]) -> None:
    """Call inside the transaction that holds the row. `current` is what a GET would answer now.

    Raises Problem 428 without If-Match, 412 with the current state when it changed meanwhile.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise Problem(428, "precondition_required", _("Send If-Match with the ETag of what you have read."))
    now = etag(current)
    if given != "*" and now not in [tag.strip() for tag in given.split(",")]:
        raise Problem(
            412, "changed_meanwhile", _("It was changed meanwhile: see `current`."), headers={"ETag": now}, current=current
        )
