"""The screen of a plan at several widths: no word broken, nothing cut, nothing lost."""

from functools import cache
from pathlib import Path

import pytest

from optimizer.plan import Plan
from optimizer.plan_file import read_plan
from reports.console_plan import MOST_ORDERS, plan_screen
from reports.console_tables import Column, table_lines, wrapped
from tests.plan_builders import a_plan

WIDTHS = [80, 100, 120, 200]


@cache
def rich_plan() -> Plan:
    return a_plan()


def with_many_orders(plan: Plan) -> Plan:
    return plan.model_copy(update={"orders": plan.orders[:1] * (MOST_ORDERS + 3)})


@pytest.mark.parametrize("width", WIDTHS)
def test_every_line_fits_and_no_word_is_broken(width: int) -> None:
    words = set(" ".join(plan_screen(rich_plan(), 1000)).split())
    lines = plan_screen(rich_plan(), width)
    assert max(len(line) for line in lines) <= width
    assert {word for line in lines for word in line.split()} - words <= {"sign", "by"}


@pytest.mark.parametrize("width", WIDTHS)
def test_every_order_shows_when_what_how_many_and_for_whom(width: int) -> None:
    plan = rich_plan()
    screen = "\n".join(plan_screen(plan, width))
    assert plan.orders
    for order in plan.orders:
        offering = plan.scenario.catalog.offering[order.offering]
        for shown in (str(order.order_by), order.contract, str(order.start), str(order.end)):
            assert shown in screen
        assert f"{offering.accelerators_per_node} x {offering.accelerator}" in screen
    assert "for " in screen


def test_a_wide_screen_has_one_line_for_each_order() -> None:
    plan = rich_plan()
    screen = plan_screen(plan, 200)
    at = screen.index("To sign")
    assert screen[at + 2 + len(plan.orders)] == ""


def test_orders_stand_by_the_day_on_which_they_must_be_signed() -> None:
    plan = rich_plan()
    backwards = plan.model_copy(update={"orders": plan.orders[::-1]})
    assert plan_screen(backwards, 100) == plan_screen(plan, 100)


def test_orders_that_do_not_fit_are_counted() -> None:
    assert "  ... and 3 more (workbook, sheet Buy_List)" in plan_screen(with_many_orders(rich_plan()), 100)


def test_a_plan_with_nothing_to_sign_says_so(first_plan: Path) -> None:
    plan = read_plan(first_plan / "plan.json")
    screen = plan_screen(plan.model_copy(update={"orders": ()}), 80)
    assert screen[screen.index("To sign") + 1] == "  nothing"
    assert "  Sign next         nothing to sign" in screen


def test_a_difference_within_the_gaps_is_no_evidence(first_plan: Path) -> None:
    plan = rich_plan()
    baseline = plan.model_copy(deep=True).baselines
    near = [
        b.model_copy(update={"bound_usd": float(plan.totals.objective_usd) - 1})
        for b in baseline
        if b.objective_usd is not None
    ]
    screen = plan_screen(plan.model_copy(update={"baselines": tuple(near)}), 100)
    assert any("no evidence, the difference is within the gaps" in line for line in screen)


def test_a_long_word_stays_whole_in_a_narrow_place() -> None:
    assert wrapped("a reserved-h200-contract-of-three-years", 12) == ["a", "reserved-h200-contract-of-three-years"]


def test_a_table_has_no_blanks_at_the_ends_of_lines() -> None:
    lines = table_lines([Column("a"), Column("long header")], [["1", "2"]])
    assert [line for line in lines if line != line.rstrip()] == []
