"""What a person should do about a failed or blocked video: one table of our own words for every provider.

A provider names the fault by one of these codes (`ProviderError.code`) or only by its category; its own words and numbers
stay in the log text. `code_of` is what a row keeps, `remedy` what the admin and the API show.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interview_site.errors import PERSON_TEXTS, Category, ProviderError

# Codes a provider may give, besides those our own work gives below.
SOURCE_UNREACHABLE = "source_unreachable"
SOUND_REFUSED = "sound_refused"
SOUND_TOO_LONG = "sound_too_long"
CONTENT_REFUSED = "content_refused"
AVATAR_MISSING = "avatar_missing"
AVATAR_NOT_CHOSEN = "avatar_not_chosen"
VOICE_MISSING = "voice_missing"
CONSENT_MISSING = "consent_missing"
PLAN_TOO_SMALL = "plan_too_small"
NO_CREDIT = "no_credit"
NOT_ALLOWED = "not_allowed"
LIMIT_REACHED = "limit_reached"
GONE = "gone"
GIVEN_UP = "given_up"
NEEDS_PUBLIC_SITE = "needs_public_site"
LINK_EXPIRED = "link_expired"
# Of live rooms.
ROOM_GONE = "room_gone"
HOSTS_OCCUPIED = "hosts_occupied"
LIVEAVATAR_KEY = "liveavatar_key"

TEXTS: dict[str, Promise] = {
    **{str(category): text for category, text in PERSON_TEXTS.items()},
    SOURCE_UNREACHABLE: _(
        "The provider could not download the sound or picture from its address. Upload a finished sound file instead of an "
        "address: make the speech first, then make the video from that file."
    ),
    SOUND_REFUSED: _("The provider cannot use this sound file. Make the speech again, or give a WAV or MP3 file of speech."),
    SOUND_TOO_LONG: _("The sound is too long for one video of this provider. Split the text into several videos."),
    CONTENT_REFUSED: _("The provider refuses this text or sound by its content rules. Change the words, then try again."),
    AVATAR_MISSING: _("The provider does not have this avatar. Choose another one in the avatar profile, then try again."),
    AVATAR_NOT_CHOSEN: _("No avatar of this provider is chosen. Choose one in the avatar profile, then try again."),
    VOICE_MISSING: _("The provider does not have this voice. Choose another one in the avatar profile, then try again."),
    CONSENT_MISSING: _("The person behind this avatar has not agreed yet. Ask for it at the provider, or choose another."),
    PLAN_TOO_SMALL: _("The plan at the provider does not include this. Change the plan, or lower the resolution in the profile."),
    NO_CREDIT: _("The provider's balance is used up. Top it up, then try again."),
    NOT_ALLOWED: _("The provider's account may not do this. Check the rights of the key and the account at the provider."),
    LIMIT_REACHED: _("A limit of the account at the provider is reached. Delete what is not needed there, then try again."),
    GONE: _("The provider does not have this video any more. Try again; it is made and paid anew."),
    GIVEN_UP: _(
        "The provider took this order and could not make the video. Try again; if it fails again, choose another avatar or "
        "change the text. The provider's own reason stands in the details."
    ),
    NEEDS_PUBLIC_SITE: _(
        "The provider must fetch this sound from an address of this site and cannot reach one. Set PUBLIC_BASE_URL to a public "
        "https address; or shorten the text and let the provider speak it."
    ),
    LINK_EXPIRED: _("The address of the finished video has run out. The provider is asked for a new one by itself."),
    ROOM_GONE: _("The provider has ended this live session. Open a new one."),
    HOSTS_OCCUPIED: _("All live avatars of the provider are busy. Try again in a minute."),
    LIVEAVATAR_KEY: _(
        "LiveAvatar refused the key. It needs a key of its own, from the developer page of LiveAvatar: a key of HeyGen does"
        " not work."
    ),
    # What our own work may find.
    "nothing_to_say": _("There is nothing to say in this text: only symbols, links or emoji."),
    "too_long": _("This text is too long for one video. Shorten it or split it."),
    "bad_media": _("The provider gave a file that is not a proper video. Try again."),
    "crashed": _("Making this video stopped the worker several times. Look at the server's log, then try again."),
    "answer_lost": _(
        "It is not known whether the provider took this order. Look there before you try again: it may be paid twice."
    ),
    "deadline": _("The provider did not finish in time. It is asked once an hour for a day; a late video is kept."),
    "not_configured": _("This provider is not configured any more. Give its key, then try again."),
    "budget": _(
        "The monthly budget of the avatar profile is used up. Raise it in the profile or wait for the next month, then try again."
    ),
    "storage": _("The file could not be stored. It will be tried again by itself."),
    "sound_lost": _("The sound file this video is made from is gone. Make the speech again and order a new video."),
}


def code_of(error: ProviderError) -> str:
    """The code a row keeps: the fault's own when the table knows it, else its category."""
    return error.code if error.code in TEXTS else str(error.category)


def remedy(code: str) -> str:
    """What went wrong and what to do, for a person; "" for no code."""
    return str(TEXTS.get(code, PERSON_TEXTS[Category.SERVER])) if code else ""
