"""What is paid ahead of its service and behind it: the roll-forward of Calc_Prepaid, worked by hand."""

from decimal import Decimal

import pytest

from contracts.terms.reserved import Upfront
from optimizer.plan import Plan
from reports.layout import Sheet
from tests.builders import (
    FIRST,
    a_held,
    a_reserved,
    a_scenario,
    an_on_demand,
    nodes_of_load,
    ten_requests_a_node,
)
from tests.proving import planned
from tests.test_workbook_futures import book_of, failed, value_beside

TOTAL, MONTH_1, MONTH_2 = 6, 7, 8
"""Columns beside the label."""


def a_small_plan(*contracts: object, nodes: float, **overrides: object) -> Plan:
    """January and February 2027: 744 and 672 hours."""
    fields = {"catalog": ten_requests_a_node(), "contracts": contracts, "demand": nodes_of_load(nodes)}
    return planned(a_scenario(**(fields | overrides)))


def prepaid(plan: Plan) -> Sheet:
    assert failed(plan) == set()
    return book_of(plan)["Calc_Prepaid"]


def test_an_upfront_part_is_released_by_the_hour() -> None:
    """One node at 6 USD for 744 + 672 hours, half of it upfront: 4,248; January uses 3 * 744 = 2,232 of it."""
    reserved = a_reserved(upfront=Upfront.PARTIAL, upfront_share=0.5, term_months=2)
    sheet = prepaid(a_small_plan(an_on_demand(), reserved, nodes=1.0))
    assert value_beside(sheet, "All prepaid", MONTH_1) == pytest.approx(4248 - 2232)
    assert value_beside(sheet, "All prepaid", MONTH_2) == pytest.approx(0)


def test_what_a_held_contract_paid_before_the_first_month_is_brought_forward() -> None:
    """One node at 5 USD, all upfront in July 2026, until the end of February: 5 * (744 + 672) = 7,080 are left."""
    plan = a_small_plan(an_on_demand(), nodes=1.0, held_contracts=(a_held(upfront_share=1.0),))
    sheet = prepaid(plan)
    assert brought_forward(sheet) == pytest.approx(7080, abs=0.01)
    assert value_beside(sheet, "All prepaid", MONTH_1) == pytest.approx(5 * 672, abs=0.01)


def brought_forward(sheet: Sheet) -> float:
    """The Total column of the first closing balance."""
    row = next(r for (r, c), cell in sorted(sheet.cells.items()) if str(cell.value).startswith("Prepaid, closing"))
    return float(str(sheet.cells[row + 1, TOTAL].value))


def test_a_month_that_is_due_a_month_later_is_accrued_until_then() -> None:
    """On demand at 10 USD, net 30 days: January's 7,440 are owed at its end, February's 6,720 at the end."""
    plan = due_later(a_small_plan(an_on_demand(), nodes=1.0), months=1)
    sheet = prepaid(plan)
    assert value_beside(sheet, "All accrued", MONTH_1) == pytest.approx(7440)
    assert value_beside(sheet, "All accrued", MONTH_2) == pytest.approx(6720)
    assert value_beside(sheet, "All prepaid", MONTH_2) == pytest.approx(0)


def test_a_month_that_is_due_a_month_ahead_is_prepaid_until_it_comes() -> None:
    """January's 7,440 were paid in December, February's 6,720 in January: brought forward, and closing January."""
    sheet = prepaid(due_later(a_small_plan(an_on_demand(), nodes=1.0), months=-1))
    assert brought_forward(sheet) == pytest.approx(7440)
    assert value_beside(sheet, "All prepaid", MONTH_1) == pytest.approx(6720)
    assert value_beside(sheet, "All prepaid", MONTH_2) == pytest.approx(0)


def due_later(plan: Plan, months: int) -> Plan:
    """The same plan with every line paid so many months later, and its cash as that makes it (no discounting)."""
    lines = tuple(x.model_copy(update={"paid_month": x.paid_month + months}) for x in plan.cost_lines)
    inside = [x.amount_usd for x in lines if FIRST <= x.paid_month < FIRST + 2]
    totals = plan.totals.model_copy(update={"cash_usd": sum(inside, Decimal(0))})
    return plan.model_copy(update={"cost_lines": lines, "totals": totals})
