"""Keep checked rows in a compressed temporary file until they are written: a million rows need no memory."""

import hashlib
import io
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile

import orjson
import zstandard

from app.db import tables
from seed.records import MODELS, Record

IN_MEMORY = 8 * 2**20
"""Compressed bytes that are kept in memory; a file without a name takes more."""


class Spool:
    """Rows in the order in which they were added: written once, read any number of times. Dates come back as text."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # closed with the spool
        self._writer = zstandard.ZstdCompressor(level=1).stream_writer(self._file, closefd=False)
        self._digest = hashlib.sha256()

    def __del__(self) -> None:
        self._file.close()

    def add(self, record: Record) -> None:
        """Append a row. The data set's own row counts for the version only: `store` writes it."""
        line = orjson.dumps((record.table.__tablename__, record.values), option=orjson.OPT_APPEND_NEWLINE)
        self._digest.update(line)
        if record.table is not tables.DatasetRow:
            self._writer.write(line)

    def finish(self) -> str:
        """End the writing and return the version: 16 hexadecimal digits of the SHA-256 of every row."""
        self._writer.close()  # type: ignore[no-untyped-call]  # the stubs have no types here
        return self._digest.hexdigest()[:16]

    def __iter__(self) -> Iterator[Record]:
        self._file.seek(0)
        reader = zstandard.ZstdDecompressor().stream_reader(self._file, closefd=False)
        for line in io.BufferedReader(reader, 2**20):
            name, values = orjson.loads(line)
            yield Record(MODELS[name], values)
