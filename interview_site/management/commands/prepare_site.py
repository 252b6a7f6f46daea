"""`manage.py prepare_site`: what must be there before the first page; prints one line of JSON for the supervisor."""

import json
import sys
from argparse import ArgumentParser

from django.core.management import call_command
from django.core.management.base import BaseCommand

from interview_site import first_run


class Command(BaseCommand):
    help = "Migrate; in embedded mode also make the administrator and the demo interviews. Safe to run again."
    requires_system_checks = "__all__"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="make fresh demo interviews")

    def handle(self, **options: object) -> None:
        call_command("migrate", interactive=False, verbosity=0, stdout=sys.stderr)
        prepared = first_run.prepare(fresh=bool(options["demo"]))
        self.stdout.write(json.dumps(prepared))
