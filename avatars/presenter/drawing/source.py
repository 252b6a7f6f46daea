"""Reads a presenter's sources: the layered SVG, the parameter table, and their fingerprint."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
ART = HERE / "art"
BACKGROUNDS = ("office", "plain", "evening")
LAYERS = ("hair_back", "body", "clothes", "ears", "forehead", "nose", "hair_front")


@dataclass(frozen=True)
class Source:
    """One presenter's art. `layers` maps a layer's name to the SVG inside its group."""

    name: str
    defs: str
    layers: dict[str, str]
    table: dict[str, Any]


def read_source(name: str) -> Source:
    """Raises FileNotFoundError when there is no such art, ValueError when a layer is missing."""
    text = (ART / f"{name}.svg").read_text(encoding="utf-8")
    defs = re.search(r"<defs>(.*?)</defs>", text, re.DOTALL)
    # A layer's group starts at two spaces of indent, so groups nested inside it do not end it.
    layers = dict(re.findall(r'^  <g id="(\w+)">\n(.*?)^  </g>$', text, re.DOTALL | re.MULTILINE))
    missing = [layer for layer in LAYERS if layer not in layers]
    if missing or not defs:
        raise ValueError(f"{name}.svg lacks {', '.join(missing) or 'defs'}")
    return Source(name, defs.group(1), layers, json.loads((ART / f"{name}.json").read_text(encoding="utf-8")))


def source_files(name: str) -> list[Path]:
    """Every file that changes how presenter `name` looks."""
    code = [HERE / "visemes.py", HERE / "atlas.py", HERE / "packing.py", *sorted((HERE / "drawing").glob("*.py"))]
    return [ART / f"{name}.svg", ART / f"{name}.json", *code]


def fingerprint(name: str) -> str:
    """SHA-256 over the sources of presenter `name`, first 16 hex digits; independent of line ends and location."""
    digest = hashlib.sha256()
    for path in source_files(name):
        digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()[:16]
