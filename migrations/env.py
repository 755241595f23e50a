"""Alembic's entry: `alembic upgrade head` with DATABASE_URL, or on a connection that the caller hands over."""

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlmodel import SQLModel

from app.db import tables  # fills SQLModel.metadata
from app.settings import Invalid, Settings
from migrations.writing import writing


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_server_default=True,
        include_object=tables.is_declared,
    )
    with context.begin_transaction():
        context.run_migrations()


if connection := context.config.attributes.get("connection"):
    run(connection)
else:
    try:
        with writing(Settings.from_environment().database_url, afresh=False) as write:
            run(write())
    except Invalid as error:
        raise CommandError(str(error)) from None  # which the command says in one line
