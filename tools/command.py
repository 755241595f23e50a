"""The installed command, `cluster-regions`."""

import sys
from collections.abc import Callable

from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from app.server import command as service
from app.settings import Invalid, Settings
from migrations.writing import writing
from seed import __main__ as seeding
from seed import store
from tools.static_site import __main__ as static_site

USAGE = """usage: cluster-regions COMMAND

  serve           serve; seed first
  seed            check the list and write it into the database (--help shows the options)
  migrate         bring the tables up to date; `seed` does this too
  export FOLDER   write the API as files for any web server
  openapi         print the OpenAPI description

The settings are environment variables, such as DATABASE_URL and PORT."""

Code = int | str | None
"""An exit code, or the message of an error, as `sys.exit` takes them."""


def migrate(arguments: list[str]) -> Code:
    """Bring the tables of DATABASE_URL up to date."""
    if arguments:
        return USAGE
    try:
        with writing(Settings.from_environment().database_url, afresh=False) as write:
            store.migrate(write())
    except (Invalid, CommandError, DBAPIError, OSError) as error:
        return f"nothing was changed: {error}"
    return None


COMMANDS: dict[str, Callable[[list[str]], Code]] = {
    "serve": service.run,
    "seed": seeding.main,
    "migrate": migrate,
    "export": static_site.main,
    "openapi": lambda arguments: USAGE if arguments else service.run(["--openapi"]),
}


def main() -> Code:
    """Run the command that `sys.argv` names; return what `sys.exit` takes."""
    name, *arguments = sys.argv[1:] or [""]
    if name in ("-h", "--help"):
        print(USAGE)
        return None
    if name not in COMMANDS or (name == "serve" and arguments):
        return USAGE
    return COMMANDS[name](arguments)
