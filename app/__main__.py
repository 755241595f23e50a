"""`python -m app`: serve. `python -m app --openapi`: print the OpenAPI description."""

import json
import sys

import uvicorn

from app import main
from app.database import Database, Missing
from app.settings import Invalid, Settings
from app.wire import Protocol

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}, "json": {"format": "%(message)s"}},
    "handlers": {
        "error": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"},
        "access": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"},
    },
    "root": {"level": "WARNING", "handlers": ["error"]},
    "loggers": {
        "app.access": {"level": "INFO", "handlers": ["access"], "propagate": False},
        "uvicorn.error": {"level": "INFO"},
    },
}


def serve(settings: Settings) -> None:
    Database(settings).require_file()  # says so in one line, before any worker starts
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        http=Protocol,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        server_header=False,
        access_log=False,  # `access` writes its own
        log_config=LOGGING,
    )


def print_openapi() -> None:
    settings = Settings()
    document = main.create_api(settings, Database(settings)).openapi()
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["--openapi"]:
            print_openapi()
        elif sys.argv[1:]:
            sys.exit(f"usage: {__doc__}")
        else:
            serve(Settings.from_environment())
    except (Invalid, Missing) as error:
        sys.exit(str(error))
