"""What a sentence of the local presenter costs until it can be fetched (design §10), and the texts other rows say too."""

import os
import statistics
import time
from collections.abc import Callable

from avatars.engines.espeak import BASE_RATE, EspeakEngine
from avatars.engines.registry import speech_engine
from avatars.models import Speech
from avatars.services.speech import speak
from interview_site.bench import Figure, in_ms

SENTENCES = (
    "Расскажите, пожалуйста, о самом сложном проекте, над которым вы работали в последние два года, вариант {}.",
    "What would you change in that system if you could start again with the same team today, option {}?",
    "Осы жұмыста сізге ең қиын болған мәселе туралы толығырақ айтып бере аласыз ба, нұсқа {}?",
)
LANGUAGES = ("ru", "en", "kk")
ROUNDS = 10


def _median_ms(work: Callable[[int], object]) -> float:
    took = []
    for number in range(ROUNDS * len(SENTENCES)):
        started = time.perf_counter()
        work(number)
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


def bench_say_local_sentence() -> Figure:
    """A sentence never said before: text → WAV and timeline in storage and row. Baseline: espeak alone on the same texts.

    Writes rows and files; they are removed at the end. Needs a migrated database.
    """
    engine = speech_engine("espeak")
    assert isinstance(engine, EspeakEngine)
    engine.warm_up()
    run_id, made = os.urandom(2).hex(), []

    def text(number: int) -> tuple[str, str]:
        index = number % len(SENTENCES)
        return SENTENCES[index].format(f"{run_id} {number}"), LANGUAGES[index]

    def whole(number: int) -> None:
        sentence, language = text(number)
        made.append(speak(text=sentence, language=language))

    def bare(number: int) -> None:
        sentence, language = text(number)
        voice = {"en": "en-us"}.get(language, language)
        engine.process.say(text=sentence, voice=voice, rate=BASE_RATE[language], pitch=50, pitch_range=50)

    try:
        value, baseline = _median_ms(whole), _median_ms(bare)
    finally:
        for speech in made:
            speech.audio.delete(save=False)
        Speech.objects.filter(pk__in=[speech.pk for speech in made]).delete()
    return in_ms("say for a local sentence: text → audio and timeline fetchable", value, baseline, 80.0)
