"""A whole call over the real socket: greeting, questions, typed answers, farewell."""

import pytest

from interviews.models import Interview, Turn
from interviews.tests.page import Page

pytestmark = [pytest.mark.django_db(transaction=True)]


async def test_a_candidate_types_through_a_whole_interview(live_interview):
    async with Page(live_interview) as page:
        await page.hello()
        for index in range(3):
            listening = await page.listen_until("listening")
            await page.type(f"Answer {index}", question=listening["question"])
        await page.listen_until("listening")
        await page.type("No, thank you")
        finished = await page.listen_until("finished")
    assert finished["receipt_url"] == f"/interview/{live_interview.public_id}/receipt"
    kinds = [turn.kind async for turn in Turn.objects.filter(interview=live_interview)]
    assert kinds == ["greeting", "question", "answer", "reply", "question", "answer", "reply", "question", "answer",
                     "invite_questions", "command", "farewell"]  # fmt: skip
    await live_interview.arefresh_from_db()
    assert live_interview.state == Interview.State.COMPLETED
