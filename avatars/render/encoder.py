"""Frames and sound → fragmented MP4 that can be played while it is still being written (design §9, §10).

x264 ultrafast + zerolatency on one thread (the painter has the other core), AAC with the fast coder. Sound and picture
both begin at 0: the encoder's priming packet, which holds silence, is left out instead of shifting the picture.
"""

from fractions import Fraction
from typing import BinaryIO

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.packet import Packet
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from avatars.synthetic import AI_NOTICE, SOFTWARE, xmp_box

from .sound import VIDEO_RATE, Pcm16

FRAGMENT_US = 400_000
TICKS = 1000  # of the picture's clock a second
KEYFRAME_S = 2
AAC_FRAME = 1024
SOUND_KBITS = 64
_SPEED = {"preset": "ultrafast", "tune": "zerolatency", "crf": "25"}


class ClipWriter:
    """Writes one clip into `file` (write() is enough). Give the sound first, then the frames in order, then close().

    Raises av.FFmpegError when encoding fails and OSError when the file cannot be written.
    """

    def __init__(self, file: BinaryIO, *, width: int, height: int, fps: int) -> None:
        self._file, self._fps, self._frame = file, fps, 0
        self._container = av.open(
            file, "w", format="mp4",
            options={"movflags": "empty_moov+default_base_moof", "frag_duration": str(FRAGMENT_US)},
        )  # fmt: skip
        self._container.metadata.update({"comment": AI_NOTICE, "encoder": SOFTWARE, "title": "AI-generated avatar"})
        self._video = self._container.add_stream("libx264", rate=fps, options=_SPEED)
        self._video.width, self._video.height, self._video.pix_fmt = width, height, "yuv420p"
        self._video.time_base = self._video.codec_context.time_base = Fraction(1, TICKS)
        self._video.codec_context.gop_size = fps * KEYFRAME_S
        self._video.codec_context.thread_count = 1
        # cv2 converts by ITU-R 601, limited range: said aloud, or players guess 709 for larger pictures.
        self._video.codec_context.colorspace = 6
        self._video.codec_context.color_range = 1
        self._video.codec_context.color_primaries = 6
        self._video.codec_context.color_trc = 6
        self._audio = self._container.add_stream("aac", rate=VIDEO_RATE, options={"aac_coder": "fast"})
        self._audio.codec_context.layout = "mono"
        self._audio.codec_context.bit_rate = SOUND_KBITS * 1000
        self._sound = np.zeros((1, 0), np.float32)
        self._sound_at = 0

    def sound(self, pcm16: Pcm16) -> None:
        """All of the sound, PCM16 mono at VIDEO_RATE; it is encoded step by step beside the frames."""
        self._sound = (pcm16.astype(np.float32) / 32768.0).reshape(1, -1)

    def frame(self, i420: NDArray[np.uint8], duration_ms: int) -> None:
        """The next frame, I420 [height × 3/2, width], shown for `duration_ms`."""
        picture = VideoFrame.from_ndarray(i420, format="yuv420p")
        picture.pts = round(self._frame * TICKS / self._fps)
        picture.time_base = self._video.codec_context.time_base
        for packet in self._video.encode(picture):
            packet.duration = duration_ms
            self._container.mux(packet)
        self._frame += 1
        self._encode_sound(until=round((self._frame + 1) * VIDEO_RATE / self._fps))

    def close(self) -> None:
        """Finish the file."""
        self._container.mux(self._video.encode(None))
        self._encode_sound(until=self._sound.shape[1])
        self._mux_sound(self._audio.encode(None))
        self._container.close()
        self._file.write(xmp_box())

    def abandon(self) -> None:
        """Let go of the encoder after a failure; what was written is of no use. Never raises."""
        try:
            self._container.close()
        except (av.FFmpegError, OSError, ValueError):
            pass

    def _encode_sound(self, until: int) -> None:
        until = min(until, self._sound.shape[1])
        while self._sound_at < until:
            part = np.ascontiguousarray(self._sound[:, self._sound_at : self._sound_at + AAC_FRAME])
            frame = AudioFrame.from_ndarray(part, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = VIDEO_RATE, self._sound_at
            self._sound_at += part.shape[1]
            self._mux_sound(self._audio.encode(frame))

    def _mux_sound(self, packets: list[Packet]) -> None:
        for packet in packets:
            if packet.pts is None or packet.pts < 0:
                continue
            left = self._sound.shape[1] - packet.pts
            if left <= 0:
                continue
            packet.duration = min(AAC_FRAME, left)
            self._container.mux(packet)
