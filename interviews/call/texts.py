"""What the candidate reads when something cannot be taken: one plain line and what to do (threats, first paragraph)."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _

TEXTS = {
    "bad_message": _("The page sent something we could not read. Please reload the page; your answers are saved."),
    "unknown_type": _("The page sent something we do not know. Please reload the page; your answers are saved."),
    "bad_text": _("This text has a character that cannot be stored. Please remove unusual symbols; it is still in the field."),
    "too_long": _("This text is too long: 20,000 characters are the most. Please shorten it; it is still in the field."),
    "too_fast": _("Too many messages at once. Please wait a moment; your text is still in the field."),
    "storage": _("Saving does not work at the moment. Your text is kept on this page: do not close it, we will try again."),
    "deadline": _("The time to answer this interview has ended. What you have answered is saved."),
    "unknown_question": _("This question has not been asked yet. Please reload the page; your text is kept."),
    "not_open": _("This interview is not open any more. Please contact the person named in your invitation."),
    "no_hello": _("The connection was not set up properly. Please reload the page; your answers are saved."),
    "no_voice": _("The microphone is not used in this interview. Please type your answers."),
}


def text(code: str, language: str) -> str:
    with translation.override(language):
        return str(TEXTS[code])
