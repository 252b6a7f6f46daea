"""HeyGen: recorded video from our own sound (docs/contracts/heygen.md). Live avatars are another product of theirs."""

from avatars.providers.base import AvatarProvider


def configured_provider() -> AvatarProvider:
    """The provider for the API version of the settings: v3, or the retired v2."""
    from django.conf import settings

    from avatars.providers.heygen.legacy import HeyGenLegacyProvider
    from avatars.providers.heygen.provider import HeyGenProvider

    return HeyGenLegacyProvider() if settings.HEYGEN_API_VERSION == "v2" else HeyGenProvider()
