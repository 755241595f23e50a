"""Rows that were checked, kept aside until they are written: a million of them need no memory."""

import hashlib
import io
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile

import orjson
import zstandard
from sqlmodel import SQLModel

from app.db import tables
from seed.records import Record

IN_MEMORY = 8 * 2**20
"""Bytes, compressed, that are kept in memory; what is more goes to a file without a name."""


class Spool:
    """Written once, then read as often as one likes."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # closed with the spool
        self._writer = zstandard.ZstdCompressor(level=1).stream_writer(self._file, closefd=False)
        self._digest = hashlib.sha256()

    def __del__(self) -> None:
        self._file.close()

    def add(self, record: Record) -> None:
        line = orjson.dumps((record.table.__tablename__, record.values), option=orjson.OPT_APPEND_NEWLINE)
        self._digest.update(line)
        if record.table is not tables.DatasetRow:
            self._writer.write(line)

    def version(self) -> str:
        """A digest of all that was added; ends the writing."""
        self._writer.close()  # type: ignore[no-untyped-call]  # the stubs have no types here
        return self._digest.hexdigest()[:16]

    def __iter__(self) -> Iterator[Record]:
        models: dict[str, type[SQLModel]] = {str(each.__tablename__): each for each in MODELS}
        self._file.seek(0)
        reader = zstandard.ZstdDecompressor().stream_reader(self._file, closefd=False)
        for line in io.BufferedReader(reader, 2**20):
            name, values = orjson.loads(line)
            yield Record(models[name], values)


MODELS = (
    tables.PrefectureRow,
    tables.ProgramRow,
    tables.SubcategoryRow,
    tables.RegionRow,
    tables.RegionPrefectureRow,
    tables.RegionTextRow,
    tables.CorrectionRow,
    tables.RegionCorrectionRow,
    tables.ChangeRow,
)
