"""`manage.py apply_retention [--dry-run]`: erase sound and words past the position's days (threats 78)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from interviews.services.personal import erase_again
from interviews.services.retention import apply_retention


class Command(BaseCommand):
    help = "Erase recordings and answers past the retention of their position; with --dry-run only count them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Count, erase nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        applied = apply_retention(dry_run=options["dry_run"])
        if not options["dry_run"] and (again := erase_again()):
            self.stdout.write(f"Erased on request before and back since: {again} interviews.")
        verb = "Would erase" if options["dry_run"] else "Erased"
        self.stdout.write(
            f"{verb}: {applied.interviews} interviews, {applied.turns} answers, {applied.takes} takes, "
            f"{applied.bytes / 1e6:.1f} MB. On legal hold: {applied.held}. Faults: {applied.faults}."
        )
