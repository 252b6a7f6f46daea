"""A real web process is told to stop in the middle of an answer (threats 22, 28)."""

import asyncio
import json
from pathlib import Path

import pytest
import websockets

from interviews.tests.site_process import SiteProcess
from transcription.tests.builders import cut
from transcription.tests.test_gate import sound, voice

MAKE = """
from interviews import links
from interviews.models import Consent, Interview
from interviews.tests.builders import make_interview
interview = make_interview(state=Interview.State.IN_PROGRESS)
Consent.objects.create(interview=interview, kind="recording", given=True, text_version="1", language="en")
print(interview.public_id, links.cookie_value(interview.public_id, 1))
"""
READ = """
from interviews.models import Interview
from transcription.models import Take
print(Take.objects.get().next_seq, Interview.objects.get().seat_seen_at)
"""


async def test_a_stopping_server_stores_what_it_was_sent_and_closes_with_1012(tmp_path: Path):
    frames = cut(sound(voice(300)), 1)
    with SiteProcess(tmp_path) as site:
        public_id, cookie = site.manage("shell", "--no-imports", "-c", MAKE).split()
        address = f"ws://127.0.0.1:{site.port}/ws/interview/{public_id}/"
        headers = {"Cookie": f"iv_{public_id}={cookie}"}
        async with websockets.connect(address, origin=site.origin, additional_headers=headers) as page:
            await page.send(json.dumps({"type": "hello", "device": "phone"}))
            await page.send(json.dumps({"type": "take", "device": "phone", "key": "k1"}))
            while json.loads(await asyncio.wait_for(page.recv(), 30))["type"] != "take":
                pass
            for frame in frames:
                await page.send(frame.to_bytes())
            await asyncio.wait_for(await page.ping(), 30)  # the server has taken them off the wire
            site.ask_to_stop()
            with pytest.raises(websockets.ConnectionClosed) as closed:
                while True:
                    await asyncio.wait_for(page.recv(), 30)
        await asyncio.to_thread(site.wait)
        stored, seen_at = site.manage("shell", "--no-imports", "-c", READ).split(maxsplit=1)
    assert closed.value.rcvd.code == 1012
    assert int(stored) == len(frames)
    assert seen_at.strip() == "None", "the seat is free for the page that comes back"
