"""A2E's voices as a speech engine (docs/contracts/a2e.md §2, §3): its sound fetched, made ours, its lips found by us.

The voices are those of the catalogue's rows: public ones of each language, cloned ones in every language.
"""

import numpy as np

from avatars.engines.aligned import AlignedEngine
from avatars.engines.base import Capabilities, SpeechRequest, Voice
from avatars.engines.lip_sync import Heard
from avatars.engines.sound_files import NotSound, sound_samples
from avatars.models import CatalogueItem
from avatars.providers import registry
from avatars.providers.a2e.provider import A2EProvider
from avatars.speech import sound
from avatars.speech.alignment import Script
from avatars.speech.languages import LANGUAGES
from avatars.speech.sentences import sentence_pieces
from interview_site import outbound
from interview_site.errors import Category

MAX_SOUND_BYTES = 60 * outbound.MIB
PAUSE_BETWEEN_PIECES_MS = 200


class A2EEngine(AlignedEngine):
    kind = "a2e"
    capabilities = Capabilities(LANGUAGES, needs_key=True, remote=True, costs_money=True, exact_timeline=False)

    def voices(self) -> tuple[Voice, ...]:
        rows = CatalogueItem.objects.filter(provider=self.kind, kind=CatalogueItem.Kind.VOICE).order_by("position")
        listed = list(rows.values_list("item_id", "language", "gender", "name", "origin"))
        return tuple(
            Voice(f"{language}-{item_id}", language, gender or "female", name or item_id)
            for language in LANGUAGES
            # A public voice is the better guess for who chose none.
            for item_id, of, gender, name, _origin in sorted(listed, key=lambda row: row[4] != CatalogueItem.Origin.PUBLIC)
            if of in ("", language)
        )

    def _say(self, script: Script, request: SpeechRequest) -> Heard:
        provider = registry.provider(self.kind)
        assert isinstance(provider, A2EProvider)
        settings, voice = provider.configuration, request.voice.partition("-")[2]
        joined: list[sound.Samples] = []
        rate = 0
        for piece in sentence_pieces(script.text, request.language, settings.tts_characters):
            samples, its_rate = self._fetched(
                provider.say(piece, voice, request.language, request.speed, within_s=settings.speech_s), settings.speech_s
            )
            rate = rate or its_rate
            if joined:
                joined.append(sound.silence(PAUSE_BETWEEN_PIECES_MS, rate))
            joined.append(sound.resampled(samples, its_rate, rate))
        return Heard(np.concatenate(joined), rate)

    def _fetched(self, address: str, within_s: float) -> tuple[sound.Samples, int]:
        """The sound of an address that A2E named: the guarded client, whatever its suffix says."""
        answer = outbound.request("GET", address, provider=self.kind, max_bytes=MAX_SOUND_BYTES, total_s=within_s)
        if answer.status != 200:
            raise self.fault(f"the sound's address answered {answer.status}", Category.SERVER, code="no_sound")
        try:
            return sound_samples(answer.body)
        except NotSound as error:
            raise self.fault(f"the answer is no sound ({error})", Category.SERVER, code="not_sound") from error
