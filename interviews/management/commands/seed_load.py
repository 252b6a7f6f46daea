"""manage.py seed_load --interviews 10000: fill a test site, or empty it again with --remove."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from interviews.services import load_seed

MOST = 1_000_000


class Command(BaseCommand):
    help = "Make many realistic interviews for measuring, or --remove them. Refused in production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--interviews", type=int, default=10_000)
        parser.add_argument("--positions", type=int, default=20)
        parser.add_argument("--remove", action="store_true", help="delete what earlier runs made")

    def handle(self, *args: Any, interviews: int, positions: int, remove: bool, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("SITE_MODE is production: invented people do not belong among real ones. Use a test site.")
        if not 1 <= interviews <= MOST or not 1 <= positions <= 1000:
            raise CommandError(f"Give 1 to {MOST} interviews and 1 to 1000 positions.")
        if remove:
            self.stdout.write(f"Removed {load_seed.remove()} interviews.")
            return
        by = get_user_model().objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
        if by is None:
            raise CommandError("There is no administrator yet: start the site once, or make one with createsuperuser.")
        for made in load_seed.seed(interviews=interviews, positions=positions, by=by):
            self.stdout.write(f"{made} of {interviews}")
