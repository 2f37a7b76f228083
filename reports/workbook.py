"""Sheets -> an XLSX file: the only module that pokes cells.

- Beside every formula stands its value, so that previewers and Protected View show figures.
- Text is always written as text, whatever it starts with.
- The same sheets give the same bytes: the date of creation is an argument, and no clock is read.
- The file appears whole or not at all: written beside, read back, synced, then moved into place.
"""

from __future__ import annotations

import errno
import io
import math
import os
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import accumulate, chain, repeat
from pathlib import Path
from typing import Any

import xlsxwriter

from optimizer.plan import Plan
from reports.layout import TEXT_LIMIT, Cell, Highlight, Sheet, Unwritable, Value, serial
from reports.sheets import plan_workbook
from reports.workbook_charts import add_chart
from reports.workbook_formats import FONT_NAME, SCALE, TAB_COLOURS, Formats

_A4 = 9
_PAGE_CHARACTERS = 130
"""Characters of Arial 10 that a page of A4 landscape holds at full size."""
_TITLE_CHARACTERS = 1.7
"""A character of a title, in characters of the columns."""
_PLAIN_WIDTH = 8.43
"""Width of a column that nobody has set."""


@dataclass(frozen=True, slots=True)
class Properties:
    """What the file says about itself."""

    title: str
    author: str
    created: date
    run_id: str


def write_plan_workbook(plan: Plan, path: Path) -> None:
    """Write the plan's workbook to `path`; an older file there is replaced only by a whole new one.

    Raises OSError when the file cannot be written, for example because it is open in Excel.
    """
    properties = Properties(
        title=f"Fleet procurement plan: {plan.scenario.scenario}",
        author=f"siliconmix {plan.versions.siliconmix}",
        created=plan.scenario.run.order_date,
        run_id=plan.fingerprint[:12],
    )
    write_workbook(plan_workbook(plan), path, properties)


def write_workbook(sheets: Sequence[Sheet], path: Path, properties: Properties) -> None:
    """Render the sheets and move the file into place."""
    _replace(path, workbook_bytes(sheets, properties), [sheet.name for sheet in sheets])


def workbook_bytes(sheets: Sequence[Sheet], properties: Properties) -> bytes:
    """The XLSX file as bytes; equal for equal arguments."""
    for sheet in sheets:
        _refuse_unwritable(sheet)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _options()) as workbook:
        created = datetime.combine(properties.created, time())
        workbook.set_properties(
            {
                "title": properties.title,
                "author": properties.author,
                "created": created,
                "comments": f"Run {properties.run_id}. Amounts in USD.",
            }
        )
        formats = Formats(workbook)
        for sheet in sheets:
            _write_sheet(workbook, sheet, formats, properties.run_id)
        for sheet in sheets:
            for name, place in sheet.names.items():
                workbook.define_name(name, f"={place}")
    return buffer.getvalue()


def _options() -> dict[str, Any]:
    """Made anew for each workbook: XlsxWriter changes what it is given."""
    return {"in_memory": True, "default_format_properties": {"font_name": FONT_NAME, "font_size": 10}}


def _refuse_unwritable(sheet: Sheet) -> None:
    for (row, col), cell in sheet.cells.items():
        bad_number = isinstance(cell.value, float) and not math.isfinite(cell.value)
        bad_text = isinstance(cell.value, str) and len(cell.value) > TEXT_LIMIT
        if bad_number or bad_text:
            what = "not a finite number" if bad_number else "text too long for a cell"
            header = sheet.columns[col].header if col < len(sheet.columns) else f"number {col + 1}"
            raise Unwritable(f"sheet {sheet.name}, column {header!r}, row {row + 1}: {what}")


def _write_sheet(workbook: Any, sheet: Sheet, formats: Formats, run_id: str) -> None:
    page = workbook.add_worksheet(sheet.name)
    page.set_tab_color(TAB_COLOURS[sheet.group])
    for col, column in enumerate(sheet.columns):
        page.set_column(col, col, column.width)
    for row, height in sheet.heights.items():
        page.set_row(row, height)
    for (row, col), cell in sheet.cells.items():
        _write_cell(page, row, col, cell, formats)
    for table in sheet.tables:
        _add_table(page, sheet, table, formats)
    for place in sheet.status:
        _colour_status(page, place, formats)
    for highlight in sheet.highlights:
        _highlight(page, highlight, formats)
    for place in sheet.scales:
        page.conditional_format(place, {"type": "3_color_scale", **SCALE})
    for chart in sheet.charts:
        add_chart(workbook, page, chart)
    _look(page, sheet)
    _print(page, sheet, run_id)


def _write_cell(page: Any, row: int, col: int, cell: Cell, formats: Formats) -> None:
    look = formats.of(cell)
    if cell.goto is not None:
        page.write_url(row, col, f"internal:'{cell.goto}'!A1", look, str(cell.value))
    elif cell.formula is not None:
        page.write_formula(row, col, f"={cell.formula}", look, _cached(cell.value))
    elif cell.value is None or cell.value == "":
        page.write_blank(row, col, None, look)
    elif isinstance(cell.value, str):
        page.write_string(row, col, cell.value, look)
    else:
        page.write_number(row, col, _cached(cell.value), look)
    if cell.validation is not None:
        _validate(page, row, col, cell)


def _cached(value: Value) -> Any:
    if value is None:
        return 0
    return serial(value) if isinstance(value, date) else value


def _validate(page: Any, row: int, col: int, cell: Cell) -> None:
    rule = cell.validation
    if rule is None:
        return
    limits: dict[str, Any] = {"criteria": ">=", "value": rule.low}
    if rule.high is not None:
        limits = {"criteria": "between", "minimum": rule.low, "maximum": rule.high}
    page.data_validation(
        row,
        col,
        row,
        col,
        {"validate": "decimal", "error_title": "Not allowed", "error_message": rule.message} | limits,
    )


def _add_table(page: Any, sheet: Sheet, table: Any, formats: Formats) -> None:
    columns = [
        {"header": header, "header_format": formats.of(sheet.cells[table.first_row, table.first_col + i])}
        for i, header in enumerate(table.headers)
    ]
    last_col = table.first_col + len(columns) - 1
    options = {"name": table.name, "columns": columns, "style": "Table Style Light 1"}
    page.add_table(table.first_row, table.first_col, table.last_row, last_col, options)


def _colour_status(page: Any, place: str, formats: Formats) -> None:
    for word, look in (('"OK"', formats.good), ('"FAIL"', formats.bad)):
        page.conditional_format(place, {"type": "cell", "criteria": "==", "value": word, "format": look})


def _highlight(page: Any, highlight: Highlight, formats: Formats) -> None:
    for formula, look in ((highlight.better, formats.better), (highlight.worse, formats.worse)):
        page.conditional_format(highlight.place, {"type": "formula", "criteria": f"={formula}", "format": look})


def _look(page: Any, sheet: Sheet) -> None:
    if any(sheet.freeze):
        page.freeze_panes(*sheet.freeze)
    if sheet.group == "read":
        page.hide_gridlines(2)
    page.set_zoom(90)


def _print(page: Any, sheet: Sheet, run_id: str) -> None:
    setup = sheet.print
    page.set_paper(_A4)
    if setup.portrait:
        page.set_portrait()
    else:
        page.set_landscape()
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.set_footer(f"&L&8&F, {sheet.name}&C&8Page &P of &N&R&8Run {run_id}")
    if setup.breaks or setup.row_breaks:
        page.set_print_scale(setup.scale)
        page.set_v_pagebreaks(list(setup.breaks))
        page.set_h_pagebreaks(list(setup.row_breaks))
    else:
        page.fit_to_pages(1, setup.pages_high)
    if setup.repeat_rows is not None:
        page.repeat_rows(*setup.repeat_rows)
    if setup.repeat_cols is not None:
        page.repeat_columns(*setup.repeat_cols)
    if not sheet.charts:
        last_row, last_col = (max(at[axis] for at in sheet.cells) for axis in (0, 1))
        page.print_area(0, 0, last_row, max(last_col, len(sheet.columns) - 1, _heading_ends(sheet)))


def _heading_ends(sheet: Sheet) -> int:
    """The last column that the title and the note beneath it run into, as far as a page is wide."""
    texts = [str(sheet.cells[row, 0].value) if (row, 0) in sheet.cells else "" for row in (0, 1)]
    needed = min(_PAGE_CHARACTERS, max(len(texts[0]) * _TITLE_CHARACTERS, len(texts[1])))
    widths = chain((column.width for column in sheet.columns), repeat(_PLAIN_WIDTH))
    return next(col for col, room in enumerate(accumulate(widths)) if room >= needed)


def _replace(path: Path, content: bytes, names: list[str]) -> None:
    """Write beside, read back, sync, move: the old file stays until the new one is whole on disk."""
    temporary: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp", delete=False) as out:
            temporary = Path(out.name)
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        _read_back(temporary, content, names)
        temporary.replace(path)
    except PermissionError as reason:
        hint = "permission denied (if it is open in Excel, close it and run again)"
        raise PermissionError(errno.EACCES, hint, str(path)) from reason
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _read_back(path: Path, content: bytes, names: list[str]) -> None:
    """What lies on the disk is what was meant, and every part of it unpacks."""
    if path.read_bytes() != content:
        raise OSError(errno.EIO, "the workbook reads back otherwise than it was written", str(path))
    with zipfile.ZipFile(path) as parts:
        broken = parts.testzip()
        found = sum(name.startswith("xl/worksheets/sheet") for name in parts.namelist())
    if broken is not None or found != len(names):
        raise OSError(errno.EIO, "the workbook is not whole on disk", str(path))
