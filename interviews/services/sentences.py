"""Cutting a text into sentences as they are spoken: the one place that calls the splitter."""

from avatars.speech.sentences import split_sentences


def split(text: str, language: str) -> list[str]:
    """Sentences without the white space around them; never an empty list for a text with something in it."""
    return [sentence.strip() for sentence in split_sentences(text, language) if sentence.strip()]
