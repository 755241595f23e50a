"""The edition being served: the data set's version, and the names that parameters may use for what is in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple, Self

from sqlalchemy import Connection, func, select
from sqlmodel import col

from app.db.tables import (
    AreaRow,
    CorrectionRow,
    DatasetRow,
    PrefectureRow,
    ProgramRow,
    RegionCountRow,
    SubcategoryRow,
)
from app.japanese.folding import fold


class Group(NamedTuple):
    """Several ids that have a name together."""

    labels: Mapping[str, str]
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """Ids with their labels, and words for them, which are compared as a search does."""

    labels: Mapping[str, Mapping[str, str]]
    words: Mapping[str, str]
    """The ids by folded name: what parameters accept."""

    meanings: Mapping[str, str]
    """`words`, and what only hints and suggestions accept: folded ids, parts of names, names with each word once."""

    groups: Mapping[str, Group] = field(default_factory=dict)
    """The groups by folded name; no such name is in `words`."""

    @classmethod
    def of(cls, entries: Iterable[tuple[str, str, str, Iterable[str]]], parts: Iterable[tuple[str, str]] = ()) -> Self:
        """Build the names from tuples of id, Japanese label, English label and further names for the id.

        `parts` are of id and a part of its names.
        """
        rows = [*entries]
        labels = {id_: {"ja": ja, "en": en} for id_, ja, en, _ in rows}
        further = {fold(word): id_ for id_, _, _, more in rows for word in more}
        words = further | {fold(label): id_ for id_, own in labels.items() for label in own.values()}
        ids = {fold(id_): id_ for id_ in labels}
        once = {_each_word_once(label): id_ for id_, own in labels.items() for label in own.values()}
        return cls(labels, words, {fold(part): id_ for id_, part in parts} | once | ids | words)

    @cached_property
    def suggestions(self) -> Mapping[str, str]:
        """Map folded words to the value that a mistyped one may have meant: an id, or the name of a group."""
        return {word: group.labels["ja"] for word, group in self.groups.items()} | {**self.meanings}


def _each_word_once(name: str) -> str:
    """Return the folded words of a name together, as a search has them for its terms: none of them twice."""
    return "".join(dict.fromkeys(map(fold, name.split())))


@dataclass(frozen=True, eq=False)
class Edition:
    version: str
    modified: date
    names: Mapping[str, Names]
    """What parameters accept, by parameter: `type`, `subcategory`, `prefecture`."""
    fiscal_years: tuple[int, ...]
    """The fiscal years in which a region was active."""
    regions: int

    @classmethod
    def load(cls, connection: Connection) -> Self | None:
        """Return the edition that the database holds, or `None` if it holds none."""
        dataset = connection.execute(select(col(DatasetRow.version), col(DatasetRow.modified))).one_or_none()
        if dataset is None:
            return None
        programs = connection.execute(
            select(col(ProgramRow.id), col(ProgramRow.name), col(ProgramRow.name_en)).order_by(col(ProgramRow.position))
        )
        spans = connection.execute(
            select(
                col(RegionCountRow.fiscal_year_start),
                col(RegionCountRow.fiscal_year_end),
                func.sum(col(RegionCountRow.regions)),
            )
            .where(col(RegionCountRow.prefecture_code) == "")
            .group_by(col(RegionCountRow.fiscal_year_start), col(RegionCountRow.fiscal_year_end))
        ).all()
        return cls(
            dataset.version,
            dataset.modified,
            {
                "type": Names.of((*row, ()) for row in programs),
                "subcategory": _subcategories(connection),
                "prefecture": _prefectures(connection),
            },
            tuple(sorted({year for first, last, _ in spans for year in range(first, last + 1)})),
            int(sum(total for _, _, total in spans)),
        )


def _subcategories(connection: Connection) -> Names:
    """Return the names of the subcategories. Corrected labels are names too; what a label has in brackets is a part.

    An English part counts only if it has several words: `General` alone occurs in any text.
    """
    rows = connection.execute(
        select(
            col(SubcategoryRow.id), col(SubcategoryRow.name), col(SubcategoryRow.label), col(SubcategoryRow.label_en)
        ).order_by(col(SubcategoryRow.position))
    ).all()
    corrections = connection.execute(
        select(col(CorrectionRow.subcategory_id), col(CorrectionRow.corrected), col(CorrectionRow.likely)).where(
            col(CorrectionRow.subcategory_id).is_not(None)
        )
    ).all()
    entries = ((id_, ja, en, [label for other, label, _ in corrections if other == id_]) for id_, _, ja, en in rows)
    parts = [(id_, name) for id_, name, _, _ in rows] + [(str(id_), likely) for id_, _, likely in corrections]
    english = [(id_, en.partition("(")[2].rstrip(")")) for id_, _, _, en in rows]
    return Names.of(entries, parts + [(id_, part) for id_, part in english if " " in part])


def _prefectures(connection: Connection) -> Names:
    """Return the names of the prefectures, and of the areas; that of a single prefecture is a name of it."""
    rows = connection.execute(
        select(
            col(PrefectureRow.code),
            col(PrefectureRow.name),
            col(PrefectureRow.name_en),
            col(PrefectureRow.name_kana),
        ).order_by(col(PrefectureRow.code))
    ).all()
    areas = _areas(connection)
    single = [(group.ids[0], word) for word, group in areas.items() if len(group.ids) == 1]
    names = Names.of(
        (
            (code, ja, en, [*_prefecture_words(ja, kana), *(word for other, word in single if other == code)])
            for code, ja, en, kana in rows
        ),
        [(code, f"{en} Prefecture") for code, _, en, _ in rows],
    )
    return replace(names, groups={word: group for word, group in areas.items() if len(group.ids) > 1})


def _areas(connection: Connection) -> dict[str, Group]:
    """Return the areas of Japan by their folded names, each with and without 地方, 地域 or Region after it."""
    prefectures = connection.execute(
        select(col(PrefectureRow.area_id), col(PrefectureRow.code)).order_by(col(PrefectureRow.code))
    ).all()
    areas = connection.execute(
        select(col(AreaRow.id), col(AreaRow.name), col(AreaRow.name_en), col(AreaRow.other_names))
    )
    found: dict[str, Group] = {}
    for id_, ja, en, others in areas:
        group = Group({"ja": ja, "en": en}, tuple(code for area, code in prefectures if area == id_))
        names = {name.removesuffix("地方") for name in (ja, en, *others)}
        found |= {fold(name + ending): group for name in names for ending in ("", "地方", "地域", "Region")}
    return found


def _prefecture_words(name: str, kana: str) -> list[str]:
    """Return the names with and without 都, 府 or 県, which 北海道 does not have."""
    ending = {"都": "と", "府": "ふ", "県": "けん"}.get(name[-1], "")
    short = [name[:-1], kana.removesuffix(ending)] if ending else []
    return [kana, *short]
