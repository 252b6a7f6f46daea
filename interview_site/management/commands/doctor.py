"""`manage.py doctor`: looks at everything the site stands on and says the remedy (embedded.md)."""

import sys
from collections import Counter

from django.core.management.base import BaseCommand

from interview_site.diagnosis import diagnose

MARKS = {"ok": "ok     ", "warning": "warning", "fault": "FAULT  "}


class Command(BaseCommand):
    help = "Examine settings, database, broker, channel layer, heartbeats and disk; exit code 1 when something is wrong."
    requires_system_checks = []

    def handle(self, **options: object) -> None:
        levels: Counter[str] = Counter()
        for finding in diagnose():
            levels[finding.level] += 1
            self.stdout.write(f"{MARKS[finding.level]} {finding.what}")
            if finding.remedy:
                self.stdout.write(f"        → {finding.remedy}")
        if levels["fault"]:
            self.stdout.write(f"Faults: {levels['fault']}. Warnings: {levels['warning']}.")
            sys.exit(1)
        self.stdout.write(f"No faults. Warnings: {levels['warning']}." if levels["warning"] else "All is well.")
