"""What is written where: requests as JSON to the output, everything else as lines to the error output."""

import logging
from time import monotonic

SELDOM_SECONDS = 10.0


class Seldom(logging.Filter):
    """Lets the same warning through once in a while, then with how often it came: a fault does not flood the log.

    The same is: of the same logger, with the same words before values are put in, about the same exception.
    """

    def __init__(self, seconds: float = SELDOM_SECONDS) -> None:
        super().__init__()
        self._seconds = seconds
        self._said: dict[object, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        key, now = (record.name, str(record.msg), record.exc_info and record.exc_info[0]), monotonic()
        last, kept_back = self._said.get(key, (0.0, 0))
        if last and now - last < self._seconds:
            self._said[key] = last, kept_back + 1
            return False
        self._said[key] = now, 0
        if kept_back:
            record.msg = f"{record.msg} (and {kept_back} more since the last such line)"
        return True


CONFIGURATION = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}, "json": {"format": "%(message)s"}},
    "filters": {"seldom": {"()": Seldom}},
    "handlers": {
        "error": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["seldom"],
            "stream": "ext://sys.stderr",
        },
        "access": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"},
    },
    "root": {"level": "WARNING", "handlers": ["error"]},
    "loggers": {
        "app.access": {"level": "INFO", "handlers": ["access"], "propagate": False},
        "app.server": {"level": "INFO"},
        "uvicorn.error": {"level": "INFO"},
    },
}
