"""Speech on demand: made once, kept by fingerprint, found again for nothing (design §2, §3)."""

import hashlib
import json
import logging
import threading
from collections.abc import Mapping
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from avatars.engines.base import MAX_SPEED, MIN_SPEED, SpeechEngine, SpeechRequest, SpokenAudio
from avatars.engines.registry import speech_engine
from avatars.models import Speech, new_speech_id
from avatars.services import budget
from avatars.services.once import one_at_a_time
from avatars.services.presenters import gender_of
from avatars.speech.sound import wav_bytes
from avatars.speech.text import MAX_CHARACTERS, NothingToSay, TextTooLong
from avatars.synthetic import labelled_wav
from interview_site.errors import Category, ProviderError

__all__ = ["BUILT_IN", "NothingToSay", "TextTooLong", "for_settings", "speak", "voice_for", "warm_up"]

log = logging.getLogger(__name__)

BUILT_IN = "espeak"
# `used_at` decides what may be swept; once a day is exact enough and spares a write on each use.
_USED_AT_STEP = timedelta(days=1)
MOST_MAKING_S = 25.0  # longer than an engine may take; a claim whose maker died is free again after it


def speak(
    *,
    text: str,
    language: str,
    voice: str = "",
    speed: float = 1.0,
    engine: str = BUILT_IN,
    settings: Mapping[str, object] | None = None,
) -> Speech:
    """The speech for this text: the one we have, or a new one (≤ 80 ms for a local sentence, design §10).

    1. Find it by fingerprint; done when its file is still there.
    2. Else make the sound; no database lock is held meanwhile. A paid one is made by one, and the others wait for it.
    3. Store the file under a name nobody knows yet, then publish it in the row. Who loses the race removes their file.

    `voice` "" is the engine's usual voice. `settings`: the snapshot of the profile whose budget a paid voice spends.
    Raises NothingToSay, TextTooLong, ProviderError.
    """
    if len(text) > MAX_CHARACTERS:
        raise TextTooLong(f"at most {MAX_CHARACTERS} characters can be spoken at once")
    text = _storable(text)
    speaker = speech_engine(engine)
    request = SpeechRequest(text, language, voice or speaker.default_voice(language), speed)
    fingerprint = _fingerprint(speaker, request)
    if found := _made_already(fingerprint):
        return found
    if not speaker.capabilities.costs_money:
        return _publish(request, engine, fingerprint, speaker.synthesize(request))
    with one_at_a_time(f"speech:{fingerprint}", most_s=MOST_MAKING_S):
        return _made_already(fingerprint) or _publish(
            request, engine, fingerprint, _paid(speaker, request, settings or {})
        )


def for_settings(snapshot: Mapping[str, object], text: str, language: str, *, fall_back: bool = True) -> Speech:
    """Speech as an avatar profile's snapshot wants it; the built-in voice when its engine cannot, unless `fall_back` is off.

    A broken or old snapshot never stops an interview: wrong values are replaced by the usual ones.
    Raises NothingToSay, TextTooLong, and ProviderError when the built-in voice fails too, or the wanted one without it.
    """
    engine = str(snapshot.get("speech_engine") or BUILT_IN)
    # A profile without a voice of its own sounds like the person on the screen.
    gender = gender_of(str(snapshot.get("presenter") or ""))
    wanted, speed = str(snapshot.get("voice") or ""), _speed(snapshot.get("speed"))
    try:
        return speak(
            text=text,
            language=language,
            voice=voice_for(speech_engine(engine), wanted, language, gender),
            speed=speed,
            engine=engine,
            settings=snapshot,
        )
    except ProviderError as error:
        if not fall_back or (engine == BUILT_IN and error.category != Category.INVALID_REQUEST):
            raise
        log.warning("speech falls to the built-in voice", extra={"engine": engine[:40], "category": str(error.category)})
    voice = voice_for(speech_engine(BUILT_IN), wanted, language, gender)
    return speak(text=text, language=language, voice=voice, speed=speed, engine=BUILT_IN)


def _paid(speaker: SpeechEngine, request: SpeechRequest, settings: Mapping[str, object]) -> SpokenAudio:
    """Speech that costs: the money is taken first, and given back when nothing was said. Raises OverBudget besides."""
    spending = budget.reserve_speech(speaker.kind, request.text, settings)
    try:
        return speaker.synthesize(request)
    except (ProviderError, NothingToSay, TextTooLong):
        budget.give_back(spending)
        raise


def _made_already(fingerprint: str) -> Speech | None:
    found = Speech.objects.filter(fingerprint=fingerprint).first()
    return _used(found) if found is not None and default_storage.exists(found.audio.name) else None


def warm_up() -> None:
    """Start the built-in voice in the background, so that the first sentence does not wait for it. Never raises."""

    def start() -> None:
        try:
            speech_engine(BUILT_IN).warm_up()
        except ProviderError as error:
            log.error("the built-in voice does not start", extra={"reason": error.log_text})

    threading.Thread(target=start, daemon=True, name="voice-warm-up").start()


def voice_for(engine: SpeechEngine, wanted: str, language: str, gender: str = "female") -> str:
    """The engine's voice for the language nearest to the one wanted: itself, its sibling, else the usual one of its gender.

    `gender` decides when no voice is wanted.
    """
    voices = engine.voices()
    if any(voice.name == wanted and voice.language == language for voice in voices):
        return wanted
    sibling = f"{language}-{wanted.partition('-')[2]}"
    if any(voice.name == sibling for voice in voices):
        return sibling
    if wanted:
        gender = next((voice.gender for voice in voices if voice.name == wanted), "male" if "-male" in wanted else gender)
    return engine.default_voice(language, gender)


def _storable(text: str) -> str:
    # PostgreSQL refuses NUL, and UTF-8 lone surrogates. One space for one character: the places of words stay right.
    return "".join(" " if character == "\0" or "\ud800" <= character <= "\udfff" else character for character in text)


def _speed(value: object) -> float:
    try:
        speed = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return 1.0
    return min(max(speed, MIN_SPEED), MAX_SPEED) if speed == speed else 1.0


def _fingerprint(engine: SpeechEngine, request: SpeechRequest) -> str:
    parts = [engine.kind, engine.version(), request.voice, request.language, round(request.speed, 3), request.text]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _used(speech: Speech) -> Speech:
    now = timezone.now()
    if now - speech.used_at > _USED_AT_STEP:
        Speech.objects.filter(pk=speech.pk).update(used_at=now)
    return speech


def _publish(request: SpeechRequest, engine: str, fingerprint: str, audio: SpokenAudio) -> Speech:
    wav = ContentFile(labelled_wav(wav_bytes(audio.pcm16, audio.sample_rate), f"AI-avatar interviews, {engine}"))
    # The random name does what a temporary file and a rename would: no reader can meet half a file.
    name = default_storage.save(f"speech/{fingerprint[:2]}/{fingerprint[:16]}-{new_speech_id()}.wav", wav)
    published = False
    try:
        speech = _insert(request, engine, fingerprint, audio, name)
        if speech.audio.name != name and not default_storage.exists(speech.audio.name):
            speech = _replace_file(speech, name, audio)
        published = speech.audio.name == name
    finally:
        if not published:
            default_storage.delete(name)
    return speech


def _insert(request: SpeechRequest, engine: str, fingerprint: str, audio: SpokenAudio, name: str) -> Speech:
    """The row with our file, or the row somebody else made first."""
    try:
        with transaction.atomic():
            return Speech.objects.create(
                fingerprint=fingerprint,
                engine=engine,
                voice=request.voice,
                language=request.language,
                speed=request.speed,
                text=request.text,
                audio=name,
                timeline=audio.timeline,
                duration_ms=audio.duration_ms,
            )
    except IntegrityError:
        return Speech.objects.get(fingerprint=fingerprint)


def _replace_file(speech: Speech, name: str, audio: SpokenAudio) -> Speech:
    """The row's file is gone: ours takes its place, unless another process was quicker."""
    Speech.objects.filter(pk=speech.pk, audio=speech.audio.name).update(
        audio=name, timeline=audio.timeline, duration_ms=audio.duration_ms, used_at=timezone.now()
    )
    return Speech.objects.get(pk=speech.pk)
