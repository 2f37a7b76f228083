"""A tornado chart: lying bars to either side of 0, the first row on top."""

import io
import zipfile
from datetime import date

from reports.grid import Grid
from reports.layout import Chart, Column, Fmt, Series, Sheet
from reports.workbook import Properties, workbook_bytes

PROPERTIES = Properties("Tornado", "test", date(2027, 1, 1), "run")
ROWS = (("demand of chat", -100, 120), ("usable share", 60, None))


def a_sheet() -> Sheet:
    grid = Grid("Tornado", "read")
    for row, values in enumerate((("Input", "Low", "High"), *ROWS)):
        for col, value in enumerate(values):
            grid.put(row, col, value, fmt=Fmt.MONEY if row and col else Fmt.TEXT)
    series = tuple(Series(f"=Tornado!${col}$1", "=Tornado!$A$2:$A$3", f"=Tornado!${col}$2:${col}$3") for col in "BC")
    grid.charts.append(Chart("What moves the cost", "tornado", series, 5, 0, "USD against the plan"))
    return grid.sheet((Column("Input", 30), Column("Low", 12), Column("High", 12)))


def drawn() -> str:
    with zipfile.ZipFile(io.BytesIO(workbook_bytes([a_sheet()], PROPERTIES))) as parts:
        return parts.read("xl/charts/chart1.xml").decode()


def test_its_bars_lie_and_the_two_ends_of_a_row_share_one_line() -> None:
    chart = drawn()
    assert '<c:barDir val="bar"/>' in chart
    assert '<c:overlap val="100"/>' in chart
    assert chart.count("<c:ser>") == 2


def test_the_first_row_is_on_top_and_the_scale_stays_beneath() -> None:
    chart = drawn()
    category, value = chart.split("<c:catAx>")[1].split("</c:catAx>")
    assert '<c:orientation val="maxMin"/>' in category
    assert '<c:tickLblPos val="low"/>' in category
    assert '<c:crosses val="max"/>' in value
    assert "USD against the plan" in value
