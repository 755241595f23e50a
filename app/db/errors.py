"""What a database that cannot be read raises."""


class Empty(Exception):
    """Raised if the database holds no edition; `python -m seed` writes one."""


class Missing(Exception):
    """Raised if the SQLite file does not exist; a server must not create an empty one."""
