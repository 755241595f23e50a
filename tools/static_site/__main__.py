"""`python -m tools.static_site FOLDER`: write the API as files for any web server (DATABASE_URL, PUBLIC_BASE_URL)."""

import argparse
import sys
from pathlib import Path

import anyio

from app.db.errors import Missing
from app.settings import Invalid, Settings
from tools.static_site import asking, tree


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m tools.static_site", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to; what is there already stays, old versions too")
    options = parser.parse_args(arguments)
    try:
        count = anyio.run(tree.write, Settings.from_environment(), options.folder)
    except (Invalid, Missing, asking.Refused, OSError) as error:
        print(f"the tree is not complete: {error}", file=sys.stderr)
        return 1
    print(f"{count} files and their manifest are in {options.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
