"""Planned charges in FOCUS 1.2 columns: what they add up to, and a case worked by hand."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from contracts.terms.common import Nature
from contracts.terms.reserved import Upfront
from optimizer.plan import Plan
from reports.focus.columns import COLUMNS, OWN_COLUMNS
from reports.focus.export import focus_text, write_focus
from reports.focus.natures import FOCUS, ChargeCategory
from tests.builders import a_held, a_reserved, a_scenario, an_on_demand, nodes_of_load, ten_requests_a_node
from tests.plan_builders import a_plan
from tests.proving import planned
from tests.workbook_cases import a_plan_with_everything

Rows = list[dict[str, str]]


def rows_of(plan: Plan) -> Rows:
    return list(csv.DictReader(io.StringIO(focus_text(plan)[0])))


def summed(rows: Rows, column: str, **where: str) -> Decimal:
    chosen = (r for r in rows if all(r[name] == value for name, value in where.items()))
    return sum((Decimal(r[column]) for r in chosen if r[column]), Decimal(0))


def test_every_nature_of_a_cost_line_has_its_words_in_focus() -> None:
    """Else a new kind of contract would be left out of the file without a word."""
    assert set(FOCUS) == set(Nature)
    assert {nature for nature, focus in FOCUS.items() if focus is None} == {n for n in Nature if not n.is_cash}


@pytest.mark.parametrize("plan", [a_plan, a_plan_with_everything], ids=["one future", "three futures"])
def test_charges_add_up_to_cash_and_effective_cost_to_the_cent(plan: Any) -> None:
    found, written = rows_of(plan()), focus_text(plan())[1]
    totals = plan().totals
    assert summed(found, "BilledCost") == totals.cash_usd == written.billed_usd
    assert summed(found, "EffectiveCost") == totals.effective_usd == written.effective_usd
    assert written.rows == len(found)


def test_the_columns_are_those_of_the_specification_and_ours_behind_them() -> None:
    assert len(COLUMNS) == len(set(COLUMNS)) == 57
    assert list(COLUMNS) == sorted(COLUMNS)
    assert all(name.startswith("x_") for name in OWN_COLUMNS)
    assert list(rows_of(a_plan())[0]) == [*COLUMNS, *OWN_COLUMNS]


@pytest.mark.parametrize("plan", [a_plan, a_plan_with_everything], ids=["one future", "three futures"])
def test_rows_keep_the_rules_of_the_specification(plan: Any) -> None:
    for row in rows_of(plan()):
        for never_null in ("BillingAccountId", "BillingCurrency", "ChargeCategory", "ProviderName", "ServiceName"):
            assert row[never_null]
        priced = row["ChargeCategory"] in ("Usage", "Purchase")
        for price, cost in (("ListUnitPrice", "ListCost"), ("ContractedUnitPrice", "ContractedCost")):
            if priced:
                assert Decimal(row[price]) * Decimal(row["PricingQuantity"]) == Decimal(row[cost])
            else:
                assert row[price] == ""
                assert row[cost] == row["BilledCost"]
        if row["CommitmentDiscountId"]:
            assert bool(row["CommitmentDiscountStatus"]) == (row["ChargeCategory"] == "Usage")
            assert row["CommitmentDiscountUnit"]
        else:
            assert row["CommitmentDiscountStatus"] == row["CommitmentDiscountQuantity"] == ""
        if row["ChargeCategory"] == "Purchase":
            assert row["ChargeFrequency"] != "Usage-Based"
        if row["CommitmentDiscountStatus"] == "Unused":
            assert row["ConsumedQuantity"] == ""


def half_used() -> Plan:
    """One reserved node at 6 USD, half upfront, needed for half of its hours; January and February 2027."""
    return planned(
        a_scenario(
            catalog=ten_requests_a_node(),
            contracts=(an_on_demand(price_usd_per_node_hour=Decimal(20)), a_reserved(
                upfront=Upfront.PARTIAL, upfront_share=0.5
            )),
            demand=nodes_of_load(0.5),
        )
    )


def test_an_order_by_hand() -> None:
    """Upfront 3 * 1416 = 4,248; month by month 3 * 744 = 2,232 and 3 * 672 = 2,016; half of the node is not used."""
    rows = rows_of(half_used())
    columns = ("ChargeFrequency", "BilledCost", "EffectiveCost")
    bought = [tuple(r[name] for name in columns) for r in rows if r["ChargeCategory"] == "Purchase"]
    assert sorted(bought) == [
        ("One-Time", "4248.00", "0.00"),
        ("Recurring", "2016.00", "0.00"),
        ("Recurring", "2232.00", "0.00"),
    ]
    january = {"ChargePeriodStart": "2027-01-01T00:00:00Z", "ChargeCategory": "Usage"}
    for status in ("Used", "Unused"):
        assert summed(rows, "EffectiveCost", CommitmentDiscountStatus=status, **january) == Decimal("2232.00")
        assert summed(rows, "CommitmentDiscountQuantity", CommitmentDiscountStatus=status, **january) == 372
    assert summed(rows, "BilledCost", **january) == 0
    used = next(r for r in rows if r["CommitmentDiscountStatus"] == "Used")
    prices = [used[name] for name in ("ListUnitPrice", "ContractedUnitPrice", "x_CommittedUnitPrice")]
    assert [Decimal(price) for price in prices] == [10, 20, 6]
    assert used["CapacityReservationId"] == used["CommitmentDiscountId"] == "res-a.2027-01"


def test_used_and_unused_effective_cost_of_a_commitment_is_what_was_bought_of_it() -> None:
    rows = rows_of(half_used())
    usage = summed(rows, "EffectiveCost", ChargeCategory=ChargeCategory.USAGE.value)
    assert usage == summed(rows, "BilledCost", ChargeCategory=ChargeCategory.PURCHASE.value) == Decimal("8496.00")


def test_what_was_paid_before_the_horizon_is_effective_cost_and_not_billed() -> None:
    """One held node at 5 USD, all upfront in July 2026: 5 * (744 + 672) = 7,080 are used up and nothing is billed."""
    scenario = a_scenario(
        catalog=ten_requests_a_node(),
        contracts=(an_on_demand(),),
        held_contracts=(a_held(upfront_share=1.0),),
        demand=nodes_of_load(1.0),
    )
    rows = rows_of(planned(scenario))
    assert summed(rows, "BilledCost") == 0
    assert summed(rows, "EffectiveCost") == Decimal("7080.00")
    assert {r["x_CommitmentStart"] for r in rows} == {"2026-07-01T00:00:00Z"}


def test_a_month_that_is_due_later_is_billed_later() -> None:
    plan = planned(a_scenario(catalog=ten_requests_a_node(), contracts=(an_on_demand(),), demand=nodes_of_load(1.0)))
    late = tuple(x.model_copy(update={"paid_month": x.paid_month + 1}) for x in plan.cost_lines)
    rows = rows_of(plan.model_copy(update={"cost_lines": late}))
    january, february = rows
    assert (january["BillingPeriodStart"], january["BilledCost"]) == ("2027-02-01T00:00:00Z", "7440.00")
    assert (february["BilledCost"], february["EffectiveCost"]) == ("0.00", "6720.00")


def test_text_that_looks_like_a_formula_is_kept_from_being_one() -> None:
    plan = a_plan()
    lines = tuple(x.model_copy(update={"payee": "=cmd()"}) for x in plan.cost_lines)
    names = {r["ProviderName"] for r in rows_of(plan.model_copy(update={"cost_lines": lines}))}
    assert names == {"'=cmd()"}


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "charges.csv"
    write_focus(a_plan(), target)
    before = target.read_bytes()
    assert write_focus(a_plan(), target).rows > 10
    assert target.read_bytes() == before
    with pytest.raises(OSError, match="nowhere"):
        write_focus(a_plan(), tmp_path / "nowhere" / "charges.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["charges.csv"]
