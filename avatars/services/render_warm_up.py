"""What the first chunk would wait for, done when a render worker starts: voice, pictures, encoder (local_engine 7)."""

import io
import logging
import threading

import av
import numpy as np
from django.db import DatabaseError, connection

from avatars.engines.registry import speech_engine
from avatars.presenter.format import UnknownPresenter
from avatars.presenter.visemes import VISEMES
from avatars.render.clip import ClipOrder, render_clip
from avatars.render.sound import WAV_RATE, Voice, labelled_wav
from avatars.services.chunk_looks import look_of_chunk
from avatars.services.chunks import profile_for_chunks
from avatars.services.speech import BUILT_IN
from interview_site.errors import ProviderError

log = logging.getLogger(__name__)
_MS_A_MOUTH = 80


def warm_up() -> None:
    """Start the voice and render a short silent clip with every mouth in the usual look. Never raises."""
    try:
        speech_engine(BUILT_IN).warm_up()
        visemes = [[place * _MS_A_MOUTH, name] for place, name in enumerate(VISEMES)]
        length_ms = len(visemes) * _MS_A_MOUTH
        voice = Voice(
            np.zeros(length_ms * WAV_RATE // 1000, np.int16), WAV_RATE,
            {"duration_ms": length_ms, "visemes": visemes, "words": []},
        )  # fmt: skip
        render_clip(ClipOrder(look_of_chunk(profile_for_chunks(may_spend=False)), voice), io.BytesIO())
        labelled_wav(voice)
    except (ProviderError, DatabaseError, UnknownPresenter, OSError, av.FFmpegError, RuntimeError) as error:
        log.warning("render worker is not warm", extra={"fault": type(error).__name__})
    finally:
        connection.close()


def warm_up_in_background() -> None:
    threading.Thread(target=warm_up, name="render-warm-up", daemon=True).start()
