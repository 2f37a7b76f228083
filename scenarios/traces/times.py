"""Cells of a chunk -> moments. Times of one trace are all of one kind: with a zone, without one, or plain seconds.

A whole chunk is converted at once; only where that fails are its rows looked at one by one.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from catalog.findings import Code, shown
from scenarios.traces.chunks import Chunk
from scenarios.traces.columns import TIMESTAMP
from scenarios.traces.slips import Slip, Slips
from scenarios.traces.values import ROW_HINT, UNDECODED, as_text, is_text


class TimeKind(StrEnum):
    """How a time is written."""

    ZONED = "with a zone"
    LOCAL = "without a zone"
    SECONDS = "a number of seconds"


_DATE_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
_ZONE = r"Z|[+-][0-9]{2}(?::?[0-9]{2})?"
_WRITTEN = {
    TimeKind.ZONED: re.compile(f"{_DATE_TIME}(?:{_ZONE})"),
    TimeKind.LOCAL: re.compile(_DATE_TIME),
    TimeKind.SECONDS: re.compile(r"-?[0-9]{1,12}(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,2})?"),
}
_SHORTEST = len("2026-01-01 00:00")
_MOST_SECONDS = 9e9
_SECOND_NS = 1_000_000_000
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_FIRST_NS, _AFTER_NS = (int(np.datetime64(f"{year}", "ns").astype(np.int64)) for year in (_FIRST_YEAR, _LAST_YEAR + 1))


@dataclass(slots=True)
class Times:
    """The moments of a trace as they are read, in nanoseconds from 1970 or from the second 0 of the file."""

    slips: Slips
    kind: TimeKind | None = None
    """That of the first time that could be read."""
    zones: dict[str, int] = field(default_factory=dict)
    """How many times are in each zone, as it is written."""

    def read(self, chunk: Chunk) -> NDArray[np.int64]:
        """Moments of a chunk; 0 in place of what cannot be read or is of another kind than the first."""
        cells = as_text(chunk, TIMESTAMP, self.slips)
        for kind in TimeKind if self.kind is None else (self.kind,):
            moments = _all_of(kind, cells)
            if moments is not None:
                self._note(kind, cells)
                return moments
        return self._one_by_one(chunk, cells.cast(pa.string()))

    def _note(self, kind: TimeKind, cells: Any) -> None:
        self.kind = kind
        if kind is TimeKind.ZONED:
            for zone, count in _zones(cells):
                self.zones[zone] = self.zones.get(zone, 0) + count

    def _one_by_one(self, chunk: Chunk, texts: Any) -> NDArray[np.int64]:
        moments = np.zeros(len(texts), dtype=np.int64)
        good = [index for index, text in enumerate(texts.to_pylist()) if self._is_good(text, int(chunk.rows[index]))]
        if good and self.kind is not None:
            kept = texts.take(pa.array(good))
            self._note(self.kind, kept)
            moments[good] = _moments(self.kind, kept)
        return moments

    def _is_good(self, text: str, row: int) -> bool:
        """Whether it is a time of the trace's kind, which the first time decides; a slip if it is not."""
        kind = _kind_of(text)
        if kind is None and text == UNDECODED:
            return False
        if kind is None:
            found = shown(text) if text.strip() else "a blank cell"
            code = Code.TIME if text.strip() else Code.BLANK
            expected = "a date and time (2026-03-02T09:15:00Z) or a number of seconds"
            self.slips.add([Slip(code, row, TIMESTAMP, found, expected, ROW_HINT)])
            return False
        if self.kind is None:
            self.kind = kind
        if kind is not self.kind:
            hint = "write all times alike; which zone those without one are in cannot be guessed"
            expected = f"a time {self.kind}, as in the rows before it"
            self.slips.add([Slip(Code.ZONES, row, TIMESTAMP, f"{shown(text)}, {kind}", expected, hint)])
        return kind is self.kind


def _all_of(kind: TimeKind, cells: Any) -> NDArray[np.int64] | None:
    """Every cell as a moment in nanoseconds; None unless all of them are times of the kind."""
    try:
        return _moments(kind, cells)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None


def _moments(kind: TimeKind, cells: Any) -> NDArray[np.int64]:
    return _seconds(cells) if kind is TimeKind.SECONDS else _dates(kind, cells)


def _dates(kind: TimeKind, cells: Any) -> NDArray[np.int64]:
    zone = "UTC" if kind is TimeKind.ZONED else None
    if pa.types.is_timestamp(cells.type):
        if (cells.type.tz is None) != (zone is None):
            raise pa.ArrowInvalid("times of another kind")
    elif not is_text(cells) or pc.any(pc.less(pc.utf8_length(cells), _SHORTEST)).as_py():
        raise pa.ArrowInvalid("dates without a time of day, or no dates")
    moments: NDArray[np.int64] = cells.cast(pa.timestamp("ns", zone)).cast(pa.int64()).to_numpy(zero_copy_only=False)
    if ((moments < _FIRST_NS) | (moments >= _AFTER_NS)).any():
        raise pa.ArrowInvalid("years that are taken for a slip")
    return moments


def _seconds(cells: Any) -> NDArray[np.int64]:
    if pa.types.is_timestamp(cells.type):
        raise pa.ArrowInvalid("dates")
    seconds: NDArray[np.float64] = cells.cast(pa.float64()).to_numpy(zero_copy_only=False)
    if not (np.abs(seconds) < _MOST_SECONDS).all():
        raise pa.ArrowInvalid("not finite, or so large that nanoseconds would not fit")
    whole = np.floor(seconds)
    return whole.astype(np.int64) * _SECOND_NS + np.rint((seconds - whole) * _SECOND_NS).astype(np.int64)


def _zones(cells: Any) -> list[tuple[str, int]]:
    if not is_text(cells):
        return [("UTC", len(cells))]
    ends = pc.replace_substring_regex(cells, f"^.{{{_SHORTEST},}}?({_ZONE})$", r"\1")
    return [(one["values"].as_py(), one["counts"].as_py()) for one in pc.value_counts(ends)]


def _kind_of(text: str) -> TimeKind | None:
    kind = next((kind for kind, written in _WRITTEN.items() if written.fullmatch(text)), None)
    if kind is TimeKind.SECONDS:
        return kind if abs(float(text)) < _MOST_SECONDS else None
    try:
        return kind if kind and _FIRST_YEAR <= datetime.fromisoformat(text).year <= _LAST_YEAR else None
    except ValueError:
        return None
