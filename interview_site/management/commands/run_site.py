"""`manage.py run_site`: the supervisor in the foreground (design §8)."""

import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from interview_site.supervisor import run


class Command(BaseCommand):
    help = "Run broker, web, worker and scheduler together in the foreground; restart what dies; stop cleanly."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="make fresh demo interviews and print their links")

    def handle(self, **options: object) -> None:
        sys.exit(run.main(["--demo"] if options["demo"] else []))
