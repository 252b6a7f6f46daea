"""Reading what a dialogue model writes, piece by piece: its decision, then whole sentences as soon as they stand. Pure.

The model answers with a word (`ASK:`, `NEXT`, …) because that can be read from the first letters of a stream, by every model.
Whatever is not understood is no proposal at all. What may be said is not judged here but by the core.
"""

import re
from dataclasses import dataclass, field

from interviews.conversation.values import Split

_LABELS = {"ask": "ask", "say": "rephrase", "facts": "tell", "next": "", "none": "", "away": "away", "upset": "upset"}
_LABEL = re.compile(r"^[\s*_`\"'«>#-]*([A-Za-z]{3,5})\b[\s*_`\"'»]*(:|\s|$|[.!—–-])\s*[*_`]*\s*")
_LONGEST_LABEL = 24  # characters to look for it in
_MOST_CHARACTERS = 1_200  # a model that goes on is not listened to
_CLOSED = re.compile(r"[?!][\"'»”)]*\s*$")
_DECORATION = re.compile(r"[*_`#]+|^\s*[\"«“]+|[\"»”]+\s*$")
_SPOKEN = ("ask", "rephrase")


@dataclass(frozen=True)
class Piece:
    """A part of a proposal. `act` as in values.Proposed; "" is none. `more`: the model is still writing."""

    act: str = ""
    text: str = ""
    facts: tuple[int, ...] = ()
    more: bool = False


@dataclass
class ReplyReader:
    """Feed it the stream's pieces; each call gives the Pieces that stand now. After `is_over` nothing more comes."""

    split: Split
    is_over: bool = False
    _act: str | None = None
    _buffer: str = ""
    _given: int = 0
    _length: int = 0
    _is_labelled: bool = False
    _waiting: list[str] = field(default_factory=list)

    def feed(self, text: str) -> list[Piece]:
        if self.is_over:
            return []
        self._length += len(text)
        self._buffer += text
        if self._length > _MOST_CHARACTERS:
            return self._over()
        if self._act is None and not self._read_label(is_end=False):
            return []
        if self._act not in _SPOKEN:
            return self._decided(is_end=False)
        return self._sentences(is_end=False)

    def end(self) -> list[Piece]:
        """The model has finished: what is left stands as it is."""
        if self.is_over:
            return []
        if self._act is None:
            self._read_label(is_end=True)
        found = self._sentences(is_end=True) if self._act in _SPOKEN else self._decided(is_end=True)
        self.is_over = True
        return found or [Piece()]

    # --- The decision --------------------------------------------------------------------------------------------------

    def _read_label(self, *, is_end: bool) -> bool:
        found = _LABEL.match(self._buffer)
        label = found.group(1).lower() if found else ""
        if found and label in _LABELS and (found.end() < len(self._buffer) or found.group(2) == ":" or is_end):
            self._act, self._is_labelled = _LABELS[label], True
            self._buffer = self._buffer[found.end() :]
            return True
        if is_end or len(self._buffer.lstrip()) > _LONGEST_LABEL:
            self._act = "ask"  # a bare question, as small models write it; whole or not at all
            return True
        return False

    def _decided(self, *, is_end: bool) -> list[Piece]:
        if self._act == "tell":
            if not is_end and "\n" not in self._buffer.lstrip():
                return []
            numbers = re.match(r"[\s\[(#№]*\d{1,3}(?:\s*(?:,|;|and|и|және)\s*[#№]?\d{1,3})*", self._buffer)
            facts = tuple(int(number) for number in re.findall(r"\d+", numbers.group())) if numbers else ()
            self.is_over = True
            return [Piece("tell", facts=facts) if facts else Piece()]
        self.is_over = True
        return [Piece(self._act or "")]

    # --- Sentences -----------------------------------------------------------------------------------------------------

    def _sentences(self, *, is_end: bool) -> list[Piece]:
        first_line = self._buffer.lstrip().split("\n", 1)
        has_ended = is_end or (len(first_line) > 1 and bool(first_line[0].strip()))  # one line is the whole reply
        sentences = [_plain(sentence) for sentence in self.split(first_line[0])]
        if not has_ended and sentences and not _CLOSED.search(first_line[0]):
            sentences = sentences[:-1]  # the last one may still be being written
        fresh = [sentence for sentence in sentences[self._given :] if sentence]
        self._given = max(self._given, len(sentences))
        if self._act == "rephrase" or not self._is_labelled:
            self._waiting += fresh
            if not has_ended:
                return []
            whole, self._waiting = " ".join(self._waiting), []
            self.is_over = True
            return [Piece(self._act or "", whole)] if whole else [Piece()]
        pieces = []
        for index, sentence in enumerate(fresh):
            is_last = sentence.endswith("?") or (has_ended and index == len(fresh) - 1)
            pieces.append(Piece("ask", sentence, more=not is_last))
            if is_last:
                self.is_over = True  # one question a turn: whatever else is written is not said
                return pieces
        if has_ended:
            self.is_over = True
            pieces.append(Piece("ask" if self._given else "", more=False))
        return pieces

    def _over(self) -> list[Piece]:
        self.is_over = True
        return [Piece()]


def _plain(sentence: str) -> str:
    """Without the decoration models like; markup inside is left for the core to refuse."""
    return " ".join(_DECORATION.sub("", sentence).split())
