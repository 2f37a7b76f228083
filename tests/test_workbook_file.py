"""The plan workbook as a file: safe, whole, the same bytes, and right in another program's eyes."""

import errno
import warnings
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from reports.layout import Cell, Column, Sheet, Unwritable
from reports.workbook import Properties, workbook_bytes, write_plan_workbook, write_workbook
from tests.plan_builders import HOSTILE, a_plan
from tests.recalculation import disagreements

PROPERTIES = Properties(title="t", author="a", created=date(2026, 12, 1), run_id="0123")


def a_sheet(*values: object) -> Sheet:
    cells = {(row, 0): Cell(value) for row, value in enumerate(values)}  # type: ignore[arg-type]
    return Sheet("Notes", "read", (Column("Remark", 20),), MappingProxyType(cells))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "plan.xlsx"
    write_plan_workbook(a_plan(), path)
    return path


def opened(path: Path, *, data_only: bool = False) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl cannot read the charts
        return load_workbook(path, data_only=data_only)


def test_two_writes_of_one_plan_give_the_same_bytes(written: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    write_plan_workbook(a_plan(), again)
    assert again.read_bytes() == written.read_bytes()


def test_nothing_in_the_file_tells_when_or_where_it_was_made(written: Path) -> None:
    with zipfile.ZipFile(written) as parts:
        assert {info.date_time[:3] for info in parts.infolist()} == {(1980, 1, 1)}
        core = parts.read("docProps/core.xml").decode()
    assert "2026-12-01T00:00:00Z" in core


def test_every_formula_has_its_value_beside_it(written: Path) -> None:
    formulas, values = opened(written), opened(written, data_only=True)
    missing = [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in formulas
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" and values[sheet.title][cell.coordinate].value is None
    ]
    assert missing == []


def test_no_sheet_is_hidden_and_lists_are_tables(written: Path) -> None:
    book = opened(written)
    assert {sheet.sheet_state for sheet in book} == {"visible"}
    assert {"tblPay", "tblBuy", "tblCommit", "tblOffers", "tblChecks"} <= {t for s in book for t in s.tables}


def test_text_that_looks_like_a_formula_stays_text(written: Path) -> None:
    book = opened(written)
    found = [c for row in book["Sources"].iter_rows() for c in row if c.value == HOSTILE]
    assert [cell.data_type for cell in found] == ["s"]
    assert found[0].quotePrefix


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "http://example.invalid", "1e5", "{=1}"])
def test_text_is_written_as_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "notes.xlsx"
    write_workbook([a_sheet(text)], path, PROPERTIES)
    cell = opened(path)["Notes"]["A1"]
    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "x" * 40_000])
def test_a_value_that_cannot_be_shown_is_refused_by_sheet_and_column(value: object) -> None:
    with pytest.raises(Unwritable, match="sheet Notes, column 'Remark', row 2"):
        workbook_bytes([a_sheet("fine", value)], PROPERTIES)


def test_a_failed_write_leaves_the_old_workbook_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"old")

    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(errno.EACCES, "in use")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError, match="open in Excel"):
        write_workbook([a_sheet("new")], path, PROPERTIES)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["plan.xlsx"]


def test_a_workbook_that_reads_back_wrong_is_not_put_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "plan.xlsx"
    monkeypatch.setattr(Path, "read_bytes", lambda self: b"half")
    with pytest.raises(OSError, match="reads back otherwise"):
        write_workbook([a_sheet("new")], path, PROPERTIES)
    assert list(tmp_path.iterdir()) == []


def test_links_lead_to_sheets_of_the_same_workbook(written: Path) -> None:
    book = opened(written)
    links = [c.hyperlink for row in book["Cover"].iter_rows() for c in row if c.hyperlink]
    assert len(links) == len(book.sheetnames) - 1
    assert {link.target for link in links} == {None}


@pytest.mark.libreoffice
def test_libreoffice_finds_the_same_value_for_every_formula(written: Path, tmp_path: Path) -> None:
    compared, found = disagreements(written, tmp_path)
    assert found == []
    assert compared > 5000


@pytest.mark.libreoffice
def test_the_judge_notices_a_wrong_cached_value(tmp_path: Path) -> None:
    """Without a forced recalculation LibreOffice keeps what it finds in the file."""
    right = a_sheet(2, 3)
    wrong = replace(right, cells=dict(right.cells) | {(2, 0): Cell(6, "A1+A2")})
    path = tmp_path / "wrong.xlsx"
    write_workbook([wrong], path, PROPERTIES)
    _, found = disagreements(path, tmp_path)
    assert [(d.cell, d.cached, d.recalculated) for d in found] == [("Notes!A3", 6, 5)]


def test_a_title_that_is_wider_than_its_table_is_printed_whole(tmp_path: Path) -> None:
    """40 characters of a title take the column of 20 and as many plain ones as they need."""
    cells = {(0, 0): Cell("t" * 40), (1, 0): Cell("n" * 30), (2, 0): Cell(1)}
    sheet = Sheet("Notes", "read", (Column("Remark", 20),), MappingProxyType(cells))
    write_workbook([sheet], tmp_path / "notes.xlsx", PROPERTIES)
    assert opened(tmp_path / "notes.xlsx")["Notes"].print_area == "'Notes'!$A$1:$G$3"
