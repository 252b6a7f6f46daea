"""The picture of the current avatar, for `/api/avatar` (docs/contracts/compat_api.md section 3)."""

from pathlib import Path

from avatars.models import AvatarSettings
from avatars.presenter.format import load_presenter
from avatars.services.presenters import art_for_renderer


def current_portrait() -> Path:
    """File of the default profile's presenter, drawn or made of a photo; WebP."""
    profile = AvatarSettings.objects.filter(is_default=True).first() or AvatarSettings()
    art = art_for_renderer(profile.snapshot())
    if art.folder and (art.folder / "portrait.webp").exists():
        return art.folder / "portrait.webp"
    return load_presenter("aliya" if art.folder else art.presenter).portrait_path
