"""What the covers and logs of all our workbooks share: blocks of facts, classes of cells, lists of sheets, sections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from reports.grid import Grid
from reports.layout import Column, Fmt, Kind, Print, Sheet

_CLASSES = (
    (Kind.INPUT, "typed by a person, or read from the inputs"),
    (Kind.DECISION, "decided by the optimizer, or stated by it as proof"),
    (Kind.CALC, "formula"),
    (Kind.LINK, "formula that only repeats another sheet"),
    (Kind.TOTAL, "sum of the rows or months beside it"),
    (Kind.NOTE, "words of explanation, class names"),
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a block: a label and what is to be known of it."""

    label: str
    what: Any
    fmt: Fmt = Fmt.TEXT
    kind: Kind = Kind.DECISION


def put_facts(grid: Grid, row: int, title: str, facts: Sequence[Fact]) -> int:
    """A heading with labels and values beneath it; the row for what comes next."""
    grid.put(row, 0, title, kind=Kind.SECTION)
    for offset, fact in enumerate(facts, start=1):
        grid.put(row + offset, 0, fact.label)
        grid.put(row + offset, 1, fact.what, kind=fact.kind, fmt=fact.fmt)
    return row + len(facts) + 2


def put_classes(grid: Grid, row: int) -> int:
    """What the colours mean, each in its own; the row for what comes next."""
    grid.put(row, 0, "Classes of cells (colour, and the same word in a Class column or row)", kind=Kind.SECTION)
    for offset, (kind, meaning) in enumerate(_CLASSES, start=1):
        grid.put(row + offset, 0, kind.value, kind=kind)
        grid.put(row + offset, 1, meaning, kind=Kind.NOTE)
    return row + len(_CLASSES) + 2


def put_notes(grid: Grid, row: int, title: str, notes: Sequence[str]) -> int:
    """A heading with sentences beneath it; the row for what comes next."""
    grid.put(row, 0, title, kind=Kind.SECTION)
    for offset, text in enumerate(notes, start=1):
        grid.put(row + offset, 0, text, kind=Kind.NOTE)
    return row + len(notes) + 2


def put_contents(grid: Grid, row: int, contents: Sequence[tuple[str, str]]) -> int:
    """Every sheet with what it is for, one click away; the row for what comes next."""
    grid.put(row, 0, "Sheets", kind=Kind.SECTION)
    for offset, (name, purpose) in enumerate(contents, start=1):
        grid.put(row + offset, 0, name, kind=Kind.LINK, goto=name)
        grid.put(row + offset, 1, purpose, kind=Kind.NOTE)
    return row + len(contents) + 2


def log_of(title: str, subtitle: str, sections: Iterable[tuple[str, Sequence[tuple[str, str]]]]) -> Sheet:
    """The sheet Log: sections of items with their texts."""
    grid = Grid("Log", "control")
    grid.heading(title, subtitle)
    row = 3
    for section, lines in sections:
        grid.put(row, 0, section, kind=Kind.SECTION)
        for offset, (label, text) in enumerate(lines, start=1):
            grid.put(row + offset, 0, label, wrapped=True)
            grid.put(row + offset, 1, text, wrapped=True)
        row += len(lines) + 2
    columns = (Column("Item", 34), Column("Value", 105))
    return grid.sheet(columns, freeze=(2, 1), print_setup=Print(repeat_rows=(0, 0)))
