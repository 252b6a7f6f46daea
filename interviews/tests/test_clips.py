"""Recorded clips of a version's fixed words: which there are, what is ordered once, what is ready, who may fetch them."""

import pytest
from django.core.files.storage import default_storage
from django.db.models import Q
from django.urls import reverse

from avatars.models import AvatarGeneration, AvatarSettings
from avatars.services import speech
from interviews.conversation import script
from interviews.models import Interview, PositionClip
from interviews.plan import from_json
from interviews.services import clips, invitations
from interviews.services.clip_parts import parts
from interviews.services.versions import freeze
from interviews.tests.builders import candidate_client, make_alice, make_interview, make_position
from interviews.tests.clip_builders import film, make_filmed_interview, make_recorded_position
from interviews.tests.play import Play, make_plan

pytest_plugins = ["avatars.tests.generation_fixtures"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]
State = AvatarGeneration.State


def names(version, language="en"):
    return list(PositionClip.objects.filter(version=version, language=language).values_list("name", flat=True))


# --- Which words are fixed --------------------------------------------------------------------------------------------


def test_every_fixed_text_is_said_word_for_word_in_the_conversation():
    play = Play(make_plan(), company="Acme").join()
    for answer in ("One.", "Two.", "Three.", "No"):
        play.types(answer)
    said = " ".join(turn.text for turn in play.turns if turn.speaker == "avatar")
    fixed = script.fixed_texts(play.plan, "en", "Acme")
    assert all(text in said for name, text in fixed.items() if not name.startswith(("bridge", "last_question")))
    assert sum(text in said for name, text in fixed.items() if name.startswith(("bridge", "last_question"))) >= 2


@pytest.mark.parametrize("language", ["ru", "en", "kk"])
def test_no_fixed_text_depends_on_the_person(language):
    plan = make_plan(intro="Welcome.", language=language)
    one, other = (Play(plan, name=name, language=language).join().turns[0] for name in ("Bob", "Aigul"))
    assert one.text != other.text
    assert one.text.endswith(script.fixed_texts(plan, language, "")["greeting"])
    assert "Bob" not in " ".join(script.fixed_texts(plan, language, "").values())


# --- Ordering ---------------------------------------------------------------------------------------------------------


def test_preparing_orders_one_video_a_fixed_text(fake):
    version = clips.prepare_position(make_recorded_position())
    assert names(version) == list(script.fixed_texts(from_json(version.plan), "en", ""))
    assert AvatarGeneration.objects.count() == len(names(version))
    assert {generation.settings["captions"] for generation in AvatarGeneration.objects.all()} == {False}


def test_preparing_twice_orders_nothing_more():
    position = make_recorded_position()
    clips.prepare_position(position)
    before = AvatarGeneration.objects.count()
    clips.prepare_position(position)
    assert AvatarGeneration.objects.count() == before


def test_a_changed_question_makes_only_its_own_clip_anew():
    position = make_recorded_position()
    old = clips.prepare_position(position)
    before = set(AvatarGeneration.objects.values_list("pk", flat=True))
    question = position.questions.first()
    question.text = "What did you build last?"
    question.save()
    new = clips.prepare_position(position)
    added = AvatarGeneration.objects.exclude(pk__in=before)
    assert new.pk != old.pk
    assert [generation.text for generation in added] == ["What did you build last?"]


def test_a_position_of_another_style_has_no_clips():
    version = clips.prepare_position(make_position())
    assert names(version) == []


def test_inviting_orders_the_clips_of_the_invitations_language():
    alice, position = make_alice(), make_recorded_position()
    clips.prepare_position(position)
    interview = invitations.invite(position=position, name="Айгүл", language="kk", by=alice)
    assert names(interview.version, "kk") == names(interview.version, "en")
    assert clips.languages_of(interview.version) == ["en", "kk"]


def test_an_unchanged_version_is_not_ordered_again_by_the_next_invitation(django_assert_max_num_queries):
    position = make_recorded_position()
    version = clips.prepare_position(position)
    with django_assert_max_num_queries(1):
        clips.ensure(version, "en")


def test_a_preview_pays_for_nothing():
    invitations.preview(position=make_recorded_position(), by=make_alice())
    assert AvatarGeneration.objects.count() == 0


def test_a_text_with_nothing_to_say_stops_no_other_and_is_no_failure():
    version = clips.prepare_position(make_recorded_position(questions=["🙂🙃", "Why?"]))
    film(version, "en")
    progress = clips.progress(clips.rows_of(version), "en")
    assert (progress.is_complete, progress.failed) == (True, 0)
    assert PositionClip.objects.get(text="🙂🙃").problem == "nothing_to_say"


def test_failed_clips_are_tried_again_only_when_somebody_asks():
    position = make_recorded_position()
    version = clips.prepare_position(position)
    AvatarGeneration.objects.filter(clip_text(version, "farewell")).update(state=State.FAILED, error_code="server")
    clips.prepare_position(position)
    assert clips.progress(clips.rows_of(version), "en").failed == 1
    clips.prepare_position(position, again=True)
    progress = clips.progress(clips.rows_of(version), "en")
    assert (progress.failed, progress.is_working) == (0, True)


def test_a_clip_whose_file_is_gone_is_ordered_again():
    position = make_recorded_position()
    version = clips.prepare_position(position)
    film(version, "en")
    video = PositionClip.objects.get(version=version, name="farewell").generation
    default_storage.delete(video.video.name)
    clips.prepare_position(position)
    video.refresh_from_db()
    assert video.state == State.QUEUED


def test_progress_counts_what_is_ready():
    version = clips.prepare_position(make_recorded_position())
    film(version, "en", "greeting", "farewell")
    progress = clips.progress(clips.rows_of(version), "en")
    assert (progress.ready, progress.total, progress.is_working) == (2, len(names(version)), True)


def test_a_draft_that_changed_since_has_no_clips_of_its_own_yet():
    position = make_recorded_position()
    assert clips.present_version(position) is None
    version = clips.prepare_position(position)
    assert clips.present_version(position) == version
    position.questions.update(text="Another?")
    assert clips.present_version(position) is None


# --- Where sentences stand in a clip ----------------------------------------------------------------------------------


def test_parts_follow_the_words_of_the_sound():
    sentences = ["Tell me about yourself.", "Take your time."]
    text = " ".join(sentences)
    said = speech.speak(text=text, language="en")
    found = parts(text, sentences, said.timeline, said.duration_ms)
    assert [part["text"] for part in found] == sentences
    assert (found[0]["start_ms"], found[1]["end_ms"]) == (0, said.duration_ms)
    assert found[0]["end_ms"] == found[1]["start_ms"]
    assert found[0]["words"][-1][1] <= found[0]["end_ms"] <= found[1]["words"][0][0]
    assert [sentences[1][first:last] for _start, _end, first, last in found[1]["words"]] == ["Take", "your", "time"]


def test_without_words_time_is_shared_by_length():
    found = parts("Aaaa. Bbbbbbbbbbb.", ["Aaaa.", "Bbbbbbbbbbb."], None, 1700)
    assert [(part["start_ms"], part["end_ms"], part["words"]) for part in found] == [(0, 500, []), (500, 1700, [])]


# --- Fetching ---------------------------------------------------------------------------------------------------------


def clip_text(version, name):
    return Q(text=PositionClip.objects.get(version=version, name=name).text)


def address(interview, name="greeting"):
    video = PositionClip.objects.get(version=interview.version, name=name).generation
    return reverse("interview-clip", args=[interview.public_id, video.public_id])


def test_bob_fetches_a_clip_by_ranges():
    interview = make_filmed_interview()
    client = candidate_client(interview)
    whole = client.get(address(interview))
    assert (whole.status_code, whole["Content-Type"], whole["Accept-Ranges"]) == (200, "video/mp4", "bytes")
    assert "immutable" in whole["Cache-Control"] and whole["Cache-Control"].startswith("private")
    part = client.get(address(interview), headers={"range": "bytes=0-9"})
    assert (part.status_code, part["Content-Length"]) == (206, "10")


def test_a_stranger_and_another_positions_candidate_get_404():
    interview = make_filmed_interview()
    other = make_interview(state=Interview.State.IN_PROGRESS)
    video = PositionClip.objects.get(version=interview.version, name="greeting").generation
    assert candidate_client(other).get(address(interview)).status_code == 404
    theirs = reverse("interview-clip", args=[other.public_id, video.public_id])
    assert candidate_client(other).get(theirs).status_code == 404


def test_a_clip_that_is_not_ready_or_erased_is_not_there():
    interview = make_filmed_interview()
    video = PositionClip.objects.get(version=interview.version, name="farewell").generation
    client = candidate_client(interview)
    default_storage.delete(video.video.name)
    assert client.get(address(interview, "farewell")).status_code == 404
    AvatarGeneration.objects.filter(pk=video.pk).update(state=State.QUEUED)
    assert client.get(address(interview, "farewell")).status_code == 404


def test_a_profile_without_providers_is_filmed_by_our_own_presenter():
    AvatarSettings.objects.filter(name="Filmed").delete()
    version = freeze(make_recorded_position(providers=()))
    clips.prepare(version, "en")
    assert set(AvatarGeneration.objects.values_list("provider", "renders_here")) == {("local", True)}


# --- In the admin -----------------------------------------------------------------------------------------------------


def test_hr_see_how_many_clips_are_ready_and_order_them(client):
    position = make_recorded_position()
    client.force_login(make_alice())
    page = reverse("admin:interviews_position_change", args=[position.pk])
    assert "Prepare clips" in client.get(page).content.decode()
    client.post(reverse("admin:interviews_position_clips", args=[position.pk]))
    version = clips.present_version(position)
    film(version, "en", "greeting", "farewell")
    assert f"2 of {len(names(version))} clips ready" in client.get(page).content.decode()
    AvatarGeneration.objects.exclude(state=State.SUCCEEDED).update(state=State.FAILED, error_code="server")
    assert "Try failed clips again" in client.get(page).content.decode()
    client.post(reverse("admin:interviews_position_clips", args=[position.pk]), {"again": "1"})
    assert not AvatarGeneration.objects.filter(state=State.FAILED).exists()


def test_looking_orders_no_clips(client):
    client.force_login(make_alice())
    assert client.get(reverse("admin:interviews_position_clips", args=[make_recorded_position().pk])).status_code == 200
    assert not AvatarGeneration.objects.exists()


def test_another_style_shows_no_clips(client):
    client.force_login(make_alice())
    page = client.get(reverse("admin:interviews_position_change", args=[make_position().pk]))
    assert "clips ready" not in page.content.decode()
