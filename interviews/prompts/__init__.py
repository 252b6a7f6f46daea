"""Prompts are files, reviewed like code: `<name>/<language>.md` beside this module, each with a version.

    asked = prompt("draft", "ru")
    messages = asked.messages(title=…, description=…)      # [{"role": "system", …}, {"role": "user", …}]
    asked.version                                          # 3, stored with what the model answered

    ---
    version: 3
    data: description
    ---
    You draft questions in {language}. …
    === user ===
    {description}

Values go in once, in one pass: braces inside a value stay what they are. Values named under `data` are somebody's words:
they are fenced, with our own marks taken out of them, so that the prompt can say that nothing in there is an instruction.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent
LANGUAGES = ("ru", "en", "kk")
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_PARTS = re.compile(r"^=== user ===$", re.MULTILINE)
_MARKS = re.compile(r"<{3,}|>{3,}")


class PromptError(ValueError):
    """The file cannot be read, or the values do not fit its placeholders: a mistake of ours."""


@dataclass(frozen=True)
class Prompt:
    name: str
    language: str
    version: int
    system: str
    user: str = ""
    data: frozenset[str] = frozenset()

    @property
    def placeholders(self) -> frozenset[str]:
        return frozenset(_PLACE.findall(self.system) + _PLACE.findall(self.user))

    def fill(self, **values: object) -> str:
        """The system part alone, for those who write the other messages themselves. Raises PromptError."""
        return self._filled(self.system, values, frozenset(_PLACE.findall(self.system)))

    def messages(self, **values: object) -> list[dict[str, str]]:
        """Both parts as messages of a chat. Raises PromptError."""
        parts = [("system", self.system), ("user", self.user)]
        return [{"role": role, "content": self._filled(text, values, self.placeholders)} for role, text in parts if text]

    def _filled(self, text: str, values: dict[str, object], wanted: frozenset[str]) -> str:
        if wanted != values.keys():
            raise PromptError(f"{self.name}/{self.language} takes {sorted(wanted)} and was given {sorted(values)}.")

        def value(place: re.Match[str]) -> str:
            name = place[1]
            return fenced(str(values[name]), name) if name in self.data else str(values[name])

        return _PLACE.sub(value, text)


def fenced(text: str, name: str = "data") -> str:
    """Somebody's words between marks that cannot stand in them (threats 64)."""
    plain = _MARKS.sub("…", text.replace("\0", ""))
    return f"<<<{name}\n{plain}\n{name}>>>"


@lru_cache(maxsize=100)
def prompt(name: str, language: str) -> Prompt:
    """Raises PromptError when there is no such prompt in this language."""
    path = FOLDER / name / f"{language}.md"
    if language not in LANGUAGES or not re.fullmatch(r"[a-z_]+", name) or not path.is_file():
        raise PromptError(f"There is no prompt {name!r} in {language!r}.")
    return read(name, language, path.read_text(encoding="utf-8"))


def read(name: str, language: str, source: str) -> Prompt:
    """A prompt from the text of its file. Raises PromptError."""
    opening, _line, rest = source.partition("---\n")
    header, closed, body = rest.partition("\n---\n")
    if opening or not closed:
        raise PromptError(f"{name}/{language} does not begin with a header between two lines of ---.")
    fields = dict(line.split(": ", 1) for line in header.splitlines() if ": " in line)
    if fields.keys() - {"version", "data"} or not fields.get("version", "").isdigit():
        raise PromptError(f"{name}/{language} needs a version (a number), and may name its data.")
    system, *user = _PARTS.split(body, maxsplit=1)
    data = frozenset(word.strip() for word in fields.get("data", "").split(",") if word.strip())
    found = Prompt(name, language, int(fields["version"]), system.strip(), "".join(user).strip(), data)
    if data - found.placeholders:
        raise PromptError(f"{name}/{language} names data that it does not use: {sorted(data - found.placeholders)}.")
    return found


def names() -> list[str]:
    """Every prompt there is."""
    return sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and not path.name.startswith("_"))
