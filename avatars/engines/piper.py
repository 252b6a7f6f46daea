"""Piper where the operator installed it: neural voices on the processor, ru, en and kk (docs/voices.md).

The program and its models are not part of this project: the program is GPL and runs as a process of its own, each voice
has its own licence, written in the MODEL_CARD beside it.
"""

import json
import re
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
from avatars.engines.sound_files import NotSound, pcm_samples
from avatars.speech.alignment import Script
from avatars.speech.languages import LANGUAGES
from interview_site.errors import Category

# The names Piper's own list gives its speakers; any other counts as a woman's voice unless it says "male" itself.
_MEN = frozenset("denis dmitri ruslan ryan joe john kusal norman alan danny bryce hfc_male northern_english_male issai".split())
_MODEL = re.compile(r"(?P<language>[a-z]{2})_[A-Z]{2}-(?P<speaker>[\w+]+)-(?P<quality>[a-z_]+)\.onnx", re.ASCII)


@dataclass(frozen=True)
class Model:
    """A voice file with its rate in Hz."""

    path: Path
    language: str
    speaker: str
    rate: int


@dataclass(frozen=True)
class Configuration:
    program: str
    folder: str
    timeout_s: float = 30.0

    @classmethod
    def from_settings(cls) -> "Configuration | None":
        """None when the program or the folder of voices is not there."""
        found = shutil.which(settings.PIPER_BIN)
        there = bool(settings.PIPER_VOICES_DIR) and Path(settings.PIPER_VOICES_DIR).is_dir()
        return cls(found, settings.PIPER_VOICES_DIR) if found and there else None

    def models(self) -> tuple[Model, ...]:
        """The usable voices of the folder by name; one without its readable `.onnx.json` is left out."""
        found = (self._model(path) for path in sorted(Path(self.folder).glob("*.onnx")))
        return tuple(model for model in found if model)

    def _model(self, path: Path) -> Model | None:
        name = _MODEL.fullmatch(path.name)
        if name is None or name["language"] not in LANGUAGES:
            return None
        try:
            rate = json.loads(path.with_name(path.name + ".json").read_text())["audio"]["sample_rate"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Model(path, name["language"], name["speaker"], rate) if isinstance(rate, int) and 8_000 <= rate <= 48_000 else None


class PiperEngine(AlignedEngine):
    kind = "piper"

    def __init__(self, configuration: Configuration | None = None) -> None:
        configuration = configuration or Configuration.from_settings()
        if configuration is None:
            raise self.fault("it is not installed", Category.INVALID_REQUEST)
        self.configuration = configuration
        self._models = {f"{model.language}-{model.path.stem}": model for model in configuration.models()}
        self.capabilities = Capabilities(
            tuple(dict.fromkeys(model.language for model in self._models.values())), exact_timeline=False
        )

    def voices(self) -> tuple[Voice, ...]:
        return tuple(
            Voice(name, model.language, _gender(model.speaker), str(_("Piper %(name)s")) % {"name": model.speaker.capitalize()})
            for name, model in self._models.items()
        )

    def _say(self, script: Script, request: SpeechRequest) -> Heard:
        model = self._models[request.voice]
        command = [
            self.configuration.program,
            "--model",
            str(model.path),
            "--output_raw",
            "--length_scale",
            f"{1 / request.speed:.3f}",
        ]
        # The program reads line by line: a text of several lines would be several runs of the voice.
        text = " ".join(script.text.split()) + "\n"
        with tempfile.TemporaryDirectory(prefix="piper-") as folder:
            pcm16 = program.run(command, text, kind=self.kind, timeout_s=self.configuration.timeout_s, folder=Path(folder))
        try:
            return Heard(pcm_samples(pcm16, model.rate), model.rate)
        except NotSound as error:
            raise self.fault("the program wrote no sound", Category.SERVER) from error


def _gender(speaker: str) -> str:
    return "male" if speaker.lower() in _MEN else "female"
