"""An administrator, a token with every scope and the default avatar profile, in whatever database the environment names."""

import json
import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_site.settings")
    django.setup()

    from avatars.models import AvatarSettings
    from interview_site.api import tokens
    from interview_site.api.scopes import Scope
    from interviews.tests.builders import make_alice

    AvatarSettings.objects.get_or_create(is_default=True, defaults={"name": "Standard", "language": "en"})
    _token, secret = tokens.mint(name="Production test", owner=make_alice(), scopes=list(Scope.values))
    print(json.dumps({"token": secret}))
