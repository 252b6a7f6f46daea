"""The address of a sound as a person wrote it: a file of this site is read as it lies, any other fetched (compat_api.md §4)."""

from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.http import Http404
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from avatars.services.chunks import find_chunk
from avatars.services.given_sound import GivenSound, SoundRefused, fetched, from_chunk, from_speech
from avatars.views import speech_for_link
from interview_site.api.compat import PREFIX


def sound_at(address: str) -> GivenSound:
    """The sound at an address; a relative one is this site's. Raises SoundRefused with what is wrong, for a person."""
    address = address.strip()
    if not address or "\\" in address or any(ord(letter) <= 32 for letter in address):
        raise SoundRefused(_("Give the address of a finished sound file, such as https://example.com/speech.mp3."))
    try:
        whole = urljoin(settings.PUBLIC_BASE_URL + "/", address)
        parts = urlsplit(whole)
        origin = f"{parts.scheme}://{parts.netloc}".lower()
    except ValueError:
        raise SoundRefused(_("Give the address of a finished sound file, such as https://example.com/speech.mp3.")) from None
    if origin in (own.lower() for own in settings.SOCKET_ORIGINS):
        return _own(parts.path)
    return fetched(whole)


def _own(path: str) -> GivenSound:
    """Never by a request to ourselves: it might have no way out and back in."""
    try:
        match = resolve(path.removeprefix(PREFIX) if path.startswith(PREFIX + "/") else path)
        if match.url_name == "speech-audio":
            return from_speech(speech_for_link(match.kwargs["signed"]))
        if match.url_name == "chunk_audio" and (chunk := find_chunk(match.kwargs["chunk_id"])):
            return from_chunk(chunk)
    except (Resolver404, Http404):
        pass
    raise SoundRefused(_("There is no such sound on this site: it is unknown, or its hour is over. Make the speech again."))
