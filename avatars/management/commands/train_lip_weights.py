"""Train the model that reads lips from sound alone, on our own speech; the result is committed."""

import json
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand

from avatars.engines.espeak import EspeakEngine
from avatars.speech import timeline
from avatars.speech.alignment_features import HOP_MS
from avatars.speech.alignment_sound import WEIGHTS, inputs
from avatars.speech.text import prepare
from avatars.speech.timeline import Timeline
from avatars.speech.visemes import VISEMES

# One reading each by both genders at three speeds. Enough for 2,160 numbers; more of one voice would only teach that voice.
TEXTS = {
    "ru": (
        "Расскажите, пожалуйста, о самом сложном проекте, над которым вы работали в последние два года.",
        "Мы ищем человека, который умеет объяснять сложные вещи простыми словами и любит помогать другим.",
        "Что бы вы изменили в этой системе, если бы могли начать сначала с той же командой?",
        "Широкая электрификация южных губерний даст мощный толчок подъёму сельского хозяйства.",
        "Вспомните, пожалуйста, случай, когда вы ошиблись. Как вы об этом узнали и что сделали потом?",
        "Чем обычно заканчивается ваш рабочий день, и что вы откладываете на завтра?",
    ),
    "en": (
        "Tell me about the most difficult project you have worked on in the last two years.",
        "We are looking for somebody who can explain hard things in simple words and enjoys helping others.",
        "What would you change in that system if you could start again with the same team?",
        "The quick brown fox jumps over the lazy dog while five wizards vex a jumping goat.",
        "Please remember a time when you were wrong. How did you find out, and what did you do next?",
        "How does your working day usually end, and which things do you put off until tomorrow?",
    ),
    "kk": (
        "Осы жұмыста сізге ең қиын болған мәселе туралы толығырақ айтып бере аласыз ба?",
        "Біз күрделі нәрселерді қарапайым сөзбен түсіндіре алатын адамды іздейміз.",
        "Сәлеметсіз бе! Мен сізбен сұхбат жүргіземін, асықпай жауап беріңіз.",
        "Уақыт аз болғанда нені бірінші тексересіз және оны қалай шешесіз?",
    ),
}
RIDGE = 30.0


class Command(BaseCommand):
    help = "Train avatars/speech/lip_weights.json on the built-in voice. Needed only when the shapes or the features change."

    def handle(self, *args: Any, **options: Any) -> None:
        engine = EspeakEngine()
        rows, targets = [], []
        try:
            for language, texts in TEXTS.items():
                for text in texts:
                    for gender in ("female", "male"):
                        for speed in (0.85, 1.0, 1.2):
                            said = engine.read(prepare(text, language), gender=gender, speed=speed)
                            sound, _speech = inputs(said.samples, said.sample_rate)
                            rows.append(sound)
                            targets.append(one_hot(timeline.build(said.stretches, said.duration_ms), len(sound)))
        finally:
            engine.close()
        sound, shapes = np.vstack(rows).astype(np.float64), np.vstack(targets)
        # A rare shape counts more than its share, or it would never be chosen.
        weight = (1.0 / np.sqrt(shapes.mean(axis=0) + 1e-3))[shapes.argmax(axis=1)][:, None]
        gram = (sound * weight).T @ sound + RIDGE * np.eye(sound.shape[1])
        weights = np.linalg.solve(gram, (sound * weight).T @ shapes)
        WEIGHTS.write_text(
            json.dumps({"visemes": VISEMES, "weights": np.round(weights.T, 4).tolist()}, separators=(",", ":")) + "\n"
        )
        right = ((sound @ weights).argmax(axis=1) == shapes.argmax(axis=1)).mean()
        self.stdout.write(f"{len(sound)} frames; {right:.0%} of them get their own shape")


def one_hot(spoken: Timeline, frames: int) -> np.ndarray:
    """frames × shapes: 1 where the shape stands."""
    starts = [int(at) for at, _name in spoken["visemes"]]
    numbers = np.array([VISEMES.index(str(name)) for _at, name in spoken["visemes"]])
    where = np.searchsorted(starts, np.arange(frames) * HOP_MS, side="right") - 1
    return np.eye(len(VISEMES))[numbers[np.maximum(where, 0)]]
