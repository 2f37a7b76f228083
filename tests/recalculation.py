"""LibreOffice as a judge: recalculate a whole workbook by force, and compare every formula with its cached value."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
TIMEOUT_S = 180


@dataclass(frozen=True)
class Disagreement:
    """A formula whose cached value is not what LibreOffice finds."""

    cell: str
    formula: str
    cached: Any
    recalculated: Any


def soffice() -> str | None:
    """The command, if it is installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(workbook: Path, folder: Path, to: str = "xlsx") -> Path:
    """Open in LibreOffice with recalculation forced, and save in another format."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)
    out = folder / "converted"
    command = [
        soffice() or "soffice",
        f"-env:UserInstallation=file://{profile}",
        "--headless",
        "--convert-to",
        to,
        "--outdir",
        str(out),
        str(workbook),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT_S)
    return out / f"{workbook.stem}.{to}"


def disagreements(workbook: Path, folder: Path) -> tuple[int, list[Disagreement]]:
    """How many formulas were compared, and those that differ or fail."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl cannot read the charts
        recalculated = load_workbook(convert(workbook, folder), data_only=True)
        formulas = load_workbook(workbook)
        cached = load_workbook(workbook, data_only=True)
    compared, found = 0, []
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                compared += 1
                mine = cached[sheet.title][cell.coordinate].value
                theirs = recalculated[sheet.title][cell.coordinate].value
                if not same(mine, theirs):
                    place = f"{sheet.title}!{cell.coordinate}"
                    found.append(Disagreement(place, str(cell.value), mine, theirs))
    return compared, found


def same(mine: Any, theirs: Any) -> bool:
    """Equal, or numbers that differ by a millionth or in the last digits only (LibreOffice takes a difference
    in the last digits for nought); a blank text equals a blank.
    """
    mine, theirs = _plain(mine), _plain(theirs)
    if isinstance(mine, float) and isinstance(theirs, float):
        return abs(mine - theirs) <= max(1e-6, 1e-9 * abs(mine))
    return bool(mine == theirs)


def _plain(value: Any) -> Any:
    if isinstance(value, bool | str):
        return value
    if isinstance(value, datetime | date):
        return str(value)[:10]
    return float(value) if isinstance(value, int | float) else (value or "")
