"""What A2E is asked for, in its words: voices and their ids, languages, and the fields of `video/generate` (contract §2–§5).

Which side of an open question we took is said here and in the contract's copy: canvas sizes, placement, the caption's look.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from avatars.providers.base import Character, Origin, Voice

# (country, region): what the lists and a cloned voice are asked with.
REGIONS = {"ru": ("ru", "RU"), "en": ("en", "US"), "kk": ("kk", "KZ")}
CLONE = "clone:"
MOST_TITLE = 40
# The canvas of a replaced background, in the units of A2E's own editor (853×480 is a 16:9 preview).
CANVAS = {"horizontal": (853, 480), "vertical": (480, 853), "square": (480, 480)}
FILM_RATIO = 16 / 9  # of a character whose picture does not tell
_ZEROS = ("web_bg_width", "web_bg_height", "web_people_width", "web_people_height", "web_people_x", "web_people_y")
_COLOUR = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
_LANGUAGES = {
    "ru": "ru", "rus": "ru", "russian": "ru", "русский": "ru", "kk": "kk", "kaz": "kk", "kazakh": "kk", "қазақша": "kk",
    "en": "en", "eng": "en", "english": "en",
}  # fmt: skip


@dataclass(frozen=True)
class VoiceId:
    """A voice as `send_tts` wants it. Which of a clone's two ids is meant is an open question: `ids` are tried in order."""

    ids: tuple[str, ...]
    cloned: bool

    @classmethod
    def read(cls, voice: str) -> "VoiceId":
        """`<tts_id>`, or `clone:<speaker_id>~<_id>`, or `clone:<_id>`."""
        if voice.startswith(CLONE):
            return cls(tuple(part for part in voice.removeprefix(CLONE).split("~") if part), True)
        return cls((voice,), False)

    def fields(self, number: int, language: str) -> dict[str, str]:
        if not self.cloned:
            return {"tts_id": self.ids[number]}
        country, region = REGIONS[language]
        return {"user_voice_id": self.ids[number], "country": country, "region": region}


def voices_of(groups: list[dict[str, Any]], language: str) -> list[Voice]:
    """The two levels of `voice_list` as voices; a group's value is the gender, a child's the id."""
    found = []
    for group in groups:
        gender = str(group.get("value") or "").lower()
        for child in group.get("children") or []:
            if isinstance(child, dict) and child.get("value"):
                name = str(child.get("label") or child["value"])
                found.append(Voice(str(child["value"]), name, language, gender if gender in ("female", "male") else ""))
    return found


def clone_of(row: dict[str, Any]) -> Voice | None:
    """A cloned voice that is ready: it speaks any language. Its `speaker_id` goes before its `_id`; both are kept."""
    ids = [str(row.get(name) or "").strip() for name in ("speaker_id", "_id")]
    ids = [part for part in dict.fromkeys(ids) if part and "~" not in part]
    if not ids or str(row.get("current_status") or "completed") != "completed":
        return None
    samples = row.get("voice_urls")
    sample = str(samples[0]) if isinstance(samples, list) and samples else ""
    return Voice(CLONE + "~".join(ids), str(row.get("name") or ids[-1]), "", "", sample, Origin.CLONED)


def character_of(row: dict[str, Any], number: int) -> Character | None:
    if not row.get("_id"):
        return None
    own = str(row.get("type") or "default") != "default"
    name = str(row.get("name") or "") or f"{'Own avatar' if own else 'Avatar'} {number}"
    return Character(
        str(row["_id"]), name, str(row.get("gender") or ""), str(row.get("video_cover") or ""), recorded=True,
        origin=Origin.OWN if own else Origin.PUBLIC,
    )  # fmt: skip


def is_colour(background: object) -> bool:
    return _COLOUR.fullmatch(str(background or "")) is not None


def video_order(
    settings: Mapping[str, Any], *, title: str, character: Character, audio: str, language: str, picture: str = "",
    ratio: float = FILM_RATIO,
) -> dict[str, Any]:  # fmt: skip
    """The body of `video/generate`. `picture` is the address of a background picture, `ratio` the character's film's."""
    short = 1080 if str(settings.get("resolution")) == "1080" else 720
    body: dict[str, Any] = {
        "title": title[:MOST_TITLE],
        "anchor_id": character.id,
        "anchor_type": 0 if character.origin == Origin.PUBLIC else 1,
        "audioSrc": audio,
        "resolution": short,
        **dict.fromkeys(_ZEROS, 0),
        # By its name `true` skips the slow adjustment of movement.
        "isSkipRs": settings.get("lip_sync") != "best",
        "isCaptionEnabled": settings.get("captions", True) is not False,
    }
    if body["isCaptionEnabled"]:
        body["captionAlign"] = _captions(language)
    colour = _COLOUR.fullmatch(str(settings.get("background") or ""))
    if colour or picture:
        body |= _placed(str(settings.get("aspect") or "square"), ratio)
    if picture:
        body["anchor_background_img"] = picture
    elif colour:
        body["color"] = "rgb({},{},{})".format(*(int(part, 16) for part in colour.groups()))
    return body


def _placed(aspect: str, ratio: float) -> dict[str, int]:
    """The canvas, and the person in it: as high as the canvas, undistorted, in the middle; what is too wide is cut off."""
    width, height = CANVAS.get(aspect, CANVAS["square"])
    wide = round(height * ratio)
    return {
        "web_bg_width": width, "web_bg_height": height, "web_people_width": wide, "web_people_height": height,
        "web_people_x": (width - wide) // 2, "web_people_y": 0,
    }  # fmt: skip


def _captions(language: str) -> dict[str, Any]:
    """White on a dark band near the lower edge: readable on any picture."""
    country, region = REGIONS[language]
    return {
        "language": f"{country}-{region}", "PrimaryColour": "rgba(255, 255, 255, 1)", "OutlineColour": "rgba(0, 0, 0, 0.6)",
        "BackColour": "rgba(0, 0, 0, 0.6)", "BorderStyle": 4, "FontName": "Arial", "Fontsize": 50, "subtitle_position": 0.15,
    }  # fmt: skip


def language_named(word: object) -> str:
    """ "ru", "en" or "kk" of whatever A2E calls a language (`Russian`, `ru-RU`, `ru`); "" for any other."""
    plain = str(word or "").strip().lower()
    return _LANGUAGES.get(plain) or _LANGUAGES.get(re.split(r"[-_ ]", plain)[0], "")
