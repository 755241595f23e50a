"""The edition being served: the data set's version, and the names that parameters may use for what is in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

from sqlalchemy import Connection, func, select
from sqlmodel import col

from app.db.tables import AreaRow, DatasetRow, PrefectureRow, ProgramRow, RegionCountRow, SubcategoryRow
from app.japanese.folding import fold


@dataclass(frozen=True)
class Names:
    """Ids, which are taken literally, with their labels; and words for them, which are compared as a search does."""

    labels: Mapping[str, Mapping[str, str]]
    words: Mapping[str, str]
    suggestions: Mapping[str, str]
    """What a mistyped value may have been meant to be: ids and words, folded, with their ids or the name of a group."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Words that stand for several ids."""

    @classmethod
    def of(cls, entries: Iterable[tuple[str, str, str, Iterable[str]]]) -> Self:
        """Build the names from tuples of id, Japanese label, English label and further words for the id."""
        labels: dict[str, Mapping[str, str]] = {}
        words: dict[str, str] = {}
        for id_, ja, en, more in entries:
            labels[id_] = {"ja": ja, "en": en}
            words |= {fold(word): id_ for word in (ja, *more)}
        return cls(labels, words, {fold(id_): id_ for id_ in labels} | words)

    def grouped(self, groups: Iterable[tuple[str, Iterable[str], tuple[str, ...]]]) -> Self:
        """Return the same with groups, tuples of name, further words and ids. A word of one id keeps its meaning."""
        named = {fold(word): (name, ids) for name, more, ids in groups for word in (name, *more)}
        found = {word: ids for word, (_, ids) in named.items() if word not in self.words}
        meant = {**{word: name for word, (name, _) in named.items()}, **self.suggestions}
        return replace(self, groups=found, suggestions=meant)


@dataclass(frozen=True)
class Edition:
    version: str
    modified: date
    programs: Names
    subcategories: Names
    prefectures: Names
    fiscal_years: tuple[int, ...]
    """Those in which a region was active."""
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
        subcategories = connection.execute(
            select(col(SubcategoryRow.id), col(SubcategoryRow.label), col(SubcategoryRow.label_en)).order_by(
                col(SubcategoryRow.position)
            )
        )
        prefectures = connection.execute(
            select(
                col(PrefectureRow.code),
                col(PrefectureRow.name),
                col(PrefectureRow.name_en),
                col(PrefectureRow.name_kana),
            ).order_by(col(PrefectureRow.code))
        )
        of_areas = connection.execute(
            select(col(PrefectureRow.area_id), col(PrefectureRow.code)).order_by(col(PrefectureRow.code))
        ).all()
        areas = connection.execute(
            select(col(AreaRow.id), col(AreaRow.name), col(AreaRow.name_en), col(AreaRow.other_names))
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
            Names.of((*row, ()) for row in programs),
            Names.of((*row, ()) for row in subcategories),
            Names.of((code, ja, en, _prefecture_words(ja, en, kana)) for code, ja, en, kana in prefectures).grouped(
                (ja, (id_, en, *others), tuple(code for area, code in of_areas if area == id_))
                for id_, ja, en, others in areas
            ),
            tuple(sorted({year for first, last, _ in spans for year in range(first, last + 1)})),
            int(sum(total for _, _, total in spans)),
        )


def _prefecture_words(name: str, english: str, kana: str) -> list[str]:
    """With and without 都, 府 or 県, which 北海道 does not have."""
    ending = {"都": "と", "府": "ふ", "県": "けん"}.get(name[-1], "")
    short = [name[:-1], kana.removesuffix(ending)] if ending else []
    return [english, kana, *short]
