"""The few words of an embedded presenter, in the language of its session."""

from django.utils.translation import gettext as _
from django.utils.translation import override


def words(language: str) -> dict[str, str]:
    """By name, for `hello`."""
    with override(language):
        return {
            "presenter": _("The AI avatar, a drawn presenter"),
            "badge": _("AI avatar"),
            "badge_title": _("The picture and the voice are made by a computer."),
            "tap": _("Tap to hear"),
            "reconnecting": _("The connection was lost. Trying again…"),
            "idle": _("Nobody has spoken for a while: the conversation will be closed soon."),
            "closed": _("The conversation is over."),
            "elsewhere": _("The conversation goes on in another window."),
            "lost": _("The connection was lost."),
        }


def idle_words(language: str) -> str:
    return words(language)["idle"]


def refusal(code: str, language: str) -> str:
    """What an `error` says to a person who reads the console or a log."""
    with override(language):
        return {
            "too_fast": _("Too many messages. Wait a moment."),
            "too_long": _("This message is too long."),
            "unknown_type": _("This message is not known."),
        }.get(code) or _("This message cannot be read.")
