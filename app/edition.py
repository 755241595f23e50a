"""The edition being served: the data set's version, and the names that parameters may use for what is in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from sqlalchemy import Connection, select
from sqlmodel import col

from app import parameters, problems
from app.folding import fold, narrow
from app.tables import DatasetRow, PrefectureRow, ProgramRow, SubcategoryRow

VERSION = select(col(DatasetRow.version)).scalar_subquery().label("edition")
"""The column that every read carries, so that no answer mixes two editions."""


@dataclass(frozen=True)
class Names:
    """Ids, which are taken literally, and the words for them, which are compared as a search does."""

    ids: tuple[str, ...]
    words: Mapping[str, str]

    @classmethod
    def of(cls, words_by_id: Mapping[str, Iterable[str]]) -> Self:
        words = {fold(word): id_ for id_, written in words_by_id.items() for word in written}
        return cls(tuple(words_by_id), words)

    def resolve(self, written: str) -> str:
        if (id_ := narrow(written)) in self.ids:
            return id_
        if (id_ := self.words.get(fold(written), "")) in self.ids:
            return id_
        folded = {fold(known): known for known in (*self.ids, *self.words)}
        suggestion = problems.nearest(fold(written), folded)
        raise parameters.flaw(
            "not-allowed",
            self.ids,
            self.words.get(suggestion, folded[suggestion]) if suggestion else None,
            value=parameters.shown(written),
        )


@dataclass(frozen=True)
class Edition:
    version: str
    modified: date
    programs: Names
    subcategories: Names
    prefectures: Names

    @classmethod
    def load(cls, connection: Connection) -> Self | None:
        """What the database holds; `None` while it holds nothing."""
        version = connection.execute(select(col(DatasetRow.version), col(DatasetRow.modified))).one_or_none()
        if version is None:
            return None
        programs = connection.execute(
            select(col(ProgramRow.id), col(ProgramRow.name)).order_by(col(ProgramRow.position))
        )
        subcategories = connection.execute(
            select(col(SubcategoryRow.id), col(SubcategoryRow.label)).order_by(col(SubcategoryRow.position))
        )
        prefectures = connection.execute(
            select(
                col(PrefectureRow.code),
                col(PrefectureRow.name),
                col(PrefectureRow.name_en),
                col(PrefectureRow.name_kana),
            ).order_by(col(PrefectureRow.code))
        )
        return cls(
            version=version.version,
            modified=version.modified,
            programs=Names.of({id_: [name] for id_, name in programs}),
            subcategories=Names.of({id_: [label] for id_, label in subcategories}),
            prefectures=Names.of(
                {
                    code: [name, name.rstrip("都府県"), english, kana, _bare_kana(name, kana)]
                    for code, name, english, kana in prefectures
                }
            ),
        )


def _bare_kana(name: str, kana: str) -> str:
    """The reading without that of 都, 府 or 県: 京都府 is きょうと, 北海道 stays whole."""
    return kana if name.endswith("道") else kana.removesuffix({"都": "と", "府": "ふ", "県": "けん"}[name[-1]])
