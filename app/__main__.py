"""`python -m app`: serve."""

import sys

import uvicorn

from app.database import Missing
from app.settings import Invalid, Settings
from app.wire import Protocol


def main() -> int:
    try:
        settings = Settings.from_environment()
        uvicorn.run(
            "app.main:create_app",
            factory=True,
            http=Protocol,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            server_header=False,
            date_header=True,
        )
    except (Invalid, Missing) as error:
        print(error, file=sys.stderr)  # noqa: T201  # the command line's own voice
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
