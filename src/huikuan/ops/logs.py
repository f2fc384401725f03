"""Structured logs: one JSON object a line on stderr, without personal data."""

import json
import logging
import logging.config
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

# phone, ID and card numbers keep their last two digits: enough to compare, too little to call
NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.-])\+?(?:(?:\d{3,4}[ -]){2,}\d*|\d{5,})(\d{2})[Xx]?(?![A-Za-z0-9_])"
)
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
QUERY = re.compile(r"\?[^\s\"']*")
EXTRA = ("request_id", "actor", "command", "run", "rows", "seconds", "status_code", "job", "room")


def redact(text: str) -> str:
    """`text` without what may be a phone, ID or card number, an e-mail address or the query of a web address."""
    return ADDRESS.sub("***@***", NUMBER.sub(r"***\1", QUERY.sub("?…", text)))


class JsonFormatter(logging.Formatter):
    """Writes time, level, logger, message and a few named extras. Of an exception it writes type and lines of code,
    never its text: database errors quote the row in it."""

    def format(self, record: logging.LogRecord) -> str:
        message, _mark, text = record.getMessage().partition("\nTraceback (most recent call last):")
        entry: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(message),
        }
        if text:  # the web server writes a trace into its message
            entry["trace"] = [
                line.strip() for line in text.splitlines() if line.startswith('  File "')
            ][-12:]
        entry |= {name: value for name in EXTRA if (value := record.__dict__.get(name)) is not None}
        if record.exc_info and record.exc_info[0] is not None:
            kind, _value, trace = record.exc_info
            entry["error"] = f"{kind.__module__}.{kind.__qualname__}"
            entry["trace"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(trace)[-12:]
            ]
        return json.dumps(entry, ensure_ascii=False, default=str)


def configure(settings: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: everything goes to stderr as JSON."""
    level = str(settings.get("level", "info")).upper()
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": {"()": JsonFormatter}},
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "formatter": "json",
                    "stream": sys.stderr,
                }
            },
            "root": {"handlers": ["stderr"], "level": level if level != "INFO" else "WARNING"},
            "loggers": {
                "huikuan": {"level": level},
                "django": {"level": "WARNING"},
                "procrastinate": {"level": "WARNING"},
            },
        }
    )
