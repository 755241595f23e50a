"""Names that clients may write for the records of an edition."""

from functools import partial

from app.db.edition import Names
from app.http import query_string, suggestions
from app.japanese.folding import fold, narrow


def resolve(names: Names, written: str) -> tuple[str, ...]:
    """Return the ids that a client's word stands for, of a group several; `parameter_errors.Refused` if it has none."""
    id_ = narrow(written).lower()
    if id_ in names.labels:
        return (id_,)
    word = fold(written)
    if meant := names.words.get(word):
        return (meant,)
    if group := names.groups.get(word):
        return group.ids
    raise query_string.Refused(
        "not-allowed",
        tuple(names.labels),
        partial(_nearest, names, written),
        sentence="no-name-or-area" if names.groups else "no-name",
        value=query_string.shown(written),
    )


def _nearest(names: Names, written: str) -> str | None:
    padded = narrow(written).zfill(2)  # 1 for 01
    return padded if padded in names.labels else suggestions.likely(written, names.suggestions)
