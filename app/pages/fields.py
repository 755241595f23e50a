"""What is shown of a region: `fields.js`, which the dialog of the explorer reads as well."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from app.http.messages import Language
from app.pages import layout

FIELDS: list[dict[str, Any]] = layout.read_shared("fields.js")

Record = Mapping[str, Any]
Text = tuple[str, str]
"""A text and its language (BCP 47)."""

_ADDED = "annotations."


class Entry(NamedTuple):
    """A field as it is shown."""

    label: str
    texts: list[Text]
    english: str
    """What stands beside a printed text on an English page; empty if nothing does."""
    detail: str
    """Further facts of it, which need no language; empty if there are none."""
    status: str
    """`editorial` or `confirmed`; empty for what is printed."""


def printed(region: Record, language: Language) -> list[Entry]:
    """Return what the list prints; fields without a value are left out."""
    return [*_entries(region, language, added=False)]


def added(region: Record, language: Language) -> list[Entry]:
    """Return the annotations; fields without a value are left out."""
    return [*_entries(region, language, added=True)]


def in_language(record: Record, key: str, language: Language) -> Text:
    """Return the English text of a record where the page is English and there is one, else the Japanese."""
    if language == "en" and record.get(f"{key}_en"):
        return record[f"{key}_en"], "en"
    return record[key], "ja"


def label(path: str, language: Language) -> str | None:
    """Return how a field is called on pages, given its path, one in it or one around it; `None` if it is not shown."""
    named = (
        each for each in FIELDS if f"{path}.".startswith(f"{each['path']}.") or each["path"].startswith(f"{path}.")
    )
    return next((each["label"][language] for each in named), None)


def _entries(region: Record, language: Language, *, added: bool) -> Iterator[Entry]:
    for field in FIELDS:
        path = field["path"]
        value = _at(region, path)
        if path.startswith(_ADDED) != added or field.get("kind") == "heading" or value in (None, []):
            continue
        editorial = path.removeprefix(_ADDED) in region["annotations"]["editorial"]
        yield Entry(
            label=field["label"][language],
            texts=_texts(value, field, language),
            english=(_at(region, field["english"]) or "") if language == "en" and "english" in field else "",
            detail="{start} – {end}".format_map(region["period"]) if field.get("kind") == "years" else "",
            status=("editorial" if editorial else "confirmed") if added else "",
        )


def _texts(value: Any, field: Record, language: Language) -> list[Text]:
    if field.get("kind") == "source":
        return [(layout.WORDS[language]["place"].format_map(value), language)]
    return [
        (each, field.get("lang", language)) if isinstance(each, str) else in_language(each, "name", language)
        for each in (value if isinstance(value, list) else [value])
    ]


def _at(record: Record, path: str) -> Any:
    value: Any = record
    for key in path.split("."):
        value = value[key]
    return value
