"""Rights in the workbook and on the screen: from the record to the cell, in dollars."""

from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from optimizer.plan import Plan
from reports.console_plan import plan_screen
from reports.layout import Sheet
from scenarios.outlooks import Effect
from tests import test_workbook as rules
from tests.builders import (
    FIRST,
    a_held,
    a_reserved,
    a_scenario,
    an_effect,
    an_on_demand,
    an_outlook,
    run_settings,
    two_clouds,
)
from tests.families.test_rights import FEB, JAN, MAR, monthly
from tests.proving import planned
from tests.test_workbook_futures import RULES_OF_ALL_BOOKS, book_of, column


@cache
def a_plan() -> Plan:
    """Two nodes leave, one is swapped, two are renewed, one is refused, and an order with an upfront part is left."""
    catalog = two_clouds(node_b={"provider": "cloud-a", "stock_nodes": 3})
    swap: dict[str, Any] = {
        "swap_to": "node-b",
        "swap_after_months": 1,
        "swap_price_usd_per_node_hour": Decimal("4"),
    }
    return planned(
        a_scenario(
            catalog=catalog,
            contracts=(
                an_on_demand(price_usd_per_node_hour=Decimal(30)),
                a_reserved(
                    term_months=3,
                    latest_start=FIRST,
                    upfront="partial",
                    upfront_share=0.25,
                    terminable_after_months=2,
                    termination_fee_share=0.1,
                ),
            ),
            held_contracts=(
                a_held("leaves", nodes=2, end=FIRST + 4, terminable_after_months=1, termination_fee_share=0.25),
                a_held("swaps", end=FIRST + 3, **swap),
                a_held(
                    "stays",
                    nodes=2,
                    price_usd_per_node_hour=Decimal(2),
                    end=FIRST + 1,
                    renewal_months=1,
                    renewal_price_factor=Decimal("1.1"),
                ),
                a_held("refused", end=FIRST + 1, renewal_months=1, auto_renews=True, renewal_notice_days=30),
            ),
            demand=monthly(9, 6, 1),
            run=run_settings(months=3, beyond_horizon_weight=Decimal(1)),
        )
    )


@cache
def two_futures() -> Plan:
    """The node leaves in one of two futures only."""
    return planned(
        a_scenario(
            catalog=two_clouds(),
            contracts=(an_on_demand(price_usd_per_node_hour=Decimal(12)),),
            held_contracts=(a_held(terminable_after_months=1),),
            demand=monthly(1, 1),
            run=run_settings(reveal_month=FIRST + 1),
            outlooks=(an_outlook("high"), an_outlook("low")),
            outlook_effects=(an_effect("high", value=1.0), an_effect("low", value=0.0, first_month=FIRST + 1)),
        )
    )


PLANS = pytest.mark.parametrize("plan", [a_plan, two_futures], ids=["one future", "two futures"])


def sheet_of(plan: Plan, name: str) -> Sheet:
    return book_of(plan)[name]


@PLANS
def test_every_check_holds(plan: Any) -> None:
    assert {name: value for name, value in rules.status(book_of(plan())).items() if value != "OK"} == {}


@PLANS
@pytest.mark.parametrize("rule", RULES_OF_ALL_BOOKS, ids=lambda rule: rule.__name__)
def test_the_rules_of_all_books_hold(plan: Any, rule: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "sheets", lambda: book_of(plan()))
    monkeypatch.setattr(rules, "a_plan", plan)
    rule()


def test_the_fee_of_leaving_comes_to_the_cent_into_payments() -> None:
    """One of two nodes leaves at the end of January: a quarter of 2,136 hours at 5 are 2,670 dollars."""
    plan = planned(
        a_scenario(
            catalog=two_clouds(),
            contracts=(an_on_demand(),),
            held_contracts=(a_held(nodes=2, end=FIRST + 3, terminable_after_months=1, termination_fee_share=0.25),),
            demand=monthly(2, 1, 1),
            run=run_settings(months=3),
        )
    )
    hours = FEB + MAR
    payments = sheet_of(plan, "Payments")
    parts, amounts = column(payments, "Part"), column(payments, "Amount USD")
    quantities, prices = column(payments, "Quantity"), column(payments, "Unit price USD")
    (place,) = (i for i, part in enumerate(parts) if part == "termination fee")
    assert (quantities[place], prices[place]) == (hours, pytest.approx(1.25))
    assert amounts[place] == pytest.approx(hours * 1.25)
    assert [a for part, a in zip(parts, amounts, strict=True) if part == "recurring"] == [
        JAN * 10,
        FEB * 5,
        MAR * 5,
    ]
    rights = sheet_of(plan, "Rights")
    assert column(rights, "What to do") == ["give notice of termination"]
    assert column(rights, "Nodes") == [1]
    held = sheet_of(plan, "Portfolio")
    assert column(held, "Remaining value USD") == [2 * (JAN + hours) * 5]


def test_nodes_that_leave_on_the_day_they_are_delivered_keep_their_upfront_part_on_payments() -> None:
    """Two nodes come a month late, one leaves at once: 2 x 2,136 hours at a quarter of 6 dollars are 6,408 dollars."""
    plan = planned(
        a_scenario(
            catalog=two_clouds(),
            contracts=(
                an_on_demand(price_usd_per_node_hour=Decimal(60)),
                a_reserved(
                    term_months=3, latest_start=FIRST, upfront="partial", upfront_share=0.25, terminable_after_months=1
                ),
            ),
            demand=monthly(2, 1, 1),
            run=run_settings(months=3, reveal_month=FIRST + 1),
            outlooks=(an_outlook("on-time"), an_outlook("late")),
            outlook_effects=(an_effect("late", effect=Effect.DELIVERY_DELAY, value=1.0),),
        )
    )
    assert {(used.outlook, used.nodes, used.month) for used in plan.rights} == {
        ("late", 1, FIRST + 1),
        ("on-time", 1, FIRST + 1),
    }
    payments = sheet_of(plan, "Payments")
    rows = zip(*(column(payments, name) for name in ("Part", "Outlook", "Nodes", "Amount USD")), strict=True)
    assert {row[1:] for row in rows if row[0] == "upfront"} == {
        ("late", 2, (FEB + MAR + 720) * 2 * 1.5),
        ("on-time", 2, (JAN + FEB + MAR) * 2 * 1.5),
    }
    assert {name: value for name, value in rules.status(book_of(plan)).items() if value != "OK"} == {}


def test_the_sheet_of_rights_says_what_to_do_by_when() -> None:
    rights = sheet_of(a_plan(), "Rights")
    told = dict(zip(column(rights, "Commitment"), column(rights, "What to do"), strict=True))
    assert told["leaves"] == "give notice of termination"
    assert told["stays"] == "declare the renewal"
    assert told["refused"] in ("refuse the renewal", "nothing: it renews by itself")


def test_the_ladder_closes_and_shows_what_is_under_contract() -> None:
    ladder = sheet_of(a_plan(), "Calc_Ladder")
    assert {"Begin: held and new", "Under contract"} <= {cell.value for cell in ladder.cells.values()}


def test_the_screen_names_the_notices() -> None:
    lines = plan_screen(a_plan(), 100)
    place = lines.index("Notices to give, and renewals")
    assert any("terminate" in line for line in lines[place:])
    assert max(map(len, lines)) <= 100
    assert any(", only if low comes" in line for line in plan_screen(two_futures(), 100))
