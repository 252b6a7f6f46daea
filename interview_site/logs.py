"""One structured line an event: `time level logger message key=value …` with ids only, never what a person said.

Secrets that third parties put into a line (an address with a link's mac, a password inside a URL) are masked here, in the
one place every line passes (threats 11, 35, 79).
"""

import logging
import re
import time
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request", "server_time", "status_code", "data"}
_MASKS = [
    (re.compile(r"(/i/[\w-]+)\.[\w-]+"), r"\1.***"),
    (re.compile(r"(?i)\b((?:access_)?token|api_?key|password|secret|signature|initdata)(=|%3D)[^&\s\"']+"), r"\1\2***"),
    (re.compile(r"(?i)\b(bearer|token|basic)\s+[\w.~+/=-]{12,}"), r"\1 ***"),
    (re.compile(r"([a-z][a-z0-9+.-]*://[^:/@\s]*):[^@/\s]+@"), r"\1:***@"),
]


def masked(text: str) -> str:
    """`text` without the secrets whose shape we know."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


class LineFormatter(logging.Formatter):
    """Appends what was given in `extra=` as key=value pairs; times are UTC with milliseconds."""

    converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        stamp = self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}Z"
        pairs = "".join(f" {key}={value}" for key, value in vars(record).items() if key not in _STANDARD)
        if current := request_id.get():
            pairs += f" request={current}"
        line = f"{stamp} {record.levelname} {record.name} {record.getMessage()}{pairs}".replace("\n", " ")
        # What a client did wrong (an oversize body, a forged Host) is one line; a traceback of ours would tell nothing.
        if record.exc_info and not record.name.startswith("django.security."):
            line += "\n" + self.formatException(record.exc_info)
        return masked(line)
