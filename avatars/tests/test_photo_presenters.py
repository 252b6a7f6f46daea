"""From an uploaded portrait to a presenter that candidates may see (hiring_law 21)."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import AsyncClient, Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from avatars.models import AvatarSettings, PhotoPresenter
from avatars.presenter.format import read_presenter
from avatars.services import photo_presenters
from avatars.services.photo_presenters import NotReady, activate, retire
from avatars.services.presenters import art_for_renderer, base_url, gender_of, local_folder, presenter_for_page, version_of
from avatars.tests.photo_helpers import make_photo_presenter, points_of, portrait, sent

pytestmark = pytest.mark.django_db
State = PhotoPresenter.State
LICENCE = {"licence_kind": "drawn", "licence_text": "Our own drawing."}


@pytest.fixture(autouse=True)
def media(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def alice() -> User:
    return User.objects.create_superuser("alice", "alice@example.com", "secret")


@pytest.fixture
def page(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def address(name: str, row: PhotoPresenter) -> str:
    return reverse(f"admin:avatars_photopresenter_{name}", args=[row.pk])


def upload(client: Client, content: bytes, name: str = "dana.jpg") -> tuple[int, str]:
    values = {"display_name": "Dana", "voice_gender": "female", "picture": SimpleUploadedFile(name, content, "image/jpeg")}
    answer = client.post(reverse("admin:avatars_photopresenter_add"), values)
    return answer.status_code, answer.content.decode()


def active(by: User, **values: object) -> PhotoPresenter:
    presenter = make_photo_presenter(built=True, **LICENCE, **values)
    activate(presenter, by=by)
    return presenter


# --- Upload ---


def test_an_upload_becomes_a_draft_with_proposed_points(page: Client) -> None:
    assert upload(page, sent(portrait()))[0] == 302
    made = PhotoPresenter.objects.get()
    assert (made.state, made.points_by) == (State.DRAFT, "detector")
    assert made.is_building and made.picture.name.endswith(".webp")


def test_a_picture_without_a_face_gets_the_usual_points(page: Client) -> None:
    assert upload(page, sent(Image.new("RGB", (500, 700), "gray")))[0] == 302
    assert PhotoPresenter.objects.get().points_by == "layout"


def test_a_turned_picture_is_stored_upright(page: Client) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    upload(page, sent(portrait().rotate(90, expand=True), exif=exif))
    made = PhotoPresenter.objects.get()
    assert (made.width, made.height) == portrait().size and made.points_by == "detector"


@pytest.mark.parametrize(
    "content", [b"<svg/>", b"<html>", b"", b"x" * 10, sent(Image.new("RGB", (50, 50))), sent(Image.new("RGB", (4200, 300)))],
    ids=["svg", "html", "empty", "noise", "tiny", "huge"],
)  # fmt: skip
def test_an_upload_that_is_no_portrait_is_a_field_error(page: Client, content: bytes) -> None:
    status, html = upload(page, content)
    assert status == 200 and "text-red" in html
    assert not PhotoPresenter.objects.exists()


# --- Points ---


def test_points_from_the_page_are_kept_and_built(page: Client) -> None:
    row = make_photo_presenter(built=True)
    moved = {**points_of(), "chin": [0.5, 0.6]}
    answer = page.post(address("points", row), {"points": json.dumps(moved)})
    assert answer.status_code == 200 and answer.json()["building"]
    row.refresh_from_db()
    assert row.points["chin"] == [0.5, 0.6] and row.points_by == "person"


@pytest.mark.parametrize(
    "points",
    ["", "{", "[]", "null", "[" * 1500, json.dumps({**points_of(), "chin": [0.5, 3]}),
     json.dumps({**points_of(), "chin": [0.5, 0.1]}),
     '{"chin": NaN}', "x" * 5000],
    ids=["empty", "half", "list", "null", "deep", "outside", "crossed", "nan", "long"],
)  # fmt: skip
def test_wrong_points_are_explained_and_change_nothing(page: Client, points: str) -> None:
    row = make_photo_presenter()
    answer = page.post(address("points", row), {"points": points})
    assert answer.status_code == 400 and answer.json()["text"]
    row.refresh_from_db()
    assert row.points == points_of()


def test_crossed_points_in_the_form_are_a_field_error(page: Client) -> None:
    row = make_photo_presenter()
    crossed = json.dumps({**points_of(), "left_eye": points_of()["right_eye"], "right_eye": points_of()["left_eye"]})
    answer = page.post(address("change", row), {"display_name": "Dana", "voice_gender": "male", "points": crossed})
    assert answer.status_code == 200 and "do not make a face" in answer.content.decode()
    row.refresh_from_db()
    assert row.points == points_of()


# --- Building ---


def test_the_build_makes_sprites_that_the_loader_reads() -> None:
    row = make_photo_presenter(built=True)
    assert not row.is_building and row.progress == 100
    assert read_presenter(local_folder(row)).name == row.name


def test_a_second_ring_builds_nothing() -> None:
    row = make_photo_presenter(built=True)
    photo_presenters.build(row.pk)
    photo_presenters.build(10_000)
    row.refresh_from_db()
    assert row.attempts == 1


def test_points_moved_while_it_is_built_are_built_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    row = make_photo_presenter()
    publish = photo_presenters._publish

    def moved_meanwhile(presenter: PhotoPresenter, *rest: object) -> str:
        PhotoPresenter.objects.filter(pk=row.pk).update(points={**points_of(), "chin": [0.5, 0.6]})
        return publish(presenter, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(photo_presenters, "_publish", moved_meanwhile)
    photo_presenters.build(row.pk)
    row.refresh_from_db()
    assert row.art and row.is_building and row.lease_until is None


def test_a_picture_that_is_gone_ends_in_a_plain_state() -> None:
    row = make_photo_presenter()
    PhotoPresenter.objects.filter(pk=row.pk).update(picture="portraits/gone.webp", attempts=photo_presenters.MAX_ATTEMPTS)
    photo_presenters.build(row.pk)
    row.refresh_from_db()
    assert not row.is_building and row.last_error and not row.art


def test_three_lost_workers_end_it() -> None:
    row = make_photo_presenter()
    for _loss in range(3):
        PhotoPresenter.objects.filter(pk=row.pk).update(
            lease_until=timezone.now() - timedelta(seconds=1), picture="portraits/gone.webp"
        )
        photo_presenters.build(row.pk)
        PhotoPresenter.objects.filter(pk=row.pk, due_at__isnull=False).update(due_at=timezone.now())
    row.refresh_from_db()
    assert not row.is_building and row.last_error == "crashed"


# --- Licence and state ---


@pytest.mark.parametrize(
    "licence", [{}, {"licence_kind": "own"}, {"licence_text": "Bob said yes"}, {"licence_kind": "own", "licence_text": " "}]
)
def test_without_a_licence_it_cannot_be_activated(alice: User, licence: dict[str, str]) -> None:
    row = make_photo_presenter(built=True, **licence)
    with pytest.raises(NotReady) as refused:
        activate(row, by=alice)
    assert refused.value.reason == "licence"


def test_without_sprites_it_cannot_be_activated(alice: User) -> None:
    row = make_photo_presenter(**LICENCE)
    with pytest.raises(NotReady):
        activate(row, by=alice)


def test_the_database_holds_the_rule() -> None:
    row = make_photo_presenter(built=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        PhotoPresenter.objects.filter(pk=row.pk).update(state=State.ACTIVE)


def test_activating_stores_who_confirmed_the_licence_and_when(alice: User) -> None:
    row = active(alice)
    assert (row.state, row.licence_confirmed_by) == (State.ACTIVE, alice)
    assert row.licence_confirmed_at is not None


def test_the_button_activates_and_says_why_when_it_cannot(page: Client) -> None:
    row = make_photo_presenter(built=True)
    button = {"avatars_photopresenter_make_active": "1"}
    values = {"display_name": "Dana", "voice_gender": "female", "points": json.dumps(row.points)}
    html = page.post(address("change", row), values | button, follow=True).content.decode()
    assert "Not active yet" in html
    page.post(address("change", row), values | LICENCE | button)
    row.refresh_from_db()
    assert row.state == State.ACTIVE
    # It keeps its licence while it is active.
    answer = page.post(address("change", row), values)
    assert answer.status_code == 200 and "needs its licence" in answer.content.decode()


@pytest.mark.parametrize("content", [b"MZ\x90\0", b"<html>", b"\0" * 32])
def test_a_licence_document_is_judged_by_its_content(page: Client, content: bytes) -> None:
    row = make_photo_presenter()
    values = {"display_name": "Dana", "voice_gender": "female", "points": json.dumps(row.points)}
    values["licence_file"] = SimpleUploadedFile("licence.pdf", content, "application/pdf")  # type: ignore[assignment]
    answer = page.post(address("change", row), values)
    assert answer.status_code == 200 and "not a PDF" in answer.content.decode()


# --- Being used ---


def test_an_active_presenter_is_offered_drawn_and_heard(page: Client, alice: User) -> None:
    row = active(alice, voice_gender="male")
    html = page.get(reverse("admin:avatars_avatarsettings_add")).content.decode()
    assert row.name in html and "Dana" in html
    snapshot = AvatarSettings(name="A", presenter=row.name).snapshot()
    assert presenter_for_page(snapshot)["baseUrl"] == base_url(row)
    drawn = art_for_renderer(snapshot)
    assert drawn.folder == local_folder(row) and drawn.presenter == row.name
    assert gender_of(row.name) == "male"


def test_clips_made_before_it_was_withdrawn_are_not_used_again(alice: User) -> None:
    row = active(alice)
    before = version_of(row.name)
    retire(row)
    assert before != version_of(row.name) == version_of("aliya")


def test_a_withdrawn_presenter_is_shown_nowhere(alice: User) -> None:
    row = active(alice)
    assert retire(row) and not retire(row)
    snapshot = {"presenter": row.name}
    assert presenter_for_page(snapshot)["name"] == "aliya"
    assert art_for_renderer(snapshot).folder is None


@pytest.mark.parametrize("name", ["photo-", "photo-x", "photo-../x", "", "\0", "photo-" + "a" * 500])
def test_a_name_that_means_nobody_falls_back_to_the_drawn_presenter(name: str) -> None:
    assert presenter_for_page({"presenter": name})["name"] == "aliya"
    assert art_for_renderer({"presenter": name}).presenter == "aliya"


# --- Files ---


@pytest.mark.django_db(transaction=True)
async def test_sprites_of_a_draft_are_for_staff_and_of_an_active_one_for_all(async_client: AsyncClient) -> None:
    from asgiref.sync import sync_to_async

    alice = await User.objects.acreate_superuser("alice", "alice@example.com", "secret")
    row = await sync_to_async(make_photo_presenter)(built=True, **LICENCE)
    address = await sync_to_async(base_url)(row) + "presenter.json"
    assert (await async_client.get(address)).status_code == 404
    await sync_to_async(activate)(row, by=alice)
    answer = await async_client.get(address)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/json"
    for guess in ("atlas.png", "..%2fpresenter.json", "licence.pdf"):
        assert (await async_client.get(address.replace("presenter.json", guess))).status_code == 404
    assert (await async_client.get(address.replace(row.art_fingerprint[:16], "0" * 16))).status_code == 404
    assert (await async_client.get(f"/presenters/{row.pk}/{row.art_fingerprint[:16]}/presenter.json")).status_code == 404


def test_strangers_and_those_who_may_only_look_change_nothing(client: Client) -> None:
    row = make_photo_presenter()
    charlie, bob = (User.objects.create_user(name, is_staff=True) for name in ("charlie", "bob"))
    bob.user_permissions.add(Permission.objects.get(codename="view_photopresenter"))
    for person, seen in ((charlie, 404), (bob, 200)):
        client.force_login(person)
        for name in ("picture", "status"):
            assert client.get(address(name, row)).status_code == seen
        assert client.post(address("points", row), {"points": json.dumps(points_of())}).status_code == 404
    assert client.get(address("change", row)).status_code == 200
    client.logout()
    assert client.get(address("picture", row)).status_code == 302


def test_an_active_presenter_cannot_be_deleted(page: Client, alice: User) -> None:
    row = active(alice)
    assert page.post(address("delete", row), {"post": "yes"}).status_code == 403


def test_the_form_speaks_with_the_presenters_voice(page: Client) -> None:
    row = make_photo_presenter(voice_gender="male")
    answer = page.post(address("speak", row), {"language": "kk"})
    assert answer.status_code == 200 and answer.json()["audio"].startswith("/speech/")
