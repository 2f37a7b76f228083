"""Price levels, savings rate, coverage, utilisation, break-even, obligations and lease hints, worked by hand."""

from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from contracts.terms.reserved import Upfront
from optimizer.plan import Plan
from reports.commitment_use import CommitmentUse
from reports.console_accounts import account_facts
from reports.layout import Sheet
from tests.builders import (
    a_held,
    a_reserved,
    a_scenario,
    a_take_or_pay,
    an_on_demand,
    nodes_of_load,
    ten_requests_a_node,
)
from tests.plan_builders import a_plan
from tests.proving import planned
from tests.test_workbook_futures import book_of, column, failed
from tests.workbook_cases import a_plan_with_everything

TOTAL, JANUARY, FEBRUARY = 6, 7, 8


@cache
def a_mixed_plan() -> Plan:
    """A held node at 5 USD, and two nodes needed in January and February 2027 (744 and 672 hours).

    List price 10, on demand 8. Reserved for two months at 7, half upfront: cheaper than on demand, so one is ordered.
    """
    reserved = a_reserved(
        price_usd_per_node_hour=Decimal(7), upfront=Upfront.PARTIAL, upfront_share=0.5, maximum_order_nodes=1
    )
    return planned(
        a_scenario(
            catalog=ten_requests_a_node(),
            contracts=(an_on_demand(price_usd_per_node_hour=Decimal(8)), reserved),
            held_contracts=(a_held(firm=False),),
            demand=nodes_of_load(2.5),
        )
    )


def band(sheet: Sheet, title: str, col: int, offset: int = 1) -> Any:
    """A cell of the row so far below a heading."""
    row = next(r for (r, c), cell in sorted(sheet.cells.items()) if c == 0 and str(cell.value).startswith(title))
    return sheet.cells[row + offset, col].value


def test_three_price_levels_stand_side_by_side() -> None:
    """Held at 5 and reserved at 7: a node-hour under contract costs 6; on demand it is 8, at list 10."""
    sheet = book_of(a_mixed_plan())["Calc_Rates"]
    assert band(sheet, "List price", JANUARY) == 10
    assert band(sheet, "Negotiated price", JANUARY) == 8
    assert band(sheet, "Committed price", JANUARY) == pytest.approx(6)
    assert band(sheet, "Committed price", TOTAL) == pytest.approx(6)


def test_coverage_utilisation_and_savings_rate_by_hand() -> None:
    """2.5 nodes needed, two of them under contract: 80 % covered. All cost 5 + 7 + 8 / 2 = 16 an hour, 25 at list."""
    plan = a_mixed_plan()
    sheet = book_of(plan)["Calc_Rates"]
    assert failed(plan) == set()
    assert band(sheet, "Coverage, all", JANUARY) == pytest.approx(0.8)
    assert band(sheet, "Utilisation, all", FEBRUARY) == pytest.approx(1)
    assert band(sheet, "Coverage, by provider", JANUARY) == pytest.approx(0.8)
    assert band(sheet, "... over list", TOTAL) == pytest.approx(1 - 16 / 25)
    assert band(sheet, "... over negotiated", TOTAL) == pytest.approx(1 - 16 / 20)
    assert list(account_facts(plan)) == [
        ("Savings rate", "36.0% over list, 20.0% over negotiated on-demand prices"),
        ("Commitments", "cover 80.0% of use; 100.0% of them used"),
    ]


def test_an_idle_commitment_costs_savings_and_utilisation() -> None:
    """A held node at 5 USD, used for a quarter of its hours: nothing is saved, 5 are paid for what lists at 2.50."""
    plan = planned(
        a_scenario(
            catalog=ten_requests_a_node(),
            contracts=(an_on_demand(),),
            held_contracts=(a_held(),),
            demand=nodes_of_load(0.25),
        )
    )
    use = CommitmentUse(plan)
    assert (use.coverage, use.utilisation) == (pytest.approx(1), pytest.approx(0.25))
    assert use.saved_over_list == pytest.approx(-1)


@pytest.mark.parametrize("plan", [a_plan, a_plan_with_everything], ids=["one future", "three futures"])
def test_the_screen_and_the_workbook_say_the_same(plan: Any) -> None:
    use, sheet = CommitmentUse(plan()), book_of(plan())["Calc_Rates"]
    for title, figure in (
        ("Coverage, all", use.coverage),
        ("Utilisation, all", use.utilisation),
        ("... over list", use.saved_over_list),
        ("... over negotiated", use.saved_over_negotiated),
    ):
        assert band(sheet, title, TOTAL) == pytest.approx(figure, abs=1e-6)


def test_the_month_from_which_an_order_pays_back() -> None:
    """A node at 6 USD, all upfront: 8,496 paid in January, when its use by the hour costs 7,440; February closes it.

    In effective cost it is cheaper from the first month on: 4,464 against 7,440.
    """
    terms = a_reserved(upfront=Upfront.ALL, upfront_share=1.0)
    plan = planned(
        a_scenario(catalog=ten_requests_a_node(), contracts=(an_on_demand(), terms), demand=nodes_of_load(1.0))
    )
    book = book_of(plan)
    assert column(book["Break_Even"], "Cash month no") == [2]
    assert [str(day) for day in column(book["Break_Even"], "In cash from")] == ["2027-02-01"]
    assert [str(day) for day in column(book["Break_Even"], "In effective cost from")] == ["2027-01-01"]
    assert band(book["Calc_Break_Even"], "Advantage so far, in cash", JANUARY) == pytest.approx(7440 - 8496)
    assert failed(plan) == set()


def test_an_order_that_never_pays_back_says_so() -> None:
    """Taken because its last year is free (the tail has no weight): 24 months at 6 USD upfront are 105,120 USD."""
    terms = a_reserved(upfront=Upfront.ALL, upfront_share=1.0, term_months=24)
    plan = planned(
        a_scenario(catalog=ten_requests_a_node(), contracts=(an_on_demand(), terms), demand=nodes_of_load(1.0))
    )
    sheet = book_of(plan)["Break_Even"]
    assert column(sheet, "In cash from") == ["not in the horizon"]
    assert [str(day) for day in column(sheet, "In effective cost from")] == ["2027-01-01"]


def test_obligations_are_listed_by_contract_and_year() -> None:
    """A node at 6 USD for 24 months from January 2027, month by month; the horizon ends with February.

    Twelve months from March 2027 with a leap day, 8,784 hours, then ten months of 2028, 7,344 hours.
    """
    plan = planned(
        a_scenario(
            catalog=ten_requests_a_node(),
            contracts=(an_on_demand(), a_reserved(term_months=24)),
            demand=nodes_of_load(1.0),
        )
    )
    sheet = book_of(plan)["Obligations"]
    assert column(sheet, "Year") == [1, 2]
    assert [str(day) for day in column(sheet, "From")] == ["2027-03-01", "2028-03-01"]
    assert column(sheet, "Payable USD") == [pytest.approx(6 * 8784), pytest.approx(6 * 7344)]
    assert column(sheet, "Contract") == ["res-a", "res-a"]
    assert failed(plan) == set()


def test_lease_hints_name_criteria_and_give_no_verdict() -> None:
    """A held contract that is not firm keeps no asset; 24 firm months exceed the limit; life and value: unknown."""
    plan = planned(
        a_scenario(
            catalog=ten_requests_a_node(),
            contracts=(an_on_demand(), a_reserved(term_months=24)),
            held_contracts=(a_held(firm=False),),
            demand=nodes_of_load(2.0),
        )
    )
    sheet = book_of(plan)["Lease_Hints"]
    assert column(sheet, "Identified asset") == ["no", "may be"]
    assert column(sheet, "Over the limit") == ["no", "yes"]
    assert column(sheet, "Share of life") == column(sheet, "Share of value") == ["unknown", "unknown"]
    assert column(sheet, "Hint") == ["no asset is kept for you: ask your accountants", "review: ask your accountants"]


def test_take_or_pay_orders_count_whole() -> None:
    """One node ordered, half of it used: utilisation 50 %, and all of the use is covered."""
    plan = planned(
        a_scenario(
            catalog=ten_requests_a_node(), contracts=(an_on_demand(), a_take_or_pay()), demand=nodes_of_load(0.5)
        )
    )
    use = CommitmentUse(plan)
    assert (use.coverage, use.utilisation) == (pytest.approx(1), pytest.approx(0.5))
    assert band(book_of(plan)["Calc_Rates"], "Utilisation, all", TOTAL) == pytest.approx(0.5)
