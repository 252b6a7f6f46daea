"""What embedded mode makes by itself: the administrator with a random password, the demo interviews (embedded.md)."""

import importlib.util
import logging
import os
import secrets
from pathlib import Path
from typing import TypedDict

from django.conf import settings
from django.contrib.auth import get_user_model

log = logging.getLogger(__name__)
USER = "admin"
_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is mistaken when typed over


class Admin(TypedDict, total=False):
    """`password` is there on the first run only."""

    user: str
    password: str


class Prepared(TypedDict, total=False):
    """`interviews` are (language, address) of the demo interviews that are open."""

    admin: Admin
    interviews: list[tuple[str, str]]


def prepare(*, fresh: bool = False) -> Prepared:
    """Nothing in production; in embedded mode the administrator and the open demo interviews (`fresh`: new ones)."""
    if not settings.EMBEDDED:
        return {}
    return {"admin": ensure_administrator(settings.VAR_DIR), "interviews": _demo(fresh)}


def ensure_administrator(var_dir: Path) -> Admin:
    """The first superuser, made when there is none; its password is written to `first-run.txt` (0600) first.

    A crash between file and user is healed by the next run, which takes the password from the file.
    """
    User = get_user_model()
    existing = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if existing:
        return {"user": existing.get_username()}
    password = _password(var_dir / "first-run.txt")
    user, _ = User.objects.get_or_create(username=USER, defaults={"email": ""})
    user.is_staff = user.is_superuser = user.is_active = True
    user.set_password(password)
    user.save()
    return {"user": USER, "password": password}


def _password(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        saved = path.read_text().split()
        if saved:
            return saved[-1]
        path.unlink()
        return _password(path)
    password = "".join(secrets.choice(_LETTERS) for _ in range(16))
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{settings.PUBLIC_BASE_URL}/admin/ {USER} {password}\n")
    return password


def _demo(fresh: bool) -> list[tuple[str, str]]:
    """A demo that cannot be made does not keep the site from starting: the log says why."""
    if importlib.util.find_spec("interviews.services.demo") is None:
        return []
    from interviews.services import demo

    try:
        return [(language, url) for language, url in (demo.fresh_demo() if fresh else demo.ensure_demo())]
    except Exception:  # the outermost edge of start-up: the site is worth more than its demo
        log.exception("the demo interviews could not be made")
        return []
