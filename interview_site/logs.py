"""One structured line an event: `level logger message key=value …` with ids only, never what a person said."""

import logging
import time

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request", "server_time", "status_code"}


class LineFormatter(logging.Formatter):
    """Appends what was given in `extra=` as key=value pairs; times are UTC with milliseconds."""

    converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        stamp = self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}Z"
        pairs = "".join(f" {key}={value}" for key, value in vars(record).items() if key not in _STANDARD)
        line = f"{stamp} {record.levelname} {record.name} {record.getMessage()}{pairs}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line
