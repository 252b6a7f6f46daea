"""RHVoice where the operator installed it: Russian and English, clearly easier on the ear than espeak (docs/voices.md).

The command line program runs as a process of its own: a fault in it ends a sentence, not the site. Only voices whose
licence lets a company use them are offered; the others of the packages are for private use (CC-BY-NC).
"""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from avatars.engines import program
from avatars.engines.aligned import AlignedEngine
from avatars.engines.base import Capabilities, SpeechRequest, Voice
from avatars.engines.lip_sync import Heard
from avatars.engines.sound_files import NotSound, wav_samples
from avatars.speech.alignment import Script
from interview_site.errors import Category

# Voice → language and gender. LGPL-2.1+ by the packages' copyright files; docs/voices.md tells how to look.
FREE_VOICES = {
    "anna": ("ru", "female"), "elena": ("ru", "female"), "irina": ("ru", "female"), "aleksandr": ("ru", "male"),
    "slt": ("en", "female"), "clb": ("en", "female"), "bdl": ("en", "male"), "alan": ("en", "male"),
}  # fmt: skip
DATA_FOLDERS = ("/usr/share/RHVoice/voices", "/usr/local/share/RHVoice/voices")


@dataclass(frozen=True)
class Configuration:
    """`folders` hold a folder for each installed voice."""

    program: str
    folders: tuple[str, ...] = DATA_FOLDERS
    timeout_s: float = 20.0

    @classmethod
    def from_settings(cls) -> "Configuration | None":
        """None when it is not installed."""
        found = shutil.which(settings.RHVOICE_BIN)
        return cls(found, (settings.RHVOICE_VOICES_DIR,) if settings.RHVOICE_VOICES_DIR else DATA_FOLDERS) if found else None

    def installed(self) -> tuple[str, ...]:
        """The free voices that are there, in our order."""
        there = {entry.name for folder in self.folders if Path(folder).is_dir() for entry in Path(folder).iterdir()}
        return tuple(voice for voice in FREE_VOICES if voice in there)


class RHVoiceEngine(AlignedEngine):
    kind = "rhvoice"

    def __init__(self, configuration: Configuration | None = None) -> None:
        configuration = configuration or Configuration.from_settings()
        if configuration is None:
            raise self.fault("it is not installed", Category.INVALID_REQUEST)
        self.configuration = configuration
        self._voices = tuple(
            Voice(f"{language}-{name}", language, gender, str(_("RHVoice %(name)s")) % {"name": name.capitalize()})
            for name in configuration.installed()
            for language, gender in (FREE_VOICES[name],)
        )
        self.capabilities = Capabilities(tuple(dict.fromkeys(voice.language for voice in self._voices)), exact_timeline=False)

    def voices(self) -> tuple[Voice, ...]:
        return self._voices

    def _say(self, script: Script, request: SpeechRequest) -> Heard:
        name, rate = request.voice.partition("-")[2], round(request.speed * 100)
        with tempfile.TemporaryDirectory(prefix="rhvoice-") as folder:
            path = Path(folder) / "speech.wav"
            command = [self.configuration.program, "-p", name, "-r", str(rate), "-o", str(path)]
            program.run(command, script.text, kind=self.kind, timeout_s=self.configuration.timeout_s, folder=Path(folder))
            try:
                return Heard(*wav_samples(path.read_bytes()))
            except (OSError, NotSound) as error:
                raise self.fault("the program wrote no sound", Category.SERVER) from error
