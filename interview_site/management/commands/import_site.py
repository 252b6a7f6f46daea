"""manage.py import_site FOLDER: fill a freshly migrated site with what export_site wrote."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from interview_site.moving import CannotMove, import_from


class Command(BaseCommand):
    help = "Read a folder made by export_site into this empty site: checksums first, then files, then all rows at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            manifest = import_from(folder, self.stdout.write)
        except CannotMove as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Imported {sum(manifest['rows'].values())} rows and {len(manifest['files'])} files.")
