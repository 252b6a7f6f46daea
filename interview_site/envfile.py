"""Settings from the environment: strict readers that name the variable and the remedy, secrets also from files.

An empty variable counts as not set, so that a line `NAME=` of .env.example changes nothing.
"""

from __future__ import annotations

import builtins
import ipaddress
import json as jsonlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")


class Env(environ.Env):
    """django-environ with readers that refuse what they cannot understand instead of guessing.

    Each raises ImproperlyConfigured with the variable's name and what to write.
    """

    def str(self, var: builtins.str, default: Any = environ.Env.NOTSET, multiline: builtins.bool = False) -> Any:
        value = super().str(var, default=default, multiline=multiline)
        return default if value == "" and default is not environ.Env.NOTSET else value

    def bool(self, var: builtins.str, default: Any = False) -> Any:
        word = self.str(var, default="").strip().lower()
        if word == "":
            return default
        if word not in _TRUE + _FALSE:
            raise ImproperlyConfigured(f"{var} is {word!r}: write true or false.")
        return word in _TRUE

    def int(
        self,
        var: builtins.str,
        default: Any = environ.Env.NOTSET,
        *,
        least: builtins.int | None = None,
        most: builtins.int | None = None,
    ) -> Any:
        return self._number(var, default, builtins.int, "a whole number", least, most)

    def float(
        self,
        var: builtins.str,
        default: Any = environ.Env.NOTSET,
        *,
        least: builtins.float | None = None,
        most: builtins.float | None = None,
    ) -> Any:
        return self._number(var, default, builtins.float, "a number", least, most)

    def _number(self, var: builtins.str, default: Any, kind: type, what: builtins.str, least: Any, most: Any) -> Any:
        word = self.str(var, default="").strip()
        if word == "" and default is not environ.Env.NOTSET:
            return default
        remedy = f"{var} is {word!r}: write {what}{_bounds(least, most)}."
        try:
            value = kind(word)
        except ValueError as error:
            raise ImproperlyConfigured(remedy) from error
        if not (least is None or value >= least) or not (most is None or value <= most):  # NaN fails both
            raise ImproperlyConfigured(remedy)
        return value

    def choice(self, var: builtins.str, choices: Sequence[builtins.str], default: builtins.str) -> builtins.str:
        word = self.str(var, default=default)
        if word not in choices:
            raise ImproperlyConfigured(f"{var} is {word!r}: write {' or '.join(choices)}.")
        return word

    def base_url(self, var: builtins.str, default: builtins.str = "") -> builtins.str:
        """`scheme://host[:port]` without a path and without a final slash."""
        value = self.str(var, default=default).rstrip("/")
        if value:
            _require_origin(var, value)
        return value

    def api_url(self, var: builtins.str) -> builtins.str:
        """The address of a service with its path, such as `https://api.openai.com/v1`, without a final slash."""
        value = self.str(var, default="").rstrip("/")
        try:
            parts = urlsplit(value)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            good, parts = False, urlsplit("")
        if value and (not good or parts.query or parts.fragment or parts.username):
            raise ImproperlyConfigured(f"{var} holds {value!r}: write something like https://api.openai.com/v1.")
        return value

    def origins(self, var: builtins.str) -> list[builtins.str]:
        """A list of exact origins; `*` is refused (threats 74)."""
        values = [value.strip().rstrip("/") for value in self.list(var, default=[]) if value.strip()]
        for value in values:
            _require_origin(var, value)
        return values

    def networks(self, var: builtins.str) -> list[builtins.str]:
        """A list of addresses or networks in CIDR form."""
        values = [value.strip() for value in self.list(var, default=[]) if value.strip()]
        for value in values:
            try:
                ipaddress.ip_network(value)
            except ValueError as error:
                raise ImproperlyConfigured(
                    f"{var} holds {value!r}: write addresses or networks such as 10.0.0.0/8, separated by commas."
                ) from error
        return values

    def json(self, var: builtins.str, default: Any = environ.Env.NOTSET) -> Any:
        word = self.str(var, default="")
        if word == "" and default is not environ.Env.NOTSET:
            return default
        try:
            return jsonlib.loads(word)
        except ValueError as error:
            raise ImproperlyConfigured(f'{var} is not JSON: write something like {{"name": 40}}.') from error

    def ports(self, var: builtins.str, default: list[builtins.int]) -> list[builtins.int]:
        words = [word.strip() for word in self.str(var, default="").split(",") if word.strip()]
        if not all(word.isascii() and word.isdigit() and 1 <= builtins.int(word) <= 65535 for word in words):
            raise ImproperlyConfigured(f"{var} holds something that is no port: write numbers such as 80,443.")
        return [builtins.int(word) for word in words] or default

    def email_url(self, var: builtins.str, default: Any = environ.Env.NOTSET, backend: Any = None) -> Any:
        try:
            return super().email_url(var, default=default, backend=backend)
        except (ImproperlyConfigured, ValueError, KeyError) as error:
            raise ImproperlyConfigured(f"{var} cannot be read: write smtp+tls://user:password@host:587.") from error

    def secret(self, var: builtins.str) -> builtins.str:
        return read_secret(self, var)


def _bounds(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f" from {least} to {most}"
    return f" of at least {least}" if least is not None else f" of at most {most}" if most is not None else ""


def _require_origin(var: str, value: str) -> None:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good, parts = False, urlsplit("")
    if not good or parts.path or parts.query or parts.fragment or parts.username or "*" in value:
        raise ImproperlyConfigured(f"{var} holds {value!r}: write https://host without a path, nothing else.")


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
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {reason}.") from error
