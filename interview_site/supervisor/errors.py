"""Why the site cannot start, in words for the person at the terminal."""


class CannotStart(Exception):
    """The message names the cause and the remedy; it is printed without a traceback."""
