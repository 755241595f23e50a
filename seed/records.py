"""Makes the rows of an edition: joins the list and the annotations and checks them against each other."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel
from sqlmodel import SQLModel

from app.db import tables
from app.japanese import fiscal_years
from app.schemas import records
from app.search import highlights
from seed import annotations, prefectures, source
from seed.source import SourceError

_NOTHING: dict[str, Any] = dict.fromkeys(annotations.Region.model_fields.keys() - {"number", "title"})
_REGION_CORRECTION = set(records.RegionCorrection.model_fields)


class Files(NamedTuple):
    """The files that an edition is made from."""

    list: Path
    annotations: Path
    changes: Path | None = None


class Record(NamedTuple):
    """A row for a table of the database."""

    table: type[SQLModel]
    values: dict[str, Any]


MODELS: dict[str, type[SQLModel]] = {str(model.__tablename__): model for model in SQLModel.__subclasses__()}
"""Every model of `app.db.tables`, by the name of its table."""


def read(files: Files) -> Iterator[Record]:
    """Yield every row, parents before children. Rows of `DatasetRow` hold only what the files say of it.

    `SourceError` if anything is wrong, at the latest after the last row.
    """
    with annotations.opened(files.annotations) as (added, regions):
        yield from _joined(files, added, regions)


def _joined(files: Files, added: annotations.Head, regions: Iterator[annotations.Region]) -> Iterator[Record]:
    yield Record(tables.DatasetRow, {"publisher": added.publisher, "modified": added.modified})
    editor = _Editor(files.annotations.name, added, regions)
    yield from (Record(tables.PrefectureRow, values) for values in editor.prefectures.values())
    for item in source.read(files.list):
        match item:
            case source.Heading(text):
                yield Record(tables.DatasetRow, {"title": text})
            case source.Note(text):
                yield Record(tables.DatasetRow, {"note": text})
            case source.Program():
                yield editor.program(item)
            case source.Subcategory():
                yield editor.subcategory(item)
            case source.Row():
                yield from editor.region(item)
    yield from editor.corrections()
    editor.check_all_used()


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
        self._corrections: dict[int, list[annotations.Correction]] = {}
        self._label_corrections: dict[str, list[annotations.Correction]] = {}
        for correction in added.corrections:
            if correction.subcategory is not None:
                self._label_corrections.setdefault(correction.subcategory, []).append(correction)
            for number in correction.regions:
                if correction in (corrections := self._corrections.setdefault(number, [])):
                    raise self._source_error(
                        f"corrections → {correction.id}", f"region {number} again", "each region once"
                    )
                corrections.append(correction)
        self._corrected: list[tuple[int, str]] = []
        self.prefectures = prefectures.read()

    def program(self, printed: source.Program) -> Record:
        program = self._take("programs", printed.name)
        self._programs[printed.name] = program
        values = {"id": program.id, "position": len(self._programs), "purpose": printed.purpose}
        return Record(tables.ProgramRow, values | {"name": program.name, "name_en": program.name_en})

    def subcategory(self, printed: source.Subcategory) -> Record:
        subcategory = self._take("subcategories", printed.label)
        self._subcategories[printed.label] = subcategory
        return Record(
            tables.SubcategoryRow,
            {
                "id": subcategory.id,
                "program_id": self._programs[printed.program].id,
                "position": len(self._subcategories),
                "name": printed.name,
                "label": printed.label,
                "label_en": subcategory.label_en,
            },
        )

    def region(self, row: source.Row) -> Iterator[Record]:
        self._read_until(row.number)
        region = self._take("regions", row.number)
        title, theme = self._split(row, region)
        program = self._programs[row.subcategory.program]
        subcategory = self._subcategories[row.subcategory.label]
        printed = {"name": row.name, "title": title or "", "subcategory": row.subcategory.label}
        corrections = self._corrections_of(row.number, subcategory.id, printed)
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
            "annotations": self._annotations(region, corrections),
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
        )
        for code in region.prefectures.value:
            yield Record(tables.RegionPrefectureRow, {"region_number": row.number, "prefecture_code": code})
        yield Record(tables.RegionTextRow, {"number": row.number} | highlights.folded(region_record))

    def corrections(self) -> Iterator[Record]:
        for position, correction in enumerate(self._added.corrections, 1):
            values = correction.model_dump(exclude={"regions", "subcategory"})
            values |= {"position": position, "subcategory_id": correction.subcategory}
            yield Record(tables.CorrectionRow, values)
        for number, id_ in self._corrected:
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
        for number in self._corrections.keys() - {number for number, _ in self._corrected}:
            raise self._source_error("corrections", f"region {number}", "a region of the list")

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

    def _annotations(self, region: annotations.Region, corrections: list[annotations.Correction]) -> dict[str, Any]:
        facts = region.facts()
        codes = region.prefectures.value
        for code in codes:
            if code not in self.prefectures or codes.count(code) > 1:
                raise self._source_error(f"regions → {region.number} → prefectures", code, "JIS codes, each once")
        return {
            **_NOTHING,
            **{name: fact.value for name, fact in facts.items()},
            "prefectures": [
                {key: self.prefectures[code][key] for key in ("code", "name", "name_en")} for code in codes
            ],
            "editorial": [name for name, fact in facts.items() if fact.status == "editorial"],
            "evidence": sorted({url for fact in facts.values() for url in fact.evidence}),
            "corrections": [
                each.model_dump(include=_REGION_CORRECTION)
                for each in corrections
                if each.subcategory is None  # one of a label belongs to the subcategory, not to each region
            ],
        }

    def _corrections_of(self, number: int, subcategory: str, printed: dict[str, str]) -> list[annotations.Correction]:
        corrections = self._corrections.get(number, [])
        of_label = self._label_corrections.get(subcategory, [])
        for each in (*corrections, *of_label):
            if each.subcategory is not None and (each in corrections) != (each in of_label):
                found = f"region {number} {'among' if each in corrections else 'not among'} its regions"
                raise self._source_error(
                    f"corrections → {each.id}", found, f"all regions of {each.subcategory}, no others"
                )
        for each in corrections:
            whole = printed[each.field.removesuffix(" label")]
            if each.printed not in whole or whole.replace(each.printed, each.likely) != each.corrected:
                raise self._source_error(f"corrections → {each.id}", each.corrected, f"a correction of “{whole}”")
            self._corrected.append((number, each.id))
        return corrections

    def _source_error(self, where: str, found: str, expected: str) -> SourceError:
        return SourceError(f"{self._file_name} → {where}", found, expected)
