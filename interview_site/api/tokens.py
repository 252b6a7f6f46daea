"""Making, finding, using up and ending API tokens (threats 35)."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from interview_site.api.records import ApiToken, check_scopes

START = "ivt_"  # secret scanners and people recognise it
PREFIX_LENGTH = len(START) + 6
TOUCH_EVERY = timedelta(minutes=1)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def mint(
    *, name: str, owner: object, scopes: list[str], by: object = None, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is known here and now only. Raises ValidationError for an unknown scope."""
    check_scopes(scopes)
    secret = START + secrets.token_urlsafe(32)  # 256 bits: a plain hash is enough, there is nothing to guess
    token = ApiToken.objects.create(
        name=name, owner=owner, scopes=sorted(set(scopes)), created_by=by, expires_at=expires_at,
        prefix=secret[:PREFIX_LENGTH], digest=digest(secret),
    )  # fmt: skip
    return token, secret


def find(secret: str) -> ApiToken | None:
    """The usable token with this secret, or None for every reason alike."""
    token = ApiToken.objects.select_related("owner").filter(digest=digest(secret)).first()
    return token if token is not None and token.is_usable else None


def touch(token: ApiToken) -> None:
    """Remember that it was used: one write a minute at most, whatever the traffic."""
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - TOUCH_EVERY:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - TOUCH_EVERY)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def revoke(token: ApiToken) -> bool:
    """End it at once; False when it had ended already."""
    return ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()) == 1
