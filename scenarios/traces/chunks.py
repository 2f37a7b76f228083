"""A trace file, CSV, CSV.gz or Parquet, as chunks of columns: streamed, and never wholly in memory as text.

What a file is, is told by its first bytes. No cell is interpreted here.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
from numpy.typing import NDArray

from catalog.findings import Code, Finding, InputRejected, Location
from catalog.reading_text import other_than_utf8
from scenarios.traces.columns import Column, Header, read_header
from scenarios.traces.slips import Slip, Slips

ROW_LIMIT = 50_000_000
_BLOCK_BYTES = 8 * 1024 * 1024
_BATCH_ROWS = 500_000
_HEADER_LIMIT_BYTES = 64 * 1024
_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a file: the columns that are read, by their role, and each row's number."""

    rows: NDArray[np.int64]
    columns: dict[str, Any]
    """Arrow arrays: bytes as they stand in a CSV, or typed values of a Parquet file."""

    def without_blank_rows(self) -> "Chunk":
        """The rows in which some cell that is read has content."""
        if any(not pa.types.is_binary(column.type) for column in self.columns.values()):
            return self
        blank = np.ones(len(self.rows), dtype=bool)
        for column in self.columns.values():
            blank &= pc.equal(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
        if not blank.any():
            return self
        kept = pa.array(~blank)
        return Chunk(self.rows[~blank], {role: column.filter(kept) for role, column in self.columns.items()})


@contextmanager
def opened(path: Path) -> Iterator[tuple[Header, Iterator[Chunk], Slips]]:
    """The header of a trace and its chunks, to be read once; InputRejected if it is no such file."""
    slips = Slips(path.name)
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if start == _PARQUET:
            with parquet.ParquetFile(path) as table:
                yield _parquet(path.name, table, slips)
        else:
            with pa.input_stream(path, compression="gzip" if start[:2] == _GZIP else None) as stream:
                yield _csv(path.name, stream, slips)
    except FileNotFoundError:
        raise _rejected(path.name, Code.NO_FILE, "no such file", "a trace", "check its name") from None
    except IsADirectoryError:
        raise _rejected(path.name, Code.UNREADABLE, "a folder", "a file", "name the file in it") from None
    except (OSError, EOFError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        hint = "fetch or export the file again"
        raise _rejected(path.name, Code.UNREADABLE, reason, "a file that can be read to its end", hint) from error


def _rejected(file: str, code: Code, found: str, expected: str, hint: str) -> InputRejected:
    return InputRejected([Finding(code, Location(file), found, expected, hint)])


def _headed(file: str, names: Sequence[str]) -> Header:
    findings: list[Finding] = []
    header = read_header(file, names, findings)
    if findings:
        raise InputRejected(findings)
    return header


def _parquet(file: str, table: Any, slips: Slips) -> tuple[Header, Iterator[Chunk], Slips]:
    names = [str(name) for name in table.schema_arrow.names]
    return (header := _headed(file, names)), _parquet_chunks(file, table, header), slips


def _parquet_chunks(file: str, table: Any, header: Header) -> Iterator[Chunk]:
    first = 1
    for batch in table.iter_batches(_BATCH_ROWS, columns=[column.name for column in header.columns]):
        columns = {column.role: batch.column(column.name) for column in header.columns}
        yield Chunk(np.arange(first, first + batch.num_rows), columns)
        first += batch.num_rows
        _refuse_too_many(file, first - 1)


def _csv(file: str, stream: Any, slips: Slips) -> tuple[Header, Iterator[Chunk], Slips]:
    """The header line is read apart, as every cell is to be taken as it stands."""
    raw = io.BufferedReader(stream, _BLOCK_BYTES)
    line = raw.readline(_HEADER_LIMIT_BYTES)
    names = _header_names(file, line)
    header = _headed(file, names)
    return header, _csv_chunks(raw, names, header.columns, slips), slips


def _header_names(file: str, line: bytes) -> list[str]:
    refusal = other_than_utf8(line, Location(file))
    if refusal is not None:
        raise InputRejected([refusal])
    try:
        text = line.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError:
        raise _rejected(file, Code.ENCODING, "bytes that are no UTF-8", "UTF-8 text", "save it as UTF-8") from None
    if "\r" in text:
        hint = "save the file with LF or CRLF line ends"
        raise _rejected(file, Code.LINE_ENDS, "line ends CR only", "line ends LF or CRLF", hint)
    if not text.strip():
        hint = "check the export; a trace has a header and a row for each request"
        raise _rejected(file, Code.EMPTY, "no header in row 1", "a header and rows", hint)
    return next(csv.reader([text]))


def _csv_chunks(raw: Any, names: Sequence[str], columns: Sequence[Column], slips: Slips) -> Iterator[Chunk]:
    ragged: list[int] = []

    def refuse(row: Any) -> str:
        ragged.append(row.number + 1)
        expected = f"{row.expected_columns} cells, as the header has"
        hint = "complete the row, or put quotes around a cell that holds a comma"
        slips.add([Slip(Code.RAGGED, row.number + 1, "", f"{row.actual_columns} cells", expected, hint)])
        return "skip"

    places = [str(index) for index in range(len(names))]
    wanted = [str(column.index) for column in columns]
    try:
        batches = arrow_csv.open_csv(
            raw,
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES, column_names=places),
            parse_options=arrow_csv.ParseOptions(
                invalid_row_handler=refuse, ignore_empty_lines=False, newlines_in_values=True
            ),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=wanted, column_types={place: pa.binary() for place in places}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return
        raise
    read = 0
    for batch in batches:
        rows = _row_numbers(read, batch.num_rows, ragged)
        yield Chunk(rows, {column.role: batch.column(str(column.index)) for column in columns})
        read += batch.num_rows
        _refuse_too_many(slips.file, read)


def _row_numbers(read: int, count: int, ragged: Sequence[int]) -> NDArray[np.int64]:
    """Numbers of the next rows, which skip those that had too few or too many cells; the header is row 1."""
    kept = np.arange(read + 2, read + 2 + count)
    left_out = np.array(ragged, dtype=np.int64)
    return kept + np.searchsorted(left_out - np.arange(len(left_out)), kept, side="right")


def _refuse_too_many(file: str, rows: int) -> None:
    if rows > ROW_LIMIT:
        hint = "cut it into parts, or take every n-th request and say so"
        raise _rejected(file, Code.TOO_MANY_ROWS, f"more than {ROW_LIMIT:,} rows", f"at most {ROW_LIMIT:,}", hint)
