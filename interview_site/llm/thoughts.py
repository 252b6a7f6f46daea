"""Reasoning that some open models write into the answer itself, between <think> and </think>: nobody should hear or read it."""

_OPEN, _CLOSE = "<think>", "</think>"


class Thoughts:
    """Feed pieces as they come; what is returned is fit to be said. Only a thought at the very beginning counts."""

    def __init__(self) -> None:
        self._held = ""
        self._state = "beginning"  # → thinking → after → saying

    def feed(self, piece: str) -> str:
        if self._state == "saying":
            return piece
        self._held += piece
        if self._state == "beginning":
            begun = self._held.lstrip()
            if begun.startswith(_OPEN):
                self._state, self._held = "thinking", begun[len(_OPEN) :]
            elif _OPEN.startswith(begun):
                return ""  # may still become one
            else:
                return self._say()
        if self._state == "thinking":
            _thought, closed, rest = self._held.partition(_CLOSE)
            if not closed:
                self._held = self._held[-len(_CLOSE) :]
                return ""
            self._state, self._held = "after", rest
        self._held = self._held.lstrip()
        return self._say() if self._held else ""

    def rest(self) -> str:
        """At the end: what was held back and is no thought after all."""
        return "" if self._state in ("thinking", "after") else self._say()

    def _say(self) -> str:
        self._state = "saying"
        said, self._held = self._held, ""
        return said


def without_thoughts(text: str) -> str:
    thoughts = Thoughts()
    return thoughts.feed(text) + thoughts.rest()
