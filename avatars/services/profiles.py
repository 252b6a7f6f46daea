"""Avatar profiles: exactly one of them is the default (design §2)."""

from django.db import transaction

from avatars.models import AvatarSettings


class DefaultIsNeeded(ValueError):
    """The default profile cannot be taken away; another one has to become the default first."""


def save_profile(profile: AvatarSettings) -> AvatarSettings:
    """Save, keeping exactly one default: a new default takes the mark from the old one, and the first profile is it.

    Raises DefaultIsNeeded when the default would lose its mark.
    """
    with transaction.atomic():
        others = AvatarSettings.objects.select_for_update().filter(is_default=True).exclude(pk=profile.pk)
        if profile.is_default:
            for other in others:
                other.is_default = False
                # Through save(), so that the history of both profiles tells it.
                other.save(update_fields=["is_default", "updated_at"])
        elif not others.exists():
            if profile.pk and AvatarSettings.objects.filter(pk=profile.pk, is_default=True).exists():
                raise DefaultIsNeeded
            profile.is_default = True
        profile.save()
    return profile
