"""Charts of the workbook: every series of a chart is drawn, each in a colour of its own."""

import re
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
import xlsxwriter

from contracts.terms.common import Nature
from optimizer.plan import Plan
from reports.layout import Chart, Series
from reports.workbook_charts import add_chart
from reports.workbook_formats import SERIES_COLOURS
from tests.plan_builders import a_plan
from tests.test_workbook_futures import book_of
from tests.test_workbook_rights import a_plan as with_rights


def drawn(chart: Chart) -> str:
    """The chart as it stands in the file."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        add_chart(workbook, workbook.add_worksheet("Sheet1"), chart)
    with ZipFile(content) as file:
        return file.read("xl/charts/chart1.xml").decode()


def stacked(count: int) -> Chart:
    series = tuple(Series(f"kind {i}", "=Sheet1!$A$1:$C$1", f"=Sheet1!$A${i + 2}:$C${i + 2}") for i in range(count))
    return Chart("Cost by purchase kind", "stacked", series, 0, 0, "USD")


def test_no_purchase_kind_is_left_out_of_a_chart() -> None:
    kinds = len({nature.value.split("_")[0] for nature in Nature})
    text = drawn(stacked(kinds))
    assert text.count("<c:ser>") == kinds


def test_thirteen_kinds_have_colours_of_their_own_below_which_the_months_stand() -> None:
    """Credits and discounts lie below zero: names of months in the middle would stand on them."""
    text = drawn(stacked(13))
    assert sorted(re.findall(r'<c:spPr><a:solidFill><a:srgbClr val="(\w{6})"', text)) == sorted(
        colour.removeprefix("#") for colour in SERIES_COLOURS
    )
    assert '<c:tickLblPos val="low"/>' in text


@pytest.mark.parametrize("plan", [a_plan, with_rights], ids=["a page of text before", "on the page of the text"])
def test_no_chart_of_the_summary_lies_on_two_pages(plan: Callable[[], Plan]) -> None:
    """A page holds 47 rows from a break of the sheet; a chart covers 17."""
    summary = book_of(plan())["Summary"]
    for chart in summary.charts:
        page = max(row for row in (0, *summary.print.row_breaks) if row <= chart.row)
        assert chart.row + 17 <= page + 47
