"""Engines that give sound and leave the lips to us: prepare the words, let the engine say them, find when it says what."""

from abc import abstractmethod

from avatars.engines.base import RetryPolicy, SpeechEngine, SpeechRequest, SpokenAudio, Voice
from avatars.engines.lip_sync import Heard, finished, timeline_of
from avatars.providers.breaker import SharedBreaker
from avatars.speech.alignment import Script
from avatars.speech.sound import to_pcm16
from avatars.speech.text import prepare
from interview_site.errors import Category, ProviderError

# A sentence of words needs at least so much sound a letter; less is a cut answer (docs/contracts/elevenlabs.md §7).
LEAST_MS_A_LETTER = 15.0


class AlignedEngine(SpeechEngine):
    """Says the prepared words in one request. Its voices are named `<language>-<id>`; each may speak several languages.

    A call is never repeated: it may have been paid, and in an interview the built-in voice takes over at once
    (avatars.services.speech.for_settings). Engines elsewhere share the breaker of all processes.
    """

    retry = RetryPolicy(attempts=1)

    @abstractmethod
    def _say(self, script: Script, request: SpeechRequest) -> Heard:
        """The sound of `script.text`, with times where the engine tells them. `request.voice` is one of `voices()`.

        Raises ProviderError. Must end within its own time limit.
        """

    def voice(self, name: str) -> Voice:
        return next(voice for voice in self.voices() if voice.name == name)

    def _synthesize(self, request: SpeechRequest) -> SpokenAudio:
        script = Script.of(prepare(request.text, request.language))
        foreign = {part.language for part in script.parts} - set(self.capabilities.languages)
        if foreign:
            raise self.refused(f"language {min(foreign)!r}")
        name = request.voice or self.default_voice(request.language)
        if not name:
            raise self.refused("a request without a voice")
        heard = self._guarded(script, SpeechRequest(request.text, request.language, name, request.speed))
        if len(heard.samples) * 1000 / heard.sample_rate < LEAST_MS_A_LETTER * len(script.text) / request.speed:
            raise self.fault("the sound is shorter than its words", Category.SERVER)
        heard = finished(heard)
        timeline, _method = timeline_of(heard, script, gender=self.voice(name).gender)
        return SpokenAudio(to_pcm16(heard.samples), heard.sample_rate, timeline)

    def _guarded(self, script: Script, request: SpeechRequest) -> Heard:
        if not self.capabilities.remote:
            return self._say(script, request)
        breaker = SharedBreaker()
        breaker.before(self.kind)
        try:
            heard = self._say(script, request)
        except ProviderError as error:
            breaker.failed(self.kind, error)
            raise
        breaker.succeeded(self.kind)
        return heard

    def fault(self, text: str, category: Category, **fields: object) -> ProviderError:
        return ProviderError(f"{self.kind}: {text}", category=category, provider=self.kind, **fields)  # type: ignore[arg-type]
