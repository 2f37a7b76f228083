"""Tables of plain text: columns by alignment, two spaces between them, no word broken, nothing after the last."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

BETWEEN = "  "


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    header: str
    right: bool = False
    """Numbers stand right."""


def table_lines(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[str]:
    """Header and rows, each column as wide as its widest cell.

    >>> table_lines([Column("chip"), Column("nodes", right=True)], [["gpu-x", "4"], ["y", "12"]])
    ['chip   nodes', 'gpu-x      4', 'y         12']
    """
    return [_joined(columns, cells, _widths(columns, rows)) for cells in ([c.header for c in columns], *rows)]


def table_width(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> int:
    """Characters of the longest line of the table."""
    return sum(_widths(columns, rows)) + len(BETWEEN) * (len(columns) - 1)


def wrapped(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """Text in lines of at most `width` where words allow it; a longer word stays whole.

    >>> wrapped("no word is broken to pieces", 16, first="- ", rest="  ")
    ['- no word is', '  broken to', '  pieces']
    """
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    ) or [first.rstrip()]


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(len(cell) for cell in (c.header, *(row[i] for row in rows))) for i, c in enumerate(columns)]


def _joined(columns: Sequence[Column], cells: Sequence[str], widths: Sequence[int]) -> str:
    placed = [
        cell.rjust(width) if column.right else cell.ljust(width)
        for column, cell, width in zip(columns, cells, widths, strict=True)
    ]
    return BETWEEN.join(placed).rstrip()
