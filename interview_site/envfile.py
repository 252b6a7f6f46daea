"""Secrets from the environment or from a file named by NAME_FILE (Docker and Kubernetes secrets)."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured


def read_secret(env: environ.Env, name: str) -> str:
    """Return the value of NAME, or the stripped content of the file named by NAME_FILE, or "".

    Raises ImproperlyConfigured naming the variable when the file cannot be read.
    """
    value = env.str(name, default="")
    path = env.str(f"{name}_FILE", default="")
    if value or not path:
        return value
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {error.strerror}.") from error
