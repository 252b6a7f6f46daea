"""Signed addresses of ours that a provider may fetch, for hours only."""

from django.core import signing
from django.urls import reverse

from avatars.models import AvatarGeneration
from interview_site.own_address import site_address

_SIGNER = signing.TimestampSigner(salt="avatars.order-sound", sep="~")
# A provider may fetch it when the order's turn comes, not when it is given: longer than any deadline.
LINK_AGE_S = 3 * 3600


def order_sound_address(generation: AvatarGeneration) -> str:
    """Where the sound of this order can be fetched for three hours by whoever holds the address."""
    return site_address(reverse("order-sound", args=[_SIGNER.sign(generation.public_id)]))


def generation_of_link(signed: str) -> AvatarGeneration | None:
    """The order of a link; None for a wrong, old or unknown one, and for one without sound."""
    try:
        public_id = _SIGNER.unsign(signed, max_age=LINK_AGE_S)
    except signing.BadSignature:
        return None
    return AvatarGeneration.objects.filter(public_id=public_id).exclude(audio="").first()
