"""Lists of things to sign: a quote that ends before the day to sign is found on every one of them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from optimizer.plan import Plan
from reports.layout import serial
from tests import test_workbook as rules
from tests.builders import (
    FIRST,
    a_credit,
    a_provisioned,
    a_reserved,
    a_scenario,
    a_spend_commitment,
    a_tier,
    an_agreement,
)
from tests.families.test_agreement import on_demand
from tests.families.test_spend_commitment import rented
from tests.proving import planned
from tests.served_by_token import a_token_fleet
from tests.test_workbook_futures import book_of, column

CHECK = "quotes that have expired on the day to sign"
YEAR_END = date(2026, 12, 31)
IN_TIME: dict[str, Any] = {"quote": "Q-1", "quote_valid_until": YEAR_END}
LOTS: dict[str, Any] = {"balance_usd": Decimal(500), "price_usd": Decimal(450), "lots_at_most": 1}


def nodes() -> Plan:
    return planned(a_scenario(contracts=(a_reserved(latest_start=FIRST, **IN_TIME),)))


def units() -> Plan:
    return planned(a_token_fleet(provisioned=(a_provisioned(latest_start=FIRST, **IN_TIME),)))


def spend() -> Plan:
    return planned(rented(spend_commitments=(a_spend_commitment(latest_start=FIRST, **IN_TIME),)))


def agreement() -> Plan:
    return planned(on_demand(a_tier(), agreements=(an_agreement(**IN_TIME),)))


LISTS = {
    "orders": ("Buy_List", nodes),
    "provisioned": ("Buy_Units", units),
    "committed_spend": ("Buy_Spend", spend),
    "agreements": ("Buy_Agreements", agreement),
}


@pytest.mark.parametrize("signed", LISTS)
def test_a_quote_that_ends_before_the_day_to_sign_is_found_on_every_list(signed: str) -> None:
    sheet, made = LISTS[signed]
    plan = made()
    assert column(book_of(plan)[sheet], "Quote on that day") == ["valid"]
    assert rules.status(book_of(plan))[f"{sheet}: {CHECK}"] == "OK"
    (row,) = getattr(plan, signed)
    late = plan.model_copy(update={signed: (row.model_copy(update={"order_by": date(2027, 1, 1)}),)})
    assert column(book_of(late)[sheet], "Quote on that day") == ["EXPIRED"]
    assert rules.status(book_of(late))[f"{sheet}: {CHECK}"] != "OK"


def test_what_is_granted_or_has_no_end_needs_no_quote_on_the_day() -> None:
    """Three lines: granted, prepaid on a quote, prepaid without an end."""
    credits = (a_credit("a"), a_credit("b", **LOTS, **IN_TIME), a_credit("c", **LOTS))
    sheet = book_of(planned(on_demand(agreements=(), credits=credits)))["Buy_Credits"]
    assert column(sheet, "Quote on that day") == ["granted", "valid", "no end stated"]


def test_the_summary_counts_what_is_to_be_signed_on_every_list_and_says_the_first_day() -> None:
    plan = planned(on_demand(a_tier(), credits=(a_credit("b", **LOTS, **IN_TIME),)))
    summary = book_of(plan)["Summary"]
    values = {row: cell.value for (row, col), cell in summary.cells.items() if col == 1}
    told = {cell.value: values[row] for (row, col), cell in summary.cells.items() if col == 0 and row in values}
    assert told["Agreements to sign"] == 1
    assert told["Credits to buy"] == 450
    assert told["Next deadline to sign"] == serial(YEAR_END)
    assert told["Orders to sign"] == 0
