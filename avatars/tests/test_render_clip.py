"""Clips are decoded again: what is claimed about them is seen and heard in them."""

import io
import struct
import threading

import av
import numpy as np
import pytest

from avatars.presenter.format import PRESENTERS, UnknownPresenter
from avatars.render import clip
from avatars.render.acting import poses
from avatars.render.clip import SIZES, ClipOrder, Stopped, TooLong, render_clip
from avatars.render.notice import label
from avatars.render.stage import Art, Look, Stage
from avatars.synthetic import AI_NOTICE, DRAWN
from avatars.tests.render_helpers import frames_of, inside_of_mouth, make_voice, mouth_box, render


def opened(mp4: bytes) -> av.container.InputContainer:
    return av.open(io.BytesIO(mp4))


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_clip_is_h264_and_aac_of_the_size_and_rate_asked_for(size):
    with opened(render(width=size[0], height=size[1])) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.width, video.height) == ("h264", *size)
        assert float(video.average_rate) == pytest.approx(25, rel=0.01)
        assert (audio.codec_context.name, audio.rate, audio.channels) == ("aac", 24_000, 1)


@pytest.mark.parametrize("duration_ms", [333, 1000, 2011, 4990])
def test_a_clip_lasts_as_long_as_its_speech(duration_ms):
    with opened(render(make_voice(duration_ms))) as container:
        assert container.duration / 1000 == pytest.approx(duration_ms, rel=0.02)
        for stream in container.streams:
            assert float(stream.duration * stream.time_base) * 1000 == pytest.approx(duration_ms, rel=0.02)


def test_sound_and_picture_start_together():
    mp4 = render(make_voice(1500))
    with opened(mp4) as container:
        assert [next(iter(packet.pts for packet in opened(mp4).demux(s.index))) for s in container.streams] == [0, 0]
        sound = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    # The hum begins at 100 ms.
    begins = np.flatnonzero(np.abs(sound) > 0.02)[0] / 24_000
    assert begins == pytest.approx(0.1, abs=0.02)


def test_the_sound_is_that_of_the_speech():
    with opened(render(make_voice(1500))) as container:
        sound = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    spectrum = np.abs(np.fft.rfft(sound[6000:18_000]))
    assert np.argmax(spectrum) * 2 == pytest.approx(200, abs=4)


def test_the_mouth_is_open_on_vowels_and_shut_on_m_in_the_frames():
    visemes = [(0, "sil"), *[(200 + 300 * n, "A" if n % 2 else "MBP") for n in range(12)], (3800, "sil")]
    look = Look()
    frames, box = frames_of(render(make_voice(4000, visemes))), mouth_box(look)
    open_, shut = [], []
    for n in range(12):
        middle = frames[(200 + 300 * n + 150) // 40]
        (open_ if n % 2 else shut).append(inside_of_mouth(middle, box))
    assert min(open_) > 60
    assert max(shut) < min(open_) / 6


def test_a_closure_shorter_than_a_frame_is_not_lost():
    visemes = [(0, "A"), (990, "MBP"), (1020, "A"), (2000, "sil")]
    box = mouth_box(Look())
    seen = [inside_of_mouth(frame, box) for frame in frames_of(render(make_voice(2200, visemes)))[20:30]]
    assert min(seen) < max(seen) / 6


@pytest.mark.parametrize("presenter", PRESENTERS)
def test_no_frame_is_black_and_the_figure_is_there(presenter):
    for frame in frames_of(render(presenter=presenter))[::10]:
        assert frame.mean() > 60
        assert frame.std() > 30


def test_it_moves_between_the_words_too():
    frames = frames_of(render(make_voice(6000, [(0, "sil")])))
    assert np.abs(frames[75].astype(int) - frames[0]).max() > 40


def test_every_clip_begins_and_ends_with_the_same_picture():
    clips = [frames_of(render(make_voice(duration), seed=seed)) for duration, seed in ((2000, 1), (3400, 9))]
    ends = [frame.astype(int) for frames in clips for frame in (frames[0], frames[-1])]
    assert max(np.abs(ends[0] - end).mean() for end in ends) < 1.5


def test_the_same_order_gives_the_same_picture_and_another_seed_another():
    first, again, other = (frames_of(render(make_voice(4000), seed=seed))[60] for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_sign_that_it_is_ai_is_in_every_frame():
    frames = frames_of(render(background="#ffffff"))
    box = label(480, 480).box
    for frame in (frames[0], frames[20], frames[-1]):
        part = frame[box.y : box.y + box.height, box.x : box.x + box.width]
        assert (part.max(axis=2) < 130).mean() > 0.35  # the ground
        assert (part.min(axis=2) > 200).mean() > 0.05  # the letters


def test_the_file_says_that_it_is_synthetic():
    mp4 = render()
    with opened(mp4) as container:
        assert container.metadata["comment"] == AI_NOTICE
    assert DRAWN.encode() in mp4


def test_the_first_fragment_is_written_long_before_the_last():
    boxes, at = [], 0
    mp4 = render(make_voice(4000))
    while at < len(mp4):
        size, name = struct.unpack(">I4s", mp4[at : at + 8])
        boxes.append(name)
        at += size
    assert boxes[:2] == [b"ftyp", b"moov"]
    assert boxes.count(b"moof") >= 8
    assert boxes[-1] == b"uuid"


def test_clothes_and_background_are_as_chosen():
    plain = frames_of(render(background="#00ff00", clothes="#ff0000"))[0].astype(int)
    assert np.abs(plain[10, 10] - (0, 255, 0)).max() < 20
    clothes = plain[470, 90]
    assert clothes[2] > 90 and clothes[:2].max() < 60


def test_a_picture_fills_the_background_and_a_broken_one_leaves_the_plain_colour(tmp_path):
    import cv2

    picture, broken = tmp_path / "p.png", tmp_path / "b.png"
    cv2.imwrite(str(picture), np.full((100, 300, 3), (200, 30, 30), np.uint8))
    broken.write_bytes(b"\x89PNG nothing")
    assert np.abs(frames_of(render(picture=picture))[0][10, 10].astype(int) - (200, 30, 30)).max() < 20
    assert np.abs(frames_of(render(picture=broken, background="#0000ff"))[0][10, 10].astype(int) - (255, 0, 0)).max() < 20


def test_an_unknown_presenter_is_refused():
    with pytest.raises(UnknownPresenter):
        render(presenter="../../etc")


def test_a_stopped_or_failed_clip_leaves_no_thread_and_no_place_taken():
    class Full(io.BytesIO):
        def write(self, data: bytes) -> int:
            raise OSError("no space left")

    order = ClipOrder(Look(), make_voice(3000))
    for _time in range(3):
        with pytest.raises(Stopped):
            render_clip(order, io.BytesIO(), stop=lambda: True)
        with pytest.raises(OSError):
            render_clip(order, Full())
    assert "painter" not in [thread.name for thread in threading.enumerate()]
    assert render_clip(order, io.BytesIO()) == 3000


def test_a_speech_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(clip, "MAX_DURATION_S", 1)
    with pytest.raises(TooLong):
        render(make_voice(1100))


def test_two_clips_at_once_do_not_disturb_each_other():
    alone, together = render(seed=2), [b"", b""]

    def work(place: int) -> None:
        together[place] = render(seed=2)

    threads = [threading.Thread(target=work, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for mp4 in together:
        assert all(np.array_equal(a, b) for a, b in zip(frames_of(alone), frames_of(mp4), strict=True))


def test_painting_only_what_changed_gives_the_same_picture():
    look = Look(width=720, height=720)
    art = Art(look)
    first = next(poses(make_voice().timeline, frames=5, fps=25))._replace(turn_x=0.4, turn_y=-0.3, tilt=0.7, breath=0.6)
    then = [first._replace(mouth="A"), first._replace(mouth="O", openness=0.0), first._replace(mouth="MBP", raised=1.0)]
    stage, shown, fresh = Stage(art), np.empty((720, 720, 4), np.uint8), np.empty((720, 720, 4), np.uint8)
    stage.draw(first, shown)
    for pose in then:
        stage.draw(pose, shown)
        Stage(art).draw(pose, fresh)
        apart = np.abs(shown.astype(int) - fresh)
        assert apart.max() <= 8 and apart.mean() < 0.001  # 1/32 of a pixel: where OpenCV rounds depends on the corner
