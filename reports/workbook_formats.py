"""How the classes of cells look: one format per class, number format and need, made once."""

from __future__ import annotations

from typing import Any

from reports.layout import NUMBER_FORMATS, Cell, Fmt, Kind

FONT_NAME = "Arial"
"""Has a twin of equal widths (Liberation Sans) where it is not installed, so that columns stay wide enough."""
_FONT = {"font_name": FONT_NAME, "font_size": 10, "valign": "top"}
LOOKS: dict[Kind, dict[str, Any]] = {
    Kind.INPUT: {"font_color": "#0000C0", "bg_color": "#E7EEF9"},
    Kind.DECISION: {"font_color": "#9A4B00", "bg_color": "#FCE9D9"},
    Kind.CALC: {"font_color": "#000000"},
    Kind.LINK: {"font_color": "#00662B"},
    Kind.TOTAL: {"bold": True, "top": 1, "bottom": 6},
    Kind.NOTE: {"italic": True, "font_color": "#595959"},
    Kind.ROW_SUM: {"bold": True},
    Kind.KEY: {"font_color": "#000000"},
    Kind.HEADER: {"bold": True, "font_color": "#FFFFFF", "bg_color": "#33475B", "text_wrap": True, "valign": "vcenter"},
    Kind.SECTION: {"bold": True, "font_size": 11, "font_color": "#33475B"},
    Kind.TITLE: {"bold": True, "font_size": 16, "font_color": "#33475B"},
}
TAB_COLOURS = {
    "read": "#33475B",
    "inputs": "#4472C4",
    "decisions": "#ED7D31",
    "workings": "#A5A5A5",
    "control": "#70AD47",
}
SERIES_COLOURS = (
    *("#7F93A8", "#2F5D8A", "#E08A3C", "#8FBC6B", "#A06CB4", "#C7B446", "#5FA8B8"),
    *("#B5534C", "#4F7A4A", "#D9A5B3", "#6B5B4B", "#A9C4E0", "#3F3F5F"),
)
"""One for every purchase kind and more; beyond, they begin anew."""
TORNADO_COLOURS = ("#2F5D8A", "#E08A3C", "#7F93A8")
"""Low and high must be told apart at a glance."""
GOOD, BAD = {"font_color": "#00662B", "bold": True}, {"font_color": "#FFFFFF", "bg_color": "#C00000", "bold": True}
BETTER, WORSE = {"font_color": "#00662B", "bg_color": "#E2F0D9"}, {"font_color": "#9C0006", "bg_color": "#FBE0DD"}
SCALE = {"min_color": "#E2F0D9", "mid_color": "#FFFFFF", "max_color": "#FBE0DD"}
"""From good to bad, as BETTER and WORSE; the figures stay readable on all of them."""
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


class Formats:
    """Format objects of a workbook, by what they are for."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[Kind, Fmt, bool, bool], Any] = {}
        self.good = workbook.add_format(GOOD)
        self.bad = workbook.add_format(BAD)
        self.better = workbook.add_format(BETTER)
        self.worse = workbook.add_format(WORSE)

    def of(self, cell: Cell) -> Any:
        """The format of a cell; text that looks like a formula is marked as text for good."""
        quote = isinstance(cell.value, str) and cell.formula is None and cell.value.startswith(_DANGEROUS)
        key = (cell.kind, cell.fmt, cell.wrap, quote)
        if key not in self._made:
            self._made[key] = self._workbook.add_format(_look(*key))
        return self._made[key]


def _look(kind: Kind, fmt: Fmt, wrap: bool, quote: bool) -> dict[str, Any]:
    look = _FONT | LOOKS[kind]
    if fmt is not Fmt.TEXT:
        look = look | {"num_format": NUMBER_FORMATS[fmt], "align": "right"}
    if wrap:
        look = look | {"text_wrap": True}
    if quote:
        look = look | {"quote_prefix": True}
    return look
