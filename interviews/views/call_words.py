"""Every word the call page's script may show, translated by the server (the script holds no text of its own)."""

from django.utils.translation import gettext as _


def call_words() -> dict[str, str]:
    """Key → text in the active language; {braces} are filled by the script."""
    return {
        "connecting": _("Connecting…"),
        "preparing": _("The interviewer is coming to the call…"),
        "reconnecting": _("The connection is lost. Trying again by itself; your answers are kept."),
        "connected": _("Connected"),
        "back": _("The connection is back."),
        "offline": _("This device is offline. Your answers are kept; the call goes on when the network is back."),
        "speaking": _("The interviewer is speaking"),
        "listening": _("Your turn to answer"),
        "thinking": _("Take your time"),
        "paused": _("The interview is paused. Your answers are kept."),
        "question_of": _("Question {n} of {total}"),
        "last_words": _("Closing words"),
        "you": _("You"),
        "interviewer": _("AI interviewer"),
        "skipped": _("Question skipped"),
        "answer_sent": _("Answer sent"),
        "sending": _("Sending…"),
        "kept_here": _("Kept on this device until the connection is back"),
        "empty_answer": _("Write your answer first."),
        "too_long": _("The answer is too long: {n} characters, at most {max}."),
        "confirm_skip": _("Skip this question? You can not come back to it."),
        "sound_failed": _("The sound can not be played here. Please read the text."),
        "sound_interrupted": _("The sound was interrupted, for example by a phone call."),
        "presenter_failed": _("The picture can not be shown here. The interview goes on with sound and text."),
        "storage_failed": _(
            "The server can not store answers at the moment. Your answer is kept on this device; please do not close the page. "
            "Trying again by itself."
        ),
        "too_fast": _("Too many messages at once. The call goes on in a moment."),
        "session_gone": _(
            "This device is not signed in to the interview any more. Open the link from your invitation once more."
        ),
        "not_possible": _("The interview can not be continued here."),
        "start_failed": _("The call could not be started. Please check the network and try again."),
        "person_asked": _("Noted: a person from the company will get in touch with you. You may still go on."),
        "person_failed": _("This could not be sent. Please check the network and try again."),
        "captions_on": _("Captions on"),
        "captions_off": _("Captions off"),
        "pause": _("Pause"),
        "resume": _("Continue"),
        "answering_elsewhere": _("The call goes on in another window or on another device."),
        "finished": _("The interview is finished. Thank you!"),
        "unsent": _("An answer has not been sent yet."),
        "title_call": _("Interview call"),
        "title_ringing": _("Incoming call"),
    }
