"""Whole interviews by clips that another provider made, and by what is left of them when it dies while it makes the last one."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from avatars.provider_stub import server
from avatars.provider_stub.a2e import A2EStub
from interview_site.stub_server import Call, Reply, StubServer
from interviews.tests.browser import people
from interviews.tests.browser.running_site import RunningSite
from interviews.tests.browser.test_clips import INTRO, MARKS, answer_both, assert_nobody_waited_for_a_clip, silences, transcript

FIRST, SECOND, LAST = "What do you do?", "Why do you want to work with us?", "When could you start? Tell me in a few words."
# Two positions of one profile: all their clips but those of the second questions are the same videos. Prints the clips once
# the site's workers have made all but that of LAST, and a link to each position.
SET_UP = f"""
import time
from avatars.models import AvatarSettings
from interviews import links
from interviews.models import Position, PositionClip, Question
from interviews.services import clips, invitations
profile = AvatarSettings.objects.create(
    name="Filmed", style="recorded", providers=["a2e"], language="en", speed=2.0, recorded_avatar="{{avatar}}",
)
positions = []
for questions in {((FIRST, SECOND), (FIRST, LAST))}:
    position = Position.objects.create(
        title="Engineer", language="en", contact="Alice, alice@example.org", state="open", avatar=profile,
        intro="{INTRO}", farewell="Goodbye!",
    )
    for order, text in enumerate(questions):
        Question.objects.create(position=position, text=text, order=order)
    clips.prepare_position(position)
    positions.append(position)
end = time.monotonic() + 120
while True:
    rows = PositionClip.objects.select_related("generation")
    made = {{{{row.text: (row.generation.provider, row.generation.state) for row in rows}}}}
    if all(state == "succeeded" or text == "{LAST}" for text, (_provider, state) in made.items()) or time.monotonic() > end:
        break
    time.sleep(0.5)
people = [invitations.invite(position=position, name="Bob Smith") for position in positions]
print((made, [links.link(one.public_id, one.link_generation) for one in people]))
"""
# By interview, in their order: the interviewer's turns with who said them.
TURNS = """
from interviews.models import Interview
asked = Interview.objects.filter(version__position__avatar__name="Filmed").order_by("pk")
print([(one.state, [(turn.text, turn.rung) for turn in one.turns.filter(speaker="avatar")]) for one in asked])
"""


@pytest.fixture
def stand_in() -> Iterator[tuple[StubServer, A2EStub]]:
    """A2E, quick; only the film of LAST never gets out of its work."""
    stub = A2EStub(plain=True, steps=9)

    def never_done(call: Call, work: Callable[[], Reply]) -> Reply:
        reply = work()
        job = stub.jobs[reply.body["data"]["_id"]]
        if job.sound and job.sound.text == LAST:
            job.ending = "stuck"
        return reply

    with StubServer(stub) as running:
        running.break_next("POST /api/v1/video/generate", never_done, times=-1)
        yield running, stub


@pytest.fixture
def site_elsewhere(tmp_path: Path, stand_in: tuple[StubServer, A2EStub]) -> Iterator[RunningSite]:
    running = RunningSite(tmp_path, environ={**server.environment({"a2e": stand_in}), "A2E_VIDEOS_AT_ONCE": "20"})
    yield running.start()
    running.stop()


def test_a_provider_s_clips_play_and_what_it_could_not_make_before_it_died_the_presenter_says(
    site_elsewhere: RunningSite, stand_in: tuple[StubServer, A2EStub], person: Callable[..., Page]
) -> None:
    running, stub = stand_in
    made, links = ast.literal_eval(site_elsewhere.shell(SET_UP.format(avatar=stub.characters()[0]["_id"])))
    assert {provider for provider, _state in made.values()} == {"a2e"}
    assert [text for text, (_provider, state) in made.items() if state != "succeeded"] == [LAST]

    def called(link: str) -> Page:
        page = person("en")
        page.add_init_script(MARKS)
        people.reach_the_call(page, link)
        people.answer_the_phone(page)
        return page

    page = called(links[0])
    answer_both(page)
    gaps, heard = silences(page), transcript(page)
    people.finish(page)

    page = called(links[1])
    expect(page.locator("main.call")).to_have_attribute("data-picture", "clip", timeout=30_000)
    running.close()  # in the middle of the greeting, with the film of LAST still being made
    answer_both(page)
    heard_later = transcript(page)
    people.finish(page)

    (state, turns), (later_state, later_turns) = ast.literal_eval(site_elsewhere.shell(TURNS))
    assert (heard[1], heard[3], heard_later[1], heard_later[3]) == (FIRST, SECOND, FIRST, LAST)
    assert heard == [text for text, _rung in turns[:5]] and heard_later == [text for text, _rung in later_turns[:5]]
    assert [rung for _text, rung in turns] == ["clip"] * 6
    assert [rung for _text, rung in later_turns] == ["clip", "clip", "clip", "local", "clip", "clip"]
    assert state == later_state == "completed"
    assert len(stub.paid_videos) == len(set(stub.paid_videos)) == len(made)
    assert_nobody_waited_for_a_clip(gaps)
