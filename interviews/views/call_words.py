"""Every word the call page's script may show, translated by the server (the script holds no text of its own)."""

from django.utils.translation import gettext as _


def call_words() -> dict[str, str]:
    """Key → text in the active language; {braces} are filled by the script."""
    return {
        "connecting": _("Connecting…"),
        "reconnecting": _("The connection is lost. Trying again by itself; your answers are kept."),
        "connected": _("Connected"),
        "back": _("The connection is back."),
        "offline": _("No network"),
        "blocked": _("The browser waits for a tap before it plays sound."),
        "speaking": _("The interviewer is speaking"),
        "listening": _("Your turn to answer"),
        "paused": _("The interview is paused. Your answers are kept."),
        "question_of": _("Question {n} of {total}"),
        "last_words": _("Closing words"),
        "done": _("I’m done"),
        "ask": _("Ask"),
        "no_questions": _("I have no questions"),
        "you": _("You"),
        "interviewer": _("AI interviewer"),
        "skipped": _("Question skipped"),
        "answer_sent": _("Answer sent"),
        "sending": _("Sending…"),
        "kept_here": _("Kept on this device until the connection is back"),
        "empty_answer": _("Write your answer first."),
        "too_long": _("The answer is too long: {n} characters, at most {max}."),
        "sound_failed": _("The sound cannot be played here. Please read the text."),
        "presenter_failed": _("The picture cannot be shown here. The interview goes on with sound and text."),
        "storage_failed": _(
            "The server cannot store answers at the moment. Your answer is kept on this device; please do not close the page. "
            "Trying again by itself."
        ),
        "session_gone": _(
            "This device is not signed in to the interview any more. Open the link from your invitation once more."
        ),
        "not_possible": _("The interview cannot be continued here."),
        "start_failed": _("The call could not be started. Please check the network and try again."),
        "person_asked": _("Noted: a person from the company will get in touch with you. You may still go on."),
        "person_failed": _("This could not be sent. Please check the network and try again."),
        "pause": _("Pause"),
        "resume": _("Continue"),
        "elsewhere": _("The call goes on in another window or on another device."),
        "finished": _("The interview is finished. Thank you!"),
        "live_connecting": _("The live avatar is joining the call…"),
        "live_reconnecting": _("The live avatar is coming back…"),
        "live_idle": _("Nobody has spoken for a while: the live avatar will leave soon. The interview stays."),
        "title_call": _("Interview call"),
        "title_ringing": _("Incoming call"),
    }
