"""The rungs of the ladder in words for HR (interviews.services.conversation.RUNGS)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

RUNG_NAMES: dict[str, Promise] = {
    "live": _("live avatar"),
    "clip": _("clip"),
    "local": _("local presenter"),
    "voice": _("voice only"),
    "text": _("text only"),
}
