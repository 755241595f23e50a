"""Name the errors that reading a database raises. `app.http` turns them into problems."""

from pathlib import Path


class Empty(Exception):
    """Raised if the database holds no edition; `python -m seed` writes one."""


class Missing(Exception):
    """Raised if the SQLite file does not exist; a server must not create an empty one."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: no such file; make it with `python -m seed`")


class DatabaseUnavailable(Exception):
    """Raised if the database fails or does not answer in time; its text is the class of the fault, without secrets."""


class EditionChanged(Exception):
    """Raised if the database holds another edition than the one a request was understood with: it begins anew."""
