"""The charts of the Summary: cost by purchase kind, capacity needed and paid for, spend by provider."""

from __future__ import annotations

from reports.formulas import Area
from reports.layout import Chart, Series
from reports.sheets.book import Book
from reports.timeline import ITEM, Band

ROWS_PER_CHART = 17
"""Rows that a chart covers, with a margin below it."""


def charts(book: Book, row: int) -> list[Chart]:
    """Two time series side by side, the providers beneath."""
    time, count = book.calendar.time, len(book.vendors.rows)
    months = f"={time.header_area().text}"
    cost = Chart(
        "Effective cost by month and purchase kind",
        "stacked",
        _rows(book.effective.by_kind, months),
        row,
        0,
        "USD",
        x_format="mmm yy",
    )
    needed = _row(book.listed.needed_total, 0, months)
    capacity = Chart(
        "Capacity needed and paid for, at list price",
        "stacked",
        _rows(book.listed.paid_by_kind, months),
        row,
        4,
        "USD a month",
        x_format="mmm yy",
        line=(Series("needed", needed.categories, needed.values),),
    )
    providers = Chart(
        "Share of spend by provider",
        "bar",
        (_column(book.vendors.span("Provider", count), book.vendors.span("Share of spend", count)),),
        row + ROWS_PER_CHART,
        0,
        "share of effective cost",
        percent=True,
    )
    return [cost, capacity, providers]


def _rows(band: Band, months: str) -> tuple[Series, ...]:
    return tuple(_row(band, i, months) for i in range(band.count) if any(band.row(i).numbers))


def _row(band: Band, i: int, months: str) -> Series:
    name = band.grid.ref(band.first + i, ITEM, fix_row=True, fix_col=True)
    return Series(f"={name.text}", months, f"={band.row(i).text}")


def _column(names: Area, values: Area) -> Series:
    return Series("share of spend", f"={names.text}", f"={values.text}")
