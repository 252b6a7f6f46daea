"""manage.py export_site FOLDER: everything this site knows, to be read by import_site elsewhere."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from interview_site.moving import CannotMove, export_to


class Command(BaseCommand):
    help = "Write rows, finished media and recordings into a folder, with checksums. Stop the site first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a new or empty folder")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            manifest = export_to(folder, self.stdout.write)
        except CannotMove as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Exported {sum(manifest['rows'].values())} rows and {len(manifest['files'])} files to {folder}.")
        self.stdout.write("It holds personal data: keep it private and delete it after the move.")
        self.stdout.write(
            "Give the other site this one's LINK_KEY (embedded: keys.json in VAR_DIR), or links already sent stop working."
        )
