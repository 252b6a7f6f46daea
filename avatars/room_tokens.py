"""The access token of a local room: signed, good until a moment, for one session (threats 35)."""

import time
from datetime import datetime

from django.core import signing

_SIGNER = signing.Signer(salt="avatars.live-local")
MOST_CHARACTERS = 400  # longer ones are not ours


def access_token(public_id: str, until: datetime) -> str:
    """What opens `ws/avatar/<public_id>` until that moment."""
    return _SIGNER.sign_object({"session": public_id, "until": int(until.timestamp())})


def opens(token: str, public_id: str, *, now: float | None = None) -> bool:
    """Whether the token opens this room now. Wrong, old and foreign ones look the same."""
    if not token or len(token) > MOST_CHARACTERS:
        return False
    try:
        said = _SIGNER.unsign_object(token)
    except (signing.BadSignature, ValueError):
        return False
    return said["session"] == public_id and said["until"] > (time.time() if now is None else now)
