"""The built-in voice: espeak-ng, three languages, exact phoneme times, no key (design §3)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from avatars.engines.base import Capabilities, SpeechEngine, SpeechRequest, SpokenAudio, Voice
from avatars.engines.espeak_process import EspeakProcess, RawSpeech
from avatars.speech import sound, timeline
from avatars.speech.alignment import Reading
from avatars.speech.mapped import MappedText
from avatars.speech.text import SpokenPart, prepare
from avatars.speech.visemes import is_vowel

# Words a minute at speed 1.0. espeak's own 175 is too quick for a question that is heard once: clarity first.
BASE_RATE = {"ru": 150, "en": 155, "kk": 145}
MIN_RATE, MAX_RATE = 80, 400
# One request to the worker; longer parts are cut at sentence ends, so that no caller holds the worker for long.
MAX_CHUNK_CHARACTERS = 1_500
PAUSE_BETWEEN_PARTS_MS = 260
# espeak reports a vowel only after its first formants: measured 15–20 ms late against the rise of energy behind m.
VOWEL_EVENT_LATE_MS = 18
# Raised when the sound of the same text changes: cached speech is then made anew.
SOUND_VERSION = 1


@dataclass(frozen=True)
class _Timbre:
    """espeak's variant, pitch and melody range (0–99, 50 = as the variant says)."""

    gender: str
    variant: str
    pitch: int
    pitch_range: int


# Chosen for steady voicing and a calm melody; the variants with echo, whisper or roughness effects are left out.
_TIMBRES = {
    "female-1": _Timbre("female", "f2", 50, 55),
    "female-2": _Timbre("female", "Annie", 44, 50),
    "male-1": _Timbre("male", "m3", 46, 58),
    "male-2": _Timbre("male", "Michael", 45, 60),
}
_ESPEAK_LANGUAGE = {"ru": "ru", "en": "en-us", "kk": "kk"}


class EspeakEngine(SpeechEngine):
    """Voices are named `<language>-<timbre>`; a sentence in another language is said by the same timbre there."""

    kind = "espeak"
    capabilities = Capabilities(languages=("ru", "en", "kk"))

    def __init__(self, process: EspeakProcess | None = None) -> None:
        self.process = process or EspeakProcess()

    def voices(self) -> tuple[Voice, ...]:
        labels = {
            "female-1": _("Female voice 1"),
            "female-2": _("Female voice 2"),
            "male-1": _("Male voice 1"),
            "male-2": _("Male voice 2"),
        }
        return tuple(
            Voice(f"{language}-{name}", language, timbre.gender, labels[name])
            for language in self.capabilities.languages
            for name, timbre in _TIMBRES.items()
        )

    def version(self) -> str:
        return f"1.52-{SOUND_VERSION}"

    def warm_up(self) -> None:
        """Starts the process and loads the dictionaries of the three languages."""
        for language, word in (("ru", "да"), ("en", "yes"), ("kk", "иә")):
            self._say(word, language, _TIMBRES["female-1"], 1.0)

    def close(self) -> None:
        self.process.close()

    def read(self, parts: Sequence[SpokenPart], *, gender: str = "female", speed: float = 1.0) -> Reading:
        """The parts as this voice says them, with the time of every phoneme: what other sound is aligned to.

        Raises ProviderError.
        """
        return self._read(parts, _TIMBRES[f"{'male' if gender == 'male' else 'female'}-1"], speed)

    def _synthesize(self, request: SpeechRequest) -> SpokenAudio:
        timbre = _TIMBRES[(request.voice or self.default_voice(request.language)).partition("-")[2]]
        said = self._read(prepare(request.text, request.language), timbre, request.speed)
        samples = sound.normalised(said.samples, said.sample_rate)
        return SpokenAudio(sound.to_pcm16(samples), said.sample_rate, timeline.build(said.stretches, said.duration_ms))

    def _read(self, parts: Sequence[SpokenPart], timbre: _Timbre, speed: float) -> Reading:
        mixer = _Mixer()
        for part in parts:
            for chunk in _chunks(part):
                mixer.add(chunk, self._say(chunk.text, chunk.language, timbre, speed))
        return mixer.done()

    def _say(self, text: str, language: str, timbre: _Timbre, speed: float) -> RawSpeech:
        rate = min(max(round(BASE_RATE[language] * speed), MIN_RATE), MAX_RATE)
        voice = f"{_ESPEAK_LANGUAGE[language]}+{timbre.variant}"
        return self.process.say(text=text, voice=voice, rate=rate, pitch=timbre.pitch, pitch_range=timbre.pitch_range)


class _Mixer:
    """Puts stretches one behind another: trimmed, a pause between them, silence at the ends, one loudness."""

    def __init__(self) -> None:
        self._rate = 22_050
        self._sounds: list[sound.Samples] = []
        self._stretches: list[timeline.SpokenStretch] = []
        self._length = 0

    def _append(self, samples: sound.Samples) -> None:
        self._sounds.append(samples)
        self._length += len(samples)

    def _at_ms(self, sample: int) -> float:
        return sample * 1000 / self._rate

    def add(self, part: SpokenPart, raw: RawSpeech) -> None:
        self._rate = raw.sample_rate
        self._append(sound.silence(PAUSE_BETWEEN_PARTS_MS if self._sounds else sound.EDGE_SILENCE_MS, self._rate))
        samples, cut = sound.trimmed(sound.to_samples(raw.pcm16), self._rate)
        start = self._length
        shift = start - cut
        self._stretches.append(
            timeline.SpokenStretch(
                part.language,
                part.words,
                [timeline.Phoneme(self._at_ms(max(at + shift, start)), name) for at, name in self._corrected(raw)],
                [timeline.WordStart(self._at_ms(max(at + shift, start)), first, length) for at, first, length in raw.words],
                self._at_ms(start),
                self._at_ms(start + len(samples)),
            )
        )
        self._append(sound.faded(samples, self._rate))

    def _corrected(self, raw: RawSpeech) -> list[tuple[int, str]]:
        """Vowels moved to where they begin to sound, but never by more than a third of the consonant before them."""
        late, before, result = round(VOWEL_EVENT_LATE_MS * self._rate / 1000), 0, []
        for at, name in raw.phonemes:
            result.append((at - min(late, max(at - before, 0) // 3) if is_vowel(name) else at, name))
            if name.strip(";"):
                before = at
        return result

    def done(self) -> Reading:
        self._append(sound.silence(sound.EDGE_SILENCE_MS, self._rate))
        return Reading(np.concatenate(self._sounds), self._rate, self._stretches)


def _chunks(part: SpokenPart) -> list[SpokenPart]:
    """The part in pieces of at most `MAX_CHUNK_CHARACTERS`, cut behind a mark, else at a space."""
    words, pieces, start = part.words, [], 0
    while len(words) - start > MAX_CHUNK_CHARACTERS:
        window = words.text[start : start + MAX_CHUNK_CHARACTERS]
        cut = max((window.rfind(mark) for mark in (". ", "! ", "? ", "… ")), default=-1)
        if cut < MAX_CHUNK_CHARACTERS // 3:
            cut = max(window.rfind(", "), window.rfind(" "))
        cut = cut + 1 if cut > 0 else MAX_CHUNK_CHARACTERS
        pieces.append(words.slice(start, start + cut))
        start += cut
    pieces.append(words.slice(start, len(words)))
    return [SpokenPart(part.language, MappedText(p.text, p.starts, p.ends)) for p in pieces if p.text.strip(" .,!?:;…–—-'’()")]
