"""The text of an uploaded job description: PDF, DOCX or plain text.

Files come from anybody, so they are read in a process of their own with limits of memory, processor time and patience:
a zip bomb or a PDF that turns in circles costs that process its life and the uploader a clear message (threats 62).
"""

import json
import subprocess
import sys
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 10 * 1024 * 1024
MOST_PAGES = 40
MOST_CHARACTERS = 20_000
PATIENCE_S = 30
_ROOT = Path(__file__).resolve().parents[2]

TEXTS: dict[str, str | Promise] = {
    "too_big": _("The file is too big: at most 10 MB."),
    "too_many_pages": _("The document has too many pages: at most 40. Paste the part that matters."),
    "encrypted": _("The document is protected by a password. Save it without one, or paste its text."),
    "no_text": _("No text was found. If it is a scan, paste its text instead."),
    "old_word": _("This is an old Word file. Save it as DOCX or PDF, or paste its text."),
    "unknown": _("The file is neither PDF nor DOCX nor plain text."),
    "broken": _("The file cannot be read. Save it again, or paste its text."),
    "too_heavy": _("Reading the file took too long. Paste its text instead."),
}


class UnreadableDocument(Exception):
    """`code` is one of TEXTS; `text` is fit for a person."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.text = TEXTS[code]


def kind_of(content: bytes) -> str:
    """pdf, docx or text, by content and never by name. Raises UnreadableDocument."""
    if len(content) > MOST_BYTES:
        raise UnreadableDocument("too_big")
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return "docx"
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableDocument("old_word")
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not content.strip() or (b"\0" in content and not is_utf16):
        raise UnreadableDocument("unknown" if content.strip() else "no_text")
    return "text"


def text_of(content: bytes) -> str:
    """The words of the document, at most MOST_CHARACTERS, paragraphs kept. Raises UnreadableDocument."""
    kind = kind_of(content)
    found = _plain(content) if kind == "text" else _in_a_process(kind, content)
    cleaned = tidy(found)
    if len(cleaned) < 20:
        raise UnreadableDocument("no_text")
    return cleaned


def tidy(text: str) -> str:
    """Without control characters, lone surrogates and empty stretches; at most MOST_CHARACTERS."""
    printable = "".join(letter for letter in text if letter in "\n\t" or letter.isprintable())
    lines = [" ".join(line.split()) for line in printable.splitlines()]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip()[:MOST_CHARACTERS]


def _plain(content: bytes) -> str:
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1251")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableDocument("unknown")


def _in_a_process(kind: str, content: bytes) -> str:
    command = [sys.executable, "-I", str(_ROOT / "interviews" / "authoring" / "document_process.py"), kind, str(MOST_PAGES)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=PATIENCE_S, check=False, cwd="/")  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise UnreadableDocument("too_heavy") from error
    except OSError as error:
        raise UnreadableDocument("broken") from error
    if done.returncode < 0:  # killed at a limit
        raise UnreadableDocument("too_heavy")
    try:
        answer = json.loads(done.stdout[: 4 * 1024 * 1024])
    except ValueError as error:
        raise UnreadableDocument("broken") from error
    if code := answer.get("refused"):
        raise UnreadableDocument(code if code in TEXTS else "broken")
    return str(answer.get("text", ""))
