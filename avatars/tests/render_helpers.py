"""Builders and eyes for the renderer's tests: sounds without an engine, and what can be seen in decoded frames."""

import io
from collections.abc import Sequence

import av
import numpy as np

from avatars.presenter.coarticulation import Timeline
from avatars.render.clip import ClipOrder, render_clip
from avatars.render.sound import Voice
from avatars.render.stage import Art, Look


def make_timeline(visemes: Sequence[tuple[int, str]], duration_ms: int, words: Sequence[Sequence[int]] = ()) -> Timeline:
    return {"duration_ms": duration_ms, "visemes": [list(each) for each in visemes], "words": [list(each) for each in words]}


def make_voice(
    duration_ms: int = 2000, visemes: Sequence[tuple[int, str]] = ((0, "sil"), (200, "A"), (1800, "sil")), *,
    text: str = "", words: Sequence[Sequence[int]] = (), rate: int = 22_050,
) -> Voice:  # fmt: skip
    """A hum of 200 Hz from 100 ms on, with the mouth wanted."""
    at = np.arange(round(duration_ms * rate / 1000)) / rate
    hum = np.where(at < 0.1, 0, 6000 * np.sin(at * 2 * np.pi * 200)).astype(np.int16)
    return Voice(hum, rate, make_timeline(visemes, duration_ms, words), text)


def render(voice: Voice | None = None, **fields: object) -> bytes:
    file = io.BytesIO()
    look = Look(**{name: fields.pop(name) for name in list(fields) if name in Look.__dataclass_fields__})
    render_clip(ClipOrder(look, voice or make_voice(), **fields), file)
    return file.getvalue()


def frames_of(mp4: bytes) -> list[np.ndarray]:
    """Decoded pictures, uint8 [height, width, 3] BGR."""
    with av.open(io.BytesIO(mp4)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


def mouth_box(look: Look) -> tuple[slice, slice]:
    """Rows and columns of the frame between the lips of a wide open mouth."""
    art = Art(look)
    wide = art.presenter.sprites[art.presenter.mouth["A"][0]]
    left, top = art.to_output(wide.x + wide.width * 0.25, wide.y + wide.height * 0.1)
    right, below = art.to_output(wide.x + wide.width * 0.75, wide.y + wide.height * 0.8)
    return slice(int(top), int(below)), slice(int(left), int(right))


def inside_of_mouth(frame: np.ndarray, box: tuple[slice, slice]) -> int:
    """How many pixels show the inside of the mouth: dark as no lip is, or white as teeth."""
    part = frame[box].astype(int)
    dark = part.max(axis=2) < 100
    teeth = part.min(axis=2) > 215
    return int(dark.sum() + teeth.sum())
