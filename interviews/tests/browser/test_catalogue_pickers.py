"""HR put providers in order, choose an avatar by its picture and a voice by ear, from the catalogue a worker has read."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from avatars.provider_stub.heygen import HeyGenStub
from interview_site.stub_server import StubServer
from interviews.tests.browser import people
from interviews.tests.browser.running_site import RunningSite


@pytest.fixture
def stocked(tmp_path: Path) -> Iterator[tuple[RunningSite, HeyGenStub]]:
    """A site with a provider's catalogue to read."""
    stub = HeyGenStub(plain=True)
    with StubServer(stub) as server:
        environ = {"HEYGEN_API_KEY": stub.token, "HEYGEN_BASE_URL": server.url, "OUTBOUND_ALLOWED_CIDRS": "127.0.0.1/32"}
        running = RunningSite(tmp_path, environ).start()
        try:
            yield running, stub
        finally:
            running.stop()
    assert running.faults() == []


def test_an_avatar_is_chosen_by_picture_a_voice_by_ear_and_both_are_kept(
    stocked: tuple[RunningSite, HeyGenStub], person: Callable[..., Page]
) -> None:
    site, stub = stocked
    alice = person("en")
    people.sign_in(alice, site)
    alice.goto(f"{site.base_url}/admin/avatars/avatarsettings/1/change/")
    alice.locator("a", has_text="Video providers").click()

    order = alice.locator("[data-order]")
    for kind in ("a2e", "heygen"):
        order.locator(f"[value={kind}]").check()
    assert _order(order)[:2] == ["a2e", "heygen"]
    order.get_by_role("button", name="Move HeyGen up").click()
    order.get_by_role("button", name="Move HeyGen up").click()  # it stands first already

    alice.locator('[data-character="heygen"][data-use="recorded"] [data-open-catalogue]').click()
    dialog = alice.locator("dialog.ct-dialog")
    emma = dialog.get_by_role("button", name=re.compile("Emma"))
    expect(emma).to_be_visible(timeout=30_000)  # nobody had read the catalogue: a worker does it now
    alice.wait_for_function("[...document.querySelectorAll('.ct-avatar img')].some((one) => one.naturalWidth > 100)")
    emma.click()
    expect(dialog).to_be_hidden()
    expect(alice.locator('[name="characters-heygen-recorded"]')).to_have_value("lk_emma")

    alice.locator("a[x-on\\:click]", has_text="Voice").click()
    alice.select_option("[name=speech_engine]", "heygen")
    alice.locator(".pv-voices").click()
    dialog.get_by_role("combobox").select_option("kk")
    listen = dialog.get_by_role("button", name="Listen: Айгүл")
    listen.click()
    expect(listen).to_contain_text("Stop", timeout=20_000)
    assert stub.paid == [line for line in stub.paid if line.startswith("speech")] and len(stub.paid) == 1
    dialog.get_by_role("button", name="Choose: Айгүл").click()

    alice.get_by_role("button", name="Save and continue editing").click()
    expect(alice.locator("[name=voice]")).to_have_value("vo_aigul")
    expect(alice.locator('[data-character="heygen"][data-use="recorded"] [data-title]')).to_have_text("Emma, office")
    assert _order(alice.locator("[data-order]"))[:2] == ["heygen", "a2e"]


def _order(rows: Locator) -> list[str]:
    return rows.locator("input").evaluate_all("(boxes) => boxes.map((box) => box.value)")
