"""Draws the local presenters' sprites from their layered SVG (development only; the result is committed)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from avatars.presenter.format import PRESENTERS


class Command(BaseCommand):
    help = "Draw the sprites, portraits and backgrounds of the local presenters into static/presenters/."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        everyone = ", ".join(PRESENTERS)
        parser.add_argument("names", nargs="*", metavar="name", help=f"presenters to draw; all without it: {everyone}")

    def handle(self, *, names: list[str], **options: Any) -> None:
        try:
            from avatars.presenter import build
        except ImportError as missing:
            raise CommandError(f"{missing.name} is needed: pip install -r requirements-dev.txt") from missing
        unknown = set(names) - set(PRESENTERS)
        if unknown:
            raise CommandError(f"There is no presenter {', '.join(sorted(unknown))}")
        build.build_backgrounds()
        for name in names or PRESENTERS:
            size = build.build(name)
            self.stdout.write(f"{name}: {size / 1e6:.2f} MB")
