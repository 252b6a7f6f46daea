"""The documents lead somewhere: every relative link of README and docs exists in the project."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

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
