"""Whisper on this machine, by faster-whisper (requirements-whisper.txt): nothing leaves the company and no key is needed.

The model lies in a folder (`manage.py fetch_recogniser`); it is loaded at the first stretch of speech, so only by a worker, once
for each of its processes, and used by one thread at a time.
"""

import importlib.util
import math
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from interview_site.errors import Category, ProviderError
from transcription.engines.base import Capabilities, RecognitionEngine
from transcription.engines.recognised import Recognised, Word
from transcription.wav import pcm_in

NEEDED = ("model.bin", "config.json", "tokenizer.json")
BEAM = 5
SURE_OF_LANGUAGE = 0.8  # that surely heard, another language than expected is written down as what it is
HOW_TO_INSTALL = "pip install -r requirements-whisper.txt"
_lock = threading.Lock()
_loaded: "tuple[Configuration, Any] | None" = None


@dataclass(frozen=True)
class Configuration:
    """`folder` holds the model in CTranslate2's form. `threads` 0: as many as the processor has cores, at most four."""

    folder: Path
    device: str = "auto"
    compute: str = "int8"
    threads: int = 0

    @classmethod
    def from_settings(cls) -> "Configuration | None":
        if not settings.STT_WHISPER_MODEL:
            return None
        folder = Path(settings.STT_WHISPER_DIR) / settings.STT_WHISPER_MODEL  # an absolute path stands for itself
        return cls(folder, settings.STT_WHISPER_DEVICE, settings.STT_WHISPER_COMPUTE, settings.STT_WHISPER_THREADS)


class WhisperEngine(RecognitionEngine):
    name = "faster_whisper"
    label = "Whisper on this machine"

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.model = configuration.folder.name
        languages = ("en",) if self.model.endswith(".en") else ()
        # Whisper looks at half a minute at once; pieces bound what a killed worker has to do again.
        self.capabilities = Capabilities(is_local=True, confidence=True, words=True, languages=languages, longest_s=90.0)

    @classmethod
    def from_settings(cls, name: str) -> "WhisperEngine | None":
        configuration = Configuration.from_settings()
        return cls(configuration) if configuration else None

    def missing(self) -> str:
        if importlib.util.find_spec("faster_whisper") is None:
            return f"The package faster-whisper is not installed: {HOW_TO_INSTALL}."
        if lacks := lacking_files(self.configuration.folder):
            where = f"There is no model in {self.configuration.folder} ({lacks[0]} is missing)"
            return f"{where}: manage.py fetch_recogniser {self.model}."
        return ""

    def _recognise(self, wav: bytes, language: str, hints: tuple[str, ...]) -> Recognised:
        if reason := self.missing():
            raise ProviderError(f"{self.name}: {reason}", category=Category.INVALID_REQUEST, provider=self.name)
        sound = np.frombuffer(pcm_in(wav), "<i2").astype(np.float32) / 32768.0
        with _lock:
            model = _load(self.configuration)
            if not model.model.is_multilingual and language != "en":
                raise ProviderError(
                    f"{self.name}: {self.model} knows English only", category=Category.INVALID_REQUEST, provider=self.name
                )
            heard = language
            if model.model.is_multilingual:
                found, sureness, _ = model.detect_language(sound)
                heard = found if not language or (found != language and sureness >= SURE_OF_LANGUAGE) else language
            segments, _ = model.transcribe(
                sound, language=heard, beam_size=BEAM, word_timestamps=True, condition_on_previous_text=False,
                vad_filter=False, hotwords=", ".join(hints) or None,
            )  # fmt: skip
            parts = list(segments)  # the work is done while they are read
        return Recognised(
            text=" ".join(part.text.strip() for part in parts).strip(),
            language=heard,
            confidence=_mean([math.exp(min(0.0, part.avg_logprob)) for part in parts]),
            no_speech=_mean([part.no_speech_prob for part in parts]),
            words=tuple(
                Word(max(0, round(word.start * 1000)), max(0, round(word.end * 1000)), word.word.strip())
                for part in parts
                for word in part.words or ()
                if word.word.strip()
            ),
        )


def lacking_files(folder: Path) -> list[str]:
    """Which files of a model are not in `folder`."""
    lacks = [name for name in NEEDED if not (folder / name).is_file()]
    return lacks if any(folder.glob("vocabulary.*")) else [*lacks, "vocabulary.json"]


def _load(configuration: Configuration) -> Any:
    """The one model of this process; another configuration takes its place. Called under `_lock`."""
    global _loaded
    if _loaded is None or _loaded[0] != configuration:
        import os

        from faster_whisper import WhisperModel

        threads = configuration.threads or min(4, os.cpu_count() or 1)
        _loaded = None  # two models at once may be more than the memory holds
        model = WhisperModel(
            str(configuration.folder), device=configuration.device, compute_type=configuration.compute, cpu_threads=threads,
            local_files_only=True,
        )  # fmt: skip
        _loaded = (configuration, model)
    return _loaded[1]


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
