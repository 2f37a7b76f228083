"""An hourly series: rates by day and hour in the local time of its source, one line for each."""

import csv
import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO


@dataclass(frozen=True, slots=True)
class HourlyRate:
    """One hour of an hourly series, in the local time of its source."""

    day_index: int
    hour_of_day: int
    rate: float


def read_hourly_rates(path: Path, *, model: str, column: str = "mean_request_rate_per_s") -> tuple[HourlyRate, ...]:
    """The series of one model from a CSV with the columns model, day_index, hour_of_day and `column`."""
    rates = tuple(
        HourlyRate(
            int(_cell(path, line, row, "day_index")),
            int(_cell(path, line, row, "hour_of_day")),
            float(_cell(path, line, row, column)),
        )
        for line, row in _rows(path)
        if _cell(path, line, row, "model") == model
    )
    if not rates:
        raise ValueError(f"{path.name}: no row has model {model!r}")
    return rates


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells of every row of a CSV or CSV.gz."""
    with _opened(path) as file:
        reader = csv.DictReader(file, strict=True)
        for row in reader:
            yield reader.line_num, row


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _cell(path: Path, line: int, row: Mapping[str, str | None], column: str) -> str:
    cell = row.get(column)
    if cell is None:
        raise ValueError(f"{path.name}:{line}: no value in column {column}; expected one in every row")
    return cell
