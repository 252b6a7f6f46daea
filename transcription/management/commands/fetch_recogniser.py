"""manage.py fetch_recogniser small: the model of Whisper on this machine, from the network or from a folder carried here."""

import importlib.util
import os
import re
import shutil
from pathlib import Path
from typing import Any

import httpx2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from interview_site.errors import ProviderError
from transcription.engines.whisper import HOW_TO_INSTALL, Configuration, WhisperEngine, lacking_files
from transcription.wav import wav_from

# Bytes on the disk, and roughly the memory of one worker process with int8.
SIZES = {
    "tiny": "75 MB, 0.3 GB of memory; for trying out",
    "base": "145 MB, 0.4 GB",
    "small": "485 MB, 1 GB; usable Russian and English",
    "medium": "1.5 GB, 2.5 GB",
    "large-v3-turbo": "1.6 GB, 2.5 GB; nearly as good as large-v3 and much faster",
    "large-v3": "3.1 GB, 4.5 GB; the best, also for Kazakh; wants a graphics card",
}
_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
CARRY = """There is no way to the models from this machine ({fault}). On a machine with a network run

    pip install faster-whisper
    python -c "from faster_whisper import download_model; download_model('{size}', output_dir='{name}')"

copy the folder {name} here and run: manage.py fetch_recogniser {size} --from /path/to/{name}"""


class Command(BaseCommand):
    help = "Puts a Whisper model into STT_WHISPER_DIR and proves that it loads. Sizes: " + "; ".join(
        f"{size} ({text})" for size, text in SIZES.items()
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("size", help=f"{', '.join(SIZES)}, or owner/name of a converted model")
        parser.add_argument("--from", dest="folder", type=Path, help="a folder with the model's files instead of the network")

    def handle(self, *args: Any, size: str, folder: Path | None, **options: Any) -> None:
        if not _NAME.fullmatch(size) or ".." in size:
            raise CommandError(f"{size} is no name of a model. Write one of {', '.join(SIZES)}.")
        if importlib.util.find_spec("faster_whisper") is None:
            raise CommandError(f"The package faster-whisper is not installed: {HOW_TO_INSTALL}")
        name = size.replace("/", "--")
        target = Path(settings.STT_WHISPER_DIR) / name
        if not lacking_files(target):
            self.stdout.write(f"{target} is there already.")
        elif folder:
            self._copy(folder, target)
        else:
            self._download(size, name, target)
        self._prove(target)
        self.stdout.write(self.style.SUCCESS("The recogniser works. Put this line into .env and start the site again:"))
        self.stdout.write(f"STT_WHISPER_MODEL={name}")

    def _copy(self, folder: Path, target: Path) -> None:
        if lacks := lacking_files(folder):
            raise CommandError(f"{folder} is not a model: it lacks {', '.join(lacks)}.")

        def fill(draft: Path) -> None:
            for path in folder.iterdir():  # a model is flat; what lies below may even be the target itself
                if path.is_file():
                    shutil.copyfile(path, draft / path.name)

        try:
            self._into_place(target, fill)
        except OSError as error:
            raise CommandError(f"The model could not be copied to {target}: {error.strerror}.") from error

    def _download(self, size: str, name: str, target: Path) -> None:
        from faster_whisper import download_model

        if settings.OUTBOUND_PROXY:
            os.environ.setdefault("HTTPS_PROXY", settings.OUTBOUND_PROXY)
        if settings.OUTBOUND_CA_FILE:
            os.environ.setdefault("SSL_CERT_FILE", settings.OUTBOUND_CA_FILE)
        self.stdout.write(f"Fetching {size} ({SIZES.get(size, 'size unknown')}) …")
        try:
            self._into_place(target, lambda draft: download_model(size, output_dir=str(draft)))
        except (OSError, httpx2.HTTPError) as error:
            raise CommandError(CARRY.format(fault=type(error).__name__, size=size, name=name)) from error
        except ValueError as error:  # the library does not know this size
            raise CommandError(f"{size} is not known. Write one of {', '.join(SIZES)}.") from error

    def _into_place(self, target: Path, fill: Any) -> None:
        """Filled under another name first: a broken download is not taken for a model."""
        draft = target.with_name(f"{target.name}.part")
        draft.mkdir(parents=True, exist_ok=True)
        fill(draft)
        if lacks := lacking_files(draft):
            raise CommandError(f"What was fetched is not a model of this kind: it lacks {', '.join(lacks)}.")
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)

    def _prove(self, target: Path) -> None:
        configuration = Configuration(
            target, settings.STT_WHISPER_DEVICE, settings.STT_WHISPER_COMPUTE, settings.STT_WHISPER_THREADS
        )
        try:
            WhisperEngine(configuration).recognise(wav_from(bytes(32_000)), "en")
        except ProviderError as error:
            cause = error.__cause__ or error
            raise CommandError(
                f"The model is in {target} but does not load: {cause}. See STT_WHISPER_DEVICE and STT_WHISPER_COMPUTE."
            ) from error
