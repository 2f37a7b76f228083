"""Charts of a sheet, in XlsxWriter's words."""

from __future__ import annotations

from itertools import cycle
from typing import Any

from reports.layout import Chart, Series
from reports.workbook_formats import FONT_NAME, SERIES_COLOURS, TORNADO_COLOURS

_FONT = {"name": FONT_NAME, "size": 9}


def add_chart(workbook: Any, page: Any, chart: Chart) -> None:
    """Draw a chart on its sheet."""
    drawn = _drawn(workbook, chart)
    if chart.line:
        overlay = workbook.add_chart({"type": "line"})
        for series in chart.line:
            overlay.add_series(_series(series) | {"line": {"color": "#000000", "width": 2}})
        drawn.combine(overlay)
    drawn.set_title({"name": chart.title, "name_font": {"name": FONT_NAME, "size": 11}, "overlay": False})
    drawn.set_legend(_legend(chart))
    drawn.set_size({"width": chart.width, "height": chart.height})
    values: dict[str, Any] = {
        "name": chart.y_axis,
        "name_font": _FONT,
        "num_font": _FONT,
        "num_format": "0%" if chart.percent else "#,##0",
    }
    names: dict[str, Any] = {"num_font": _FONT, "label_position": "low"}
    if chart.x_format:
        names |= {"num_format": chart.x_format, "date_axis": True, "major_unit_type": "months", "major_unit": 3}
    if chart.percent:
        values |= {"min": 0, "max": 1}
    if chart.y_min is not None:
        values["min"] = chart.y_min
    values |= {"major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}}
    if chart.kind == "tornado":
        # Of lying bars the value axis is the horizontal one; it stays beneath although the first category is on top.
        drawn.set_x_axis(values)
        drawn.set_y_axis(names | {"reverse": True, "crossing": "max", "label_position": "low"})
    else:
        drawn.set_y_axis(values)
        drawn.set_x_axis(names)
    page.insert_chart(chart.row, chart.col, drawn, {"object_position": 2})


def _legend(chart: Chart) -> dict[str, Any]:
    """Beneath, without what is not seen; none for a single colour."""
    if len(chart.series) == 1 and not chart.line:
        return {"none": True}
    hidden = [number for number, series in enumerate(chart.series) if series.hidden]
    return {"position": "bottom", "font": _FONT} | ({"delete_series": hidden} if hidden else {})


def _drawn(workbook: Any, chart: Chart) -> Any:
    kinds: dict[str, dict[str, str]] = {
        "stacked": {"type": "column", "subtype": "stacked"},
        "bar": {"type": "column"},
        "line": {"type": "line"},
        "tornado": {"type": "bar"},
    }
    drawn = workbook.add_chart(kinds[chart.kind])
    colours = TORNADO_COLOURS if chart.kind == "tornado" else SERIES_COLOURS
    for series, colour in zip(chart.series, cycle(colours), strict=False):
        look: dict[str, Any] = {"fill": {"color": colour}, "gap": 40}
        if chart.kind == "tornado":
            look |= {"overlap": 100, "invert_if_negative": False}
        if chart.percent:
            look["data_labels"] = {"value": True, "num_format": "0.0%", "font": _FONT}
        if series.hidden:
            look = {"fill": {"none": True}, "border": {"none": True}, "gap": 40}
        drawn.add_series(_series(series) | look)
    return drawn


def _series(series: Series) -> dict[str, Any]:
    return {"name": series.name, "categories": series.categories, "values": series.values}
