"""Random model test of the recorder with real storage (threats, bars): a page with its outbox, a wire that drops, repeats,
reorders and damages, a server that is killed (also between append and row), a disk that is full, a second tab.

Always: what is stored is a prefix of what was spoken, and whatever was acknowledged is stored. In the end: the hash is equal.
"""

import os
import random
from collections.abc import Iterator

import pytest

from transcription.frames import HEADER, STRIDE, Frame, make
from transcription.models import Take
from transcription.recorder import Recorder
from transcription.services import takes
from transcription.takefile import read_pcm
from transcription.tests.builders import Page, cut, make_recorder, noise, sha256

pytestmark = pytest.mark.django_db(transaction=True)
STEPS = 60


class Tab:
    """One page with one take: frames spoken, the number acknowledged, the next it will send."""

    def __init__(self, dice: random.Random, seed: int, number: int, page: Page) -> None:
        self.dice, self.number, self.page = dice, number, page
        self.pcm = noise(dice.randint(5, 40), seed=seed)[: -dice.choice([2, 100, 2048])]
        self.frames = cut(self.pcm, number)
        self.cursor = 0
        self.seen = 0

    def acknowledged(self) -> int:
        return self.page.saved(self.number)

    def obey(self) -> None:
        """Go back to where the server says it stands, as the real page does."""
        for message in self.page.messages[self.seen :]:
            if message.get("take") == self.number and "next" in message and message["type"] in ("take", "error"):
                self.cursor = message["next"]
        self.seen = len(self.page.messages)

    def to_send(self) -> Iterator[Frame]:
        self.obey()
        for _ in range(self.dice.randint(1, 8)):
            if self.cursor < len(self.frames):
                self.cursor += 1
                yield self.frames[self.cursor - 1]


def wire(dice: random.Random, frames: list[Frame]) -> list[bytes]:
    sent = [frame.to_bytes() for frame in frames]
    fault = dice.choice(["none"] * 4 + ["drop", "repeat", "reorder", "damage", "other bytes"])
    if sent and fault == "drop":
        del sent[dice.randrange(len(sent))]
    elif sent and fault == "repeat":
        sent.insert(dice.randrange(len(sent)), dice.choice(sent))
    elif fault == "reorder":
        dice.shuffle(sent)
    elif sent and fault == "damage":
        at = dice.randrange(len(sent))
        damaged = bytearray(sent[at])
        damaged[dice.randrange(HEADER.size, len(damaged))] ^= 1 << dice.randrange(8)
        sent[at] = bytes(damaged)
    elif frames and fault == "other bytes" and frames[0].seq:
        sent.append(make(frames[0].take, frames[0].seq - 1, noise(1, seed=999)).to_bytes())
    return sent


async def stored_pcm(number: int) -> bytes:
    take = await Take.objects.aget(number=number)
    fd = os.open(takes.path_of(take), os.O_RDONLY)
    try:
        return read_pcm(fd, 0, 10**7)
    finally:
        os.close(fd)


async def kill(dice: random.Random, tab: Tab, recorder: Recorder) -> Recorder:
    """The process dies: what waited is gone; perhaps the row or half a frame did not make it."""
    for track in recorder._tracks.values():
        track.waiting.clear()
    await recorder.close()
    takes.forget_all()
    take = await Take.objects.aget(number=tab.number)
    fate = dice.choice(["plain", "row is behind", "half a frame"])
    if fate == "row is behind" and tab.acknowledged() < take.next_seq:
        await Take.objects.filter(pk=take.pk).aupdate(next_seq=tab.acknowledged(), bytes=tab.acknowledged() * 2048)
    if fate == "half a frame" and takes.path_of(take).exists() and take.next_seq < len(tab.frames):
        with open(takes.path_of(take), "ab") as file:
            file.write(tab.frames[take.next_seq].to_bytes()[: dice.randrange(1, STRIDE - 1)])
    recorder = make_recorder(tab.page)
    await recorder.resume([tab.number])
    return recorder


@pytest.mark.parametrize("seed", range(12))
async def test_stored_sound_is_always_a_prefix_and_in_the_end_all_of_it(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)
    pages = [Page(), Page()]
    recorders = [make_recorder(page) for page in pages]
    tabs = []
    for index, recorder in enumerate(recorders):
        take = await recorder.start(f"tab-{index}")
        tabs.append(Tab(dice, seed * 10 + index, take.number, pages[index]))

    for _ in range(STEPS):
        index = dice.randrange(2)
        tab = tabs[index]
        with monkeypatch.context() as disk:
            if dice.random() < 0.05:
                disk.setattr(os, "fsync", _broken)
            for data in wire(dice, list(tab.to_send())):
                await recorders[index].handle_frame(data)
            if dice.random() < 0.6:
                await recorders[index].stored()
        recorders[index]._silent_until = 0.0  # the two seconds have passed
        if dice.random() < 0.15:
            recorders[index] = await kill(dice, tab, recorders[index])
        kept = await stored_pcm(tab.number) if tab.acknowledged() else b""
        assert tab.pcm.startswith(kept)
        assert len(kept) >= min(tab.acknowledged() * 2048, len(tab.pcm))

    for tab, recorder in zip(tabs, recorders, strict=True):
        for frame in tab.frames:
            await recorder.handle_frame(frame.to_bytes())
        result = await recorder.finish(tab.number, len(tab.frames), sha256(tab.pcm))
        assert result.complete
        assert await stored_pcm(tab.number) == tab.pcm
        await recorder.close()


def _broken(fd: int) -> None:
    raise OSError(5, "Input/output error")
