"""Reading what a model writes, piece by piece, as whole sentences fit to be spoken. Pure."""

import re
from dataclasses import dataclass

from interviews.services.sentences import split

MOST_CHARACTERS = 4_000  # of one answer: a model that goes on is not listened to
_ENDED = re.compile(r"[.?!…][\"'»”)]*\s*$")
_FENCES = re.compile(r"<{2,}\w*|\w*>{2,}")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_MARKUP = re.compile(r"[*_`#~|]+")
_STAGE = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200D]+")


@dataclass
class SentenceReader:
    """Feed it the stream's pieces; each call gives the sentences that stand now, cleaned of markup.

    A sentence stands when the next one has begun: until then its full stop may be the middle of a number or of an abbreviation.
    """

    language: str
    is_over: bool = False
    _buffer: str = ""
    _length: int = 0
    _has_given: bool = False

    def feed(self, text: str) -> list[str]:
        if self.is_over:
            return []
        self._buffer += text
        self._length += len(text)
        if self._length > MOST_CHARACTERS:
            return self.end(cut=True)
        return self._taken(split(self._buffer, self.language)[:-1])

    def end(self, *, cut: bool = False) -> list[str]:
        """The model has finished: what is left stands. `cut`: it was broken off, so a half sentence behind others is dropped."""
        if self.is_over:
            return []
        self.is_over = True
        sentences = split(self._buffer, self.language)
        if cut and not _ENDED.search(self._buffer) and (self._has_given or len(sentences) > 1):
            sentences = sentences[:-1]
        return self._taken(sentences)

    def _taken(self, sentences: list[str]) -> list[str]:
        """`sentences`, the first ones of the buffer, leave it: what follows is a sentence of its own."""
        end = 0
        for sentence in sentences:
            end = self._buffer.index(sentence, end) + len(sentence)
        self._buffer = self._buffer[end:]
        taken = [said for said in map(speakable, sentences) if said]
        self._has_given = self._has_given or bool(taken)
        return taken


def speakable(text: str) -> str:
    """One sentence as it may be shown, kept and read aloud; "" when nothing is left of it."""
    text = text.encode("utf-8", "ignore").decode()  # half a character that a model's JSON may hold
    text = _LINK.sub(r"\1", _FENCES.sub(" ", text))
    text = _MARKUP.sub("", _STAGE.sub("", _BULLET.sub("", text)))
    text = " ".join(text.split())
    return text if any(character.isalnum() for character in text) else ""
