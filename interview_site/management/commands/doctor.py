"""`manage.py doctor`: looks at everything the site stands on and says the remedy (embedded.md)."""

import sys

from django.core.management.base import BaseCommand

from interview_site.diagnosis import diagnose

MARKS = {"ok": "ok     ", "warning": "warning", "fault": "FAULT  "}


class Command(BaseCommand):
    help = "Examine settings, database, broker, channel layer, heartbeats and disk; exit code 1 when something is wrong."
    requires_system_checks = []

    def handle(self, **options: object) -> None:
        faults = 0
        for finding in diagnose():
            faults += finding.level == "fault"
            self.stdout.write(f"{MARKS[finding.level]} {finding.what}")
            if finding.remedy:
                self.stdout.write(f"        → {finding.remedy}")
        self.stdout.write("All is well." if not faults else f"{faults} things need attention.")
        if faults:
            sys.exit(1)
