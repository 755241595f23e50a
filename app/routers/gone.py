"""Respond with 410 to the id of a withdrawn record. Such an id is never used again."""

from sqlalchemy import bindparam, select
from sqlmodel import col

from app.db.session import Read
from app.db.statement import Statement
from app.db.tables import ChangeRow
from app.http import problems

_WITHDRAWAL = Statement(
    select(col(ChangeRow.position)).where(
        col(ChangeRow.action) == "withdrawn",
        col(ChangeRow.collection) == bindparam("collection"),
        col(ChangeRow.record_id) == bindparam("record_id"),
    )
)


def refuse(read: Read, collection: str, record_id: str) -> None:
    """Raise `problems.Gone` if such a record was withdrawn; return if there never was one."""
    if "\0" in record_id:
        return  # no text of PostgreSQL holds one, and it refuses to compare with it
    if read.row(_WITHDRAWAL, {"collection": collection, "record_id": record_id}):
        raise problems.Gone
