"""Make the rows of an edition: join the list and the annotations and check them against each other."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel
from sqlmodel import SQLModel

from app.db import tables
from app.japanese import fiscal_years
from app.schemas import records
from app.search import highlights
from seed import annotations, corrections, prefectures, source
from seed.annotating import Annotator
from seed.corrections import Corrections
from seed.facts import Fact
from seed.source import SourceError


class Files(NamedTuple):
    """The files that an edition is made from."""

    list: Path
    annotations: Path
    changes: Path | None = None


class Record(NamedTuple):
    """A row for a table of the database."""

    table: type[SQLModel]
    values: dict[str, Any]
    published: Mapping[str, Any] | None = None
    """What a list of the API publishes of it; `None` if the row only helps."""


MODELS: dict[str, type[SQLModel]] = {str(model.__tablename__): model for model in SQLModel.__subclasses__()}
"""Every model of `app.db.tables`, by the name of its table."""


def read(files: Files) -> Iterator[Record]:
    """Yield every row, parents before children. Rows of `DatasetRow` hold only what the files say of it.

    `SourceError` if anything is wrong, at the latest after the last row.
    """
    with annotations.opened(files.annotations) as (added, regions):
        yield from _joined(files, added, regions)


def _joined(files: Files, added: annotations.Head, regions: Iterator[annotations.Region]) -> Iterator[Record]:
    yield _of_dataset(_about(added))
    yield from (Record(tables.AreaRow, area) for area in prefectures.read_areas())
    editor = _Editor(files.annotations.name, added, regions)
    for prefecture in editor.prefectures.values():
        columns = {name: value for name, value in prefecture.items() if name != "area"}
        yield Record(tables.PrefectureRow, columns | {"area_id": prefecture["area"]["id"]}, prefecture)
    for item in source.read(files.list):
        match item:
            case source.Heading(text):
                yield _of_dataset({"title": text})
            case source.Note(text):
                yield _of_dataset({"note": text})
            case source.Program():
                yield editor.program(item)
            case source.Subcategory():
                yield editor.subcategory(item)
            case source.Row():
                yield from editor.region(item)
    yield from editor.corrections()
    editor.check_all_used()


def _of_dataset(values: dict[str, Any]) -> Record:
    return Record(tables.DatasetRow, values, values)


def _about(added: annotations.Head) -> dict[str, Any]:
    return {
        "publisher": added.publisher,
        "modified": added.modified,
        **{name: _value(getattr(added, name)) for name in ("publisher_en", "title_en", "note_en")},
        "point_rules": [rule.model_dump() for rule in added.point_rules],
        "credits": [credit.model_dump(exclude={"id"}) for credit in added.credits],
    }


def _value(fact: Fact[str] | None) -> str | None:
    return fact.value if fact else None


class _Editor:
    """Joins to each printed item what `annotations.json` adds to it."""

    def __init__(self, file_name: str, added: annotations.Head, regions: Iterator[annotations.Region]) -> None:
        self._file_name = file_name
        self._added = added
        self._unused: dict[str, dict[Any, Any]] = {
            "programs": self._by("programs", "name", added.programs),
            "subcategories": self._by("subcategories", "label", added.subcategories),
            "regions": {},
        }
        self._regions = regions
        self._numbers: set[int] = set()
        self._by("programs", "id", added.programs)
        self._by("subcategories", "id", added.subcategories)
        self._by("corrections", "id", added.corrections)
        self._subcategories: dict[str, annotations.Subcategory] = {}
        self._programs: dict[str, annotations.Program] = {}
        self._titled: dict[str, bool] = {}
        self._corrections = Corrections(added.corrections, self._source_error)
        self.prefectures = prefectures.read()
        self._annotator = Annotator(added, self.prefectures, self._source_error)

    def program(self, printed: source.Program) -> Record:
        program = self._take("programs", printed.name)
        self._programs[printed.name] = program
        published = {
            "id": program.id,
            "name": program.name,
            "name_en": program.name_en.value,
            "purpose": printed.purpose,
            "purpose_en": _value(program.purpose_en),
        }
        return Record(tables.ProgramRow, published | {"position": len(self._programs)}, published)

    def subcategory(self, printed: source.Subcategory) -> Record:
        subcategory = self._take("subcategories", printed.label)
        self._subcategories[printed.label] = subcategory
        program = self._programs[printed.program]
        content = {
            "id": subcategory.id,
            "name": printed.name,
            "label": printed.label,
            "label_en": subcategory.label_en.value,
            "corrections": corrections.published(self._corrections.of_label(subcategory.id)),
        }
        columns = {"program_id": program.id, "position": len(self._subcategories)}
        published = {"program": {"id": program.id, "name": program.name}}
        return Record(tables.SubcategoryRow, content | columns, content | published)

    def region(self, row: source.Row) -> Iterator[Record]:
        self._read_until(row.number)
        region = self._take("regions", row.number)
        title, theme = self._split(row, region)
        program = self._programs[row.subcategory.program]
        subcategory = self._subcategories[row.subcategory.label]
        printed = {"name": row.name, "title": title or "", "subcategory": row.subcategory.label}
        corrected = self._corrections.of_region(row.number, subcategory.id, printed)
        region_record = {
            "number": row.number,
            "name": row.name,
            "program": {"id": program.id, "name": program.name},
            "subcategory": {"id": subcategory.id, "name": row.subcategory.name, "label": row.subcategory.label},
            "fiscal_year_start": row.fiscal_year_start,
            "fiscal_year_end": row.fiscal_year_end,
            "fiscal_years_label": row.fiscal_years_label,
            "period": {
                "start": fiscal_years.start(row.fiscal_year_start).isoformat(),
                "end": fiscal_years.end(row.fiscal_year_end).isoformat(),
            },
            "title": title,
            "theme": theme,
            "source": {"page": row.page, "page_label": row.page_label, "row": row.row},
            "annotations": self._annotator.annotate(region, corrected),
            "matches": [],
            "links": {"self": f"/v1/regions/{row.number}"},
        }
        document = records.Region.model_validate(region_record).model_dump_json()
        yield Record(
            tables.RegionRow,
            {
                "number": row.number,
                "row": row.row,
                "name": row.name,
                "program_id": program.id,
                "subcategory_id": subcategory.id,
                "fiscal_year_start": row.fiscal_year_start,
                "fiscal_year_end": row.fiscal_year_end,
                "title": title,
                "theme": theme,
                "page": row.page,
                "document": document,
            },
            region_record,
        )
        for code in region.prefectures.value:
            yield Record(tables.RegionPrefectureRow, {"region_number": row.number, "prefecture_code": code})
        yield Record(tables.RegionTextRow, {"number": row.number} | highlights.folded(region_record))

    def corrections(self) -> Iterator[Record]:
        for position, correction in enumerate(self._added.corrections, 1):
            content = correction.model_dump(exclude={"regions", "subcategory"})
            columns = {"position": position, "subcategory_id": correction.subcategory}
            applies_to = {"subcategory": correction.subcategory, "regions": correction.regions}
            yield Record(tables.CorrectionRow, content | columns, content | {"applies_to": applies_to})
        for number, id_ in self._corrections.applied:
            yield Record(tables.RegionCorrectionRow, {"region_number": number, "correction_id": id_})

    def _read_until(self, number: int | None) -> None:
        """Read annotations until those of the region are there. In the order of the list none has to be kept."""
        waiting = self._unused["regions"]
        while number not in waiting and (region := next(self._regions, None)):
            if region.number in self._numbers:
                raise self._source_error(f"regions → {region.number}", "a second entry", "one with this number")
            self._numbers.add(region.number)
            waiting[region.number] = region

    def check_all_used(self) -> None:
        self._read_until(None)
        for kind, left in self._unused.items():
            for key in left:
                raise self._source_error(f"{kind} → {key}", str(key), "something that the list prints")
        self._corrections.check_all_used()

    def _by(self, kind: str, name: str, entries: Sequence[BaseModel]) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for entry in entries:
            if (key := getattr(entry, name)) in found:
                raise self._source_error(f"{kind} → {key}", "a second entry", f"one with this {name}")
            found[key] = entry
        return found

    def _take(self, kind: str, key: str | int) -> Any:
        try:
            return self._unused[kind].pop(key)
        except KeyError:
            raise self._source_error(kind, "nothing", f"an entry for “{key}”") from None

    def _split(self, row: source.Row, region: annotations.Region) -> tuple[str | None, str]:
        where = f"regions → {row.number} → title"
        titled = self._titled.setdefault(row.subcategory.program, region.title is not None)
        if titled != (region.title is not None):
            raise self._source_error(
                where, region.title or "no title", "titles in all regions of a programme or in none"
            )
        if region.title is None:
            return None, row.text
        theme = row.text.removeprefix(f"{region.title} ")
        if theme in (row.text, ""):
            raise self._source_error(where, region.title, f"the beginning of “{row.text}”")
        if fault := source.find_fault(theme):  # so far it was checked only together with the title
            raise self._source_error(where, *fault)
        return region.title, theme

    def _source_error(self, where: str, found: str, expected: str) -> SourceError:
        return SourceError(f"{self._file_name} → {where}", found, expected)
