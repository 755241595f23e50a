"""The commands of `python -m app`."""

import json
import os
import sys

from app import main
from app.db.database import Database
from app.db.errors import Missing
from app.server import logging, startup_checks, supervisor
from app.settings import Invalid, Settings

USAGE = "usage: `python -m app`: serve. `python -m app --openapi`: print the OpenAPI description."


def run(arguments: list[str]) -> str | None:
    """Serve until a signal stops the process, which this ends itself, or print the description.

    Return the message of an error that prevents it, for `sys.exit`.
    """
    try:
        if arguments == ["--openapi"]:
            _print_openapi()
            return None
        if arguments:
            return USAGE
        settings = Settings.from_environment()
        logging.open_closed_descriptors()
        code = supervisor.run(settings, startup_checks.check(settings))
    except (Invalid, Missing) as error:
        return str(error)
    logging.finish()
    os._exit(code)  # not `sys.exit`, which would wait for a thread that hangs in the database


def _print_openapi() -> None:
    settings = Settings()
    document = main.create_api(settings, Database(settings)).openapi()
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
