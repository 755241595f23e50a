"""Choose what the page of a region and the dialog of the explorer show, in the order of `fields.json`.

Keys of an entry there, besides `path` and `label`: `lang`, the language of the text (without it: that of the page);
`kind`, how the value is written; `english`, the path of the translation that an English page shows beside the printed
text, if there is one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from app.http.messages import Language
from app.pages import layout

FIELDS: list[dict[str, Any]] = layout.read_json("fields.json")

Record = Mapping[str, Any]
Text = tuple[str, str]
"""A text and its language (BCP 47)."""

_ADDED = "annotations."
_SHARED = "subcategory."


class Entry(NamedTuple):
    """A field as it is shown."""

    label: str
    texts: list[Text]
    english: str
    """The translation beside a printed text on an English page; empty if there is none."""
    detail: str
    """Further facts of it, in the language of the page; empty if there are none."""
    status: str
    """`editorial` or `confirmed`; empty for what is printed."""
    source: str
    """A data set that it was taken from; empty if there is none."""
    evidence: list[int]
    """Places of the pages that confirm it in `annotations.evidence`, counted from 1."""


def printed(region: Record, language: Language) -> list[Entry]:
    """Return what the list prints; fields without a value are left out."""
    return [_entry(field, region, language) for field in _shown(region, added=False)]


def added(region: Record, language: Language, point_rules: Sequence[Record]) -> list[Entry]:
    """Return the annotations; fields without a value are left out. `point_rules` are those of the data set."""
    entries = []
    for field in _shown(region, added=True):
        key, annotations = field["path"].removeprefix(_ADDED), region["annotations"]
        entry = _entry(field, region, language)
        if known := next((each for each in annotations["provenance"] if key in each["fields"]), None):
            places = [annotations["evidence"].index(url) + 1 for url in known["evidence"]]
            entry = entry._replace(status=known["status"], source=known["source"] or "", evidence=places)
        if field.get("kind") == "point":
            rule = next(each for each in point_rules if each["rule"] == annotations["point"]["rule"])
            entry = entry._replace(detail=f"{rule['rule']}: {rule[language]}")
        entries.append(entry)
    return entries


def in_language(record: Record, key: str, language: Language) -> Text:
    """Return the English text of a record where the page is English and there is one, else the Japanese."""
    if language == "en" and record.get(f"{key}_en"):
        return record[f"{key}_en"], "en"
    return record[key], "ja"


def title(region: Record, language: Language) -> str:
    """Return how the page of a region is called: by its name, on an English page after its English one."""
    english = region["annotations"]["name_en"] if language == "en" else None
    return f"{english} {region['name']}" if english else region["name"]


def label(path: str, language: Language) -> str | None:
    """Return how a field is called on pages, given its path, one in it or one around it; `None` if it is not shown."""
    named = (
        each for each in FIELDS if f"{path}.".startswith(f"{each['path']}.") or each["path"].startswith(f"{path}.")
    )
    return next((each["label"][language] for each in named), None)


def marked(region: Record, path: str) -> Markup:
    """Return a text of a record as HTML, in which what a search has found is marked."""
    text, html, end = str(_at(region, path)), Markup(), 0
    for match in sorted((each for each in region["matches"] if each["field"] == path), key=lambda each: each["start"]):
        start = max(match["start"], end)
        if match["end"] > start:
            html += _breakable(text[end:start]) + Markup("<mark>{}</mark>").format(text[start : match["end"]])
            end = match["end"]
    return html + _breakable(text[end:])


def _breakable(text: str) -> Markup:
    """Return a text in which a line that is too narrow for a phrase ends before a word in katakana, not within it."""
    return Markup("<wbr>").join(_BEFORE_KATAKANA.split(text))


_BEFORE_KATAKANA = re.compile("(?<=[^ァ-ヿ])(?=[ァ-ヿ]{3})")


def about(region: Record, language: Language) -> str:
    """Return the path of what a cluster does, in a line: of its title, else its theme; in English translated."""
    name = "theme" if region["title"] is None else "title"
    return f"annotations.{name}_en" if language == "en" and region["annotations"].get(f"{name}_en") else name


def excerpt(region: Record, language: Language) -> str | None:
    """Return the path of the text in which a search has found something, if neither the name nor `about` shows it."""
    paths = [each["field"] for each in region["matches"]]
    return paths[0] if paths and not {"name", about(region, language)}.intersection(paths) else None


def own_misprints(region: Record) -> list[Record]:
    """Return the corrections of the region itself."""
    return [each for each in region["annotations"]["corrections"] if not each["field"].startswith(_SHARED)]


def shared_misprints(region: Record) -> list[Record]:
    """Return the corrections of the subcategory that a region shares with others."""
    return [each for each in region["annotations"]["corrections"] if each["field"].startswith(_SHARED)]


def _shown(region: Record, *, added: bool) -> Iterator[Record]:
    """Yield the fields that have a value and do not stand in the heading."""
    for field in FIELDS:
        is_wanted = field["path"].startswith(_ADDED) == added and field.get("kind") != "heading"
        if is_wanted and _at(region, field["path"]) not in (None, []):
            yield field


def _entry(field: Record, region: Record, language: Language) -> Entry:
    return Entry(
        label=field["label"][language],
        texts=_texts(_at(region, field["path"]), field, language),
        english=(_at(region, field["english"]) or "") if language == "en" and "english" in field else "",
        detail="{start} – {end}".format_map(region["period"]) if field.get("kind") == "years" else "",
        status="",
        source="",
        evidence=[],
    )


def _texts(value: Any, field: Record, language: Language) -> list[Text]:
    if field.get("kind") == "source":
        return [(layout.WORDS[language]["place"].format_map(value), language)]
    if field.get("kind") == "point":
        return [("{of[name]} ({latitude}, {longitude})".format_map(value), field["lang"])]
    if field.get("kind") == "places":
        return [("{name} ({code})".format_map(each), field["lang"]) for each in value]
    if field.get("kind") == "prefectures":
        named = ((in_language(each, "name", language), in_language(each["area"], "name", language)) for each in value)
        return [(f"{name} ({area})", its_language) for (name, its_language), (area, _) in named]
    return [(str(each), field.get("lang", language)) for each in (value if isinstance(value, list) else [value])]


def _at(record: Record, path: str) -> Any:
    value: Any = record
    for key in path.split("."):
        value = value[int(key) if key.isdecimal() else key]
    return value
