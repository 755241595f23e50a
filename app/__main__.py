"""`python -m app`: serve. `python -m app --openapi`: print the OpenAPI description."""

import gc
import sys

gc.disable()  # to look for garbage takes a quarter of a start, which makes nearly none; `server.supervisor` enables it

from app.server.command import run  # noqa: E402  # most of the start, so it comes after `disable`

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
