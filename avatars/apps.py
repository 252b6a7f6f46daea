from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AvatarsConfig(AppConfig):
    name = "avatars"
    verbose_name = _("Avatars")

    def ready(self) -> None:
        from avatars import checks  # noqa: F401
