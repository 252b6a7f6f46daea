"""manage.py fetch_recogniser: what it says when it cannot."""

import pytest
from django.core.management import CommandError, call_command

pytest.importorskip("faster_whisper")


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: object) -> object:
    settings.STT_WHISPER_DIR = str(tmp_path / "recognisers")
    return tmp_path


@pytest.mark.parametrize("size", ["../../etc", "a b", "x/../y"])
def test_a_name_that_leads_elsewhere_is_refused(size: str) -> None:
    with pytest.raises(CommandError, match="is no name of a model"):
        call_command("fetch_recogniser", size)


def test_an_unknown_size_is_answered_with_the_known_ones() -> None:
    with pytest.raises(CommandError, match="small, medium"):
        call_command("fetch_recogniser", "enormous")


def test_a_folder_without_a_model_is_refused_and_nothing_is_put_in_place(folder: object) -> None:
    with pytest.raises(CommandError, match="lacks model.bin"):
        call_command("fetch_recogniser", "small", "--from", str(folder))
    assert not (folder / "recognisers" / "small").exists()


def test_a_model_that_does_not_load_is_told(folder: object) -> None:
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_text("{}")
    with pytest.raises(CommandError, match="does not load"):
        call_command("fetch_recogniser", "small", "--from", str(folder))
