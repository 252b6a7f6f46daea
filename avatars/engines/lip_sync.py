"""A timeline for sound we did not make: the engine's own times, else comparing, else listening (design §3).

Each method checks itself and gives way to the next one; the last never fails. espeak reads the same words as the measure;
when it cannot, only listening is left.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from avatars.engines.espeak import EspeakEngine
from avatars.engines.registry import speech_engine
from avatars.speech import alignment_dtw, alignment_marks, alignment_sound, sound, timeline
from avatars.speech.alignment import CannotAlign, Reading, Script, Times, warped
from avatars.speech.alignment_marks import Mark
from avatars.speech.sound import Samples
from avatars.speech.timeline import Timeline
from interview_site.errors import ProviderError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Heard:
    """Sound of another engine: float32 in [-1, 1], and the times it told for words or letters of the script, if any."""

    samples: Samples
    sample_rate: int
    marks: Sequence[Mark] = ()


def finished(heard: Heard) -> Heard:
    """Ready to be played: silence at the ends as with our own voice, faded, one loudness; the marks moved along."""
    samples, cut = sound.trimmed(heard.samples, heard.sample_rate, keep_ms=sound.EDGE_SILENCE_MS)
    samples = sound.normalised(sound.faded(samples, heard.sample_rate), heard.sample_rate)
    cut_ms = cut * 1000 / heard.sample_rate
    marks = [
        Mark(max(mark.start_ms - cut_ms, 0.0), max(mark.end_ms - cut_ms, 0.0), mark.start, mark.length) for mark in heard.marks
    ]
    return Heard(samples, heard.sample_rate, marks)


def timeline_of(
    heard: Heard, script: Script, *, gender: str = "female", reader: EspeakEngine | None = None
) -> tuple[Timeline, str]:
    """Timeline v1 of this sound and the method that gave it: "marks", "dtw" or "sound". Never raises."""
    duration_ms = len(heard.samples) * 1000 / heard.sample_rate
    reading = _reading(script, gender, reader)
    if reading is not None:
        for method in ("marks", "dtw") if heard.marks else ("dtw",):
            try:
                knots = _knots(method, heard, script, reading, duration_ms)
            except CannotAlign as error:
                log.info("lip-sync falls to the next method", extra={"method": method, "reason": str(error)})
            else:
                return timeline.build(warped(reading.stretches, *knots), duration_ms), method
    return alignment_sound.timeline(heard.samples, heard.sample_rate, script), "sound"


def _knots(method: str, heard: Heard, script: Script, reading: Reading, duration_ms: float) -> tuple[Times, Times]:
    if method == "marks":
        return alignment_marks.knots(heard.marks, script, reading, duration_ms)
    reading_ms, sound_ms, _likeness = alignment_dtw.knots(heard.samples, heard.sample_rate, reading)
    return reading_ms, sound_ms


def _reading(script: Script, gender: str, reader: EspeakEngine | None) -> Reading | None:
    try:
        engine = reader or speech_engine("espeak")
        return engine.read(script.parts, gender=gender) if isinstance(engine, EspeakEngine) else None
    except ProviderError as error:
        log.warning("no reading to align to", extra={"reason": error.log_text})
        return None
