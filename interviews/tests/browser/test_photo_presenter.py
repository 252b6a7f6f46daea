"""HR make a presenter of a portrait: the face comes near, a point is dragged right, the preview speaks, the licence, active."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from avatars.tests.photo_helpers import portrait, sent
from interviews.tests.browser import people
from interviews.tests.browser.running_site import RunningSite

# How much of the canvas the picture covers: the empty stage has one colour.
COLOURS = """(canvas) => {
  const small = Object.assign(document.createElement("canvas"), { width: 32, height: 24 });
  const context = small.getContext("2d");
  context.drawImage(canvas, 0, 0, 32, 24);
  const bytes = context.getImageData(0, 0, 32, 24).data;
  return new Set([...Array(32 * 24).keys()].map((place) => bytes.slice(place * 4, place * 4 + 3).join())).size;
}"""


def from_afar(folder: Path) -> Path:
    """Our drawn portrait as one face in a wide picture."""
    picture = Image.new("RGB", (1600, 1200), (206, 210, 214))
    picture.paste(portrait(), (380, 40))
    path = folder / "afar.jpg"
    path.write_bytes(sent(picture, quality=92))
    return path


def test_a_portrait_becomes_a_presenter_that_speaks(site: RunningSite, person: Callable[..., Page], tmp_path: Path) -> None:
    alice = person("en")
    people.sign_in(alice, site)
    alice.goto(f"{site.base_url}/admin/avatars/photopresenter/add/")
    alice.fill("[name=display_name]", "Dana")
    alice.set_input_files("[name=picture]", from_afar(tmp_path))
    alice.get_by_role("button", name="Save", exact=True).click()

    chin = alice.get_by_role("button", name="Chin")
    expect(chin).to_be_visible()
    whole = alice.get_by_role("button", name="Whole picture")
    expect(whole).to_have_attribute("aria-pressed", "false")
    near, field = chin.bounding_box(), alice.locator("[name=points]")
    before = field.input_value()
    alice.mouse.move(near["x"] + 22, near["y"] + 22)
    alice.mouse.down()
    alice.mouse.move(near["x"] + 25, near["y"] + 30, steps=4)
    alice.mouse.up()
    assert field.input_value() != before
    moved = chin.bounding_box()
    assert abs(moved["x"] - near["x"] - 3) < 1.5 and abs(moved["y"] - near["y"] - 8) < 1.5  # it follows the hand, not the picture

    whole.click()
    expect(whole).to_have_attribute("aria-pressed", "true")
    eyes = [alice.get_by_role("button", name=f"Eye on the {side}").bounding_box()["x"] for side in ("left", "right")]
    assert eyes[1] - eyes[0] < 44  # too near to each other for fingers: what the close look is for
    whole.click()

    speak = alice.get_by_role("button", name="See it speak")
    expect(speak).to_be_enabled(timeout=60_000)
    speak.click()
    expect(speak).to_be_enabled(timeout=60_000)
    assert alice.locator(".avatar-preview-stage canvas").evaluate(COLOURS) > 40

    alice.get_by_role("button", name="Save and make active").click()
    expect(alice.get_by_text("Not active yet: choose the licence")).to_be_visible()
    alice.select_option("[name=licence_kind]", index=1)
    alice.fill("[name=licence_text]", "Dana agreed in writing, 3 May 2026.")
    alice.get_by_role("button", name="Save and make active").click()
    expect(alice.get_by_text("The presenter is active")).to_be_visible()
    expect(alice.get_by_role("button", name="Withdraw")).to_be_visible()
