"""The documents lead somewhere: every relative link of README and docs exists in the project."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from avatars.providers import remedies
from avatars.services.budget import PRICES

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(<?([^)\s>]+)>?[^)]*\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def broken(document: Path) -> list[str]:
    """Relative targets that are not there; code blocks hold examples, not links."""
    found = LINK.findall(FENCE.sub("", document.read_text()))
    local = [unquote(each.partition("#")[0]) for each in found if not re.match(r"[a-z]+:", each)]
    return [each for each in local if each and not (document.parent / each).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_to_a_file(document: Path) -> None:
    assert broken(document) == []


def test_a_link_to_nothing_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[gone](gone.md) [here](page.md#part) [away](https://example.com) [top](#top)")
    assert broken(page) == ["gone.md"]


RUSSIAN = sorted((ROOT / "docs" / "ru").glob("*.md"))


@pytest.mark.parametrize("guide", RUSSIAN, ids=lambda path: path.stem)
def test_a_russian_guide_has_an_english_twin_and_leads_on_in_russian(guide: Path) -> None:
    led = {each.partition("#")[0] for each in LINK.findall(FENCE.sub("", guide.read_text()))}
    own = {f"../{path.name}" for path in RUSSIAN} - {f"../{guide.name}"}
    assert sorted(led & own) == []
    assert (ROOT / "docs" / guide.name).exists()


NAMES = re.compile(r"`([A-Z][A-Z0-9_]{4,}|(?:avatars|interviews|transcription|manage\.py)[/. ][^`]+)`")


@pytest.mark.parametrize("name", ["videos.md", "voices.md"])
def test_both_languages_name_the_same_settings_commands_and_places(name: str) -> None:
    english, russian = (set(NAMES.findall((ROOT / "docs" / folder / name).read_text())) for folder in ("", "ru"))
    vendor = {each for each in english | russian if "<" in each}  # <kind> and <вид>
    assert english - vendor == russian - vendor


GUIDES = [ROOT / "docs" / "avatars.md", ROOT / "docs" / "ru" / "avatars.md"]


@pytest.mark.parametrize("guide", GUIDES, ids=["en", "ru"])
def test_the_guide_to_avatars_has_a_remedy_for_every_fault_and_the_usual_prices(guide: Path) -> None:
    text = guide.read_text()
    assert [code for code in remedies.TEXTS if f"`{code}`" not in text] == []
    for kind, prices in PRICES.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{kind}` |"))
        assert [float(cell) for cell in row.split("|")[2:5] if cell.strip() != "–"] == list(prices.values())
