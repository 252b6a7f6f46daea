"""Every word the studio's script may show, translated by the server."""

from django.utils.translation import gettext as _


def studio_words() -> dict[str, str]:
    """Key → text in the active language; {braces} are filled by the script."""
    return {
        "idle": _("Not connected"),
        "connecting": _("Connecting…"),
        "connected": _("Connected"),
        "reconnecting": _("Reconnecting…"),
        "lost": _("The connection is lost"),
        "closed": _("The session is over"),
        "ended": _("The session is over: {reason}."),
        "failed": _("That did not work. Please try again."),
        "you": _("You"),
        "avatar": _("Avatar"),
        "kept": _("Kept. You find it under “Kept conversations”."),
        "stopped": _("Sessions stopped: {n}"),
        "listening": _("Listening…"),
        "microphone_denied": _("The microphone is not allowed here. Allow it in the browser, or type."),
        "microphone_failed": _("The microphone does not work. You can type."),
        "heard": _("heard → text"),
        "first": _("text → first sentence"),
        "sound": _("→ first sound"),
        "ms": _("{n} ms"),
        "standing": _("{minutes} min · {cost}"),
        "free": _("free of charge"),
        "unknown_cost": _("cost unknown"),
        "idle_warning": _("Nobody has spoken for a while: the conversation will be closed soon."),
    }
