"""docs/settings.md is made from .env.example, so that there is one place to explain a setting.

`python -m interview_site.settings_reference` writes it; a test keeps settings/, .env.example and the page in step.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE, PAGE = ROOT / ".env.example", ROOT / "docs" / "settings.md"
_SECTION = re.compile(r"# === (.+) ===")
_SETTING = re.compile(r"#?([A-Z][A-Z0-9_]*)=(.*)")
# How the settings module reads a variable: env.int("NAME"…), env.secret("NAME"), read_secret(env, "NAME").
_READ = re.compile(r"""(?:\benv(?:\.[a-z_0-9]+)?\(\s*|read_secret\(\s*env,\s*)["']([A-Z][A-Z0-9_]*)["']""")


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    section: str
    text: str


def documented(text: str) -> list[Setting]:
    """The settings of a .env.example: comment lines directly above `#NAME=default` explain it."""
    section, comment, found = "", [], []
    for line in text.splitlines():
        if heading := _SECTION.fullmatch(line):
            section, comment = heading[1], []
        elif setting := _SETTING.fullmatch(line):
            found.append(Setting(setting[1], setting[2], section, " ".join(comment)))
            comment = []
        elif line.startswith("# "):
            comment.append(line[2:])
        else:
            comment = []
    return found


def read_by(source: str) -> set[str]:
    """The variables that Python source reads from the environment."""
    return set(_READ.findall(source))


def page(text: str) -> str:
    """docs/settings.md as Markdown."""
    lines = [
        "# Settings",
        "",
        "Made from `.env.example` by `python -m interview_site.settings_reference`; do not edit by hand.",
        "Values come from the environment or from `.env`. A wrong one is refused at start with its name and what to write.",
        "Secrets may come from a file: `NAME_FILE=/run/secrets/name`.",
    ]
    section = ""
    for setting in documented(text):
        if setting.section != section:
            section = setting.section
            lines += ["", f"## {section}", "", "| setting | usual value | meaning |", "|---|---|---|"]
        default = f"`{setting.default}`" if setting.default else "–"
        lines.append(f"| `{setting.name}` | {default} | {setting.text.replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(EXAMPLE.read_text()))
