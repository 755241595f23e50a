"""`python -m app`: serve. `python -m app --openapi`: print the OpenAPI description."""

import json
import os
import sys

from app import main
from app.db.database import Database
from app.db.errors import Missing
from app.server import logging, startup_checks, supervisor
from app.settings import Invalid, Settings


def serve(settings: Settings) -> int:
    """Serve until a signal ends it and return the exit code; `Invalid` or `Missing` before any worker starts."""
    logging.open_closed_descriptors()
    return supervisor.run(settings, startup_checks.check(settings))


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
            code = serve(Settings.from_environment())
            logging.finish()
            os._exit(code)  # a thread that hangs in the database must not keep the process
    except (Invalid, Missing) as error:
        sys.exit(str(error))
