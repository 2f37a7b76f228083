"""The sheets of the fallback for late orders, APIs and floors by workload agree with the plan, in formulas."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from contracts.calendar import Month
from optimizer.plan import Plan
from reports.layout import Sheet
from reports.workbook import write_plan_workbook
from scenarios.outlooks import Effect
from scenarios.policy import Lost, WorkloadFloor
from tests import test_workbook as rules
from tests.builders import (
    a_contingency,
    a_held,
    a_policy,
    a_reserved,
    a_scenario,
    a_size_class,
    a_take_or_pay,
    a_workload,
    an_api_offer,
    an_effect,
    an_on_demand,
    an_outlook,
    flat_blocks,
    nodes_of_load,
    run_settings,
    two_clouds,
)
from tests.proving import planned
from tests.recalculation import disagreements
from tests.test_workbook_futures import RULES_OF_ALL_BOOKS, book_of

EXPECTED: dict[str, Any] = {"probability_per_year": 0.5, "duration_hours": 24.0}
LATE: dict[str, Any] = {"lost": Lost.DELIVERY, "late_months": 1, "floor_share": 0.3}


@cache
def two_outlooks() -> Plan:
    """Chat and code on two clouds; orders late in one outlook, and then by an event; APIs; a floor of its own."""
    events = (
        a_contingency("late", name="*", delivered_share=0.25, **LATE, **EXPECTED),
        a_contingency("late-b", name="cloud-b", **LATE),
        a_contingency("late-res-a", name="res-a", **LATE),
        a_contingency(api_share=0.5, floors=(WorkloadFloor(workload="code", floor_share=0.25),), **EXPECTED),
    )
    scenario = a_scenario(
        run=run_settings(months=3),
        catalog=two_clouds({"quota_nodes": 2}, quota_nodes=2),
        contracts=(
            an_on_demand(),
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(12)),
            a_reserved(),
            a_take_or_pay("top-b", offering="node-b"),
        ),
        held_contracts=(a_held(nodes=2),),
        api_offers=(an_api_offer(output_tok_per_s_limit=2500.0),),
        workloads=(a_workload(), a_workload("code")),
        size_classes=(a_size_class(), a_size_class("code")),
        demand=(*nodes_of_load(2.4, 3), *nodes_of_load(1.7, 3, "code")),
        blocks=flat_blocks("chat", "code"),
        outlooks=(an_outlook(), an_outlook("slow")),
        outlook_effects=(an_effect("slow", effect=Effect.DELIVERY_DELAY, value=1.0),),
        policy=a_policy(contingencies=events),
    )
    return planned(scenario)


@cache
def book() -> dict[str, Sheet]:
    return book_of(two_outlooks())


def rows(name: str) -> list[dict[str, Any]]:
    """The lines of a sheet by their headers."""
    sheet = book()[name]
    found: dict[int, dict[int, Any]] = {}
    for (row, col), cell in sheet.cells.items():
        found.setdefault(row, {})[col] = cell.value
    header = next(row for row in sorted(found) if found[row].get(0) in ("Case", "Event"))
    return [
        {str(found[header][col]): value for col, value in found[row].items() if col in found[header]}
        for row in sorted(found)
        if row > header
    ]


def test_the_case_has_everything() -> None:
    plan = two_outlooks()
    assert plan.orders
    assert plan.api_placements
    assert any(case.api_placements for case in plan.contingencies)


def test_every_check_holds_and_every_sheet_is_there() -> None:
    assert {"Fallback", "Calc_Fallback", "Calc_Survival", "Calc_Fallback_Apis"} <= set(book())
    assert {name for name, value in rules.status(book()).items() if value != "OK"} == set()


def test_late_nodes_are_those_of_orders_delivered_in_the_month() -> None:
    """By the event of all orders three quarters of them; by that of a contract or provider all of its own."""
    plan = two_outlooks()
    months = [month.first_day for month in plan.scenario.horizon.months]
    told = 0
    for line in rows("Calc_Survival"):
        if line["Event"] == "lose-cloud-a":
            assert line["Late nodes"] == 0
            continue
        event = next(e for e in plan.scenario.policy.contingencies if e.contingency == line["Event"])
        late = 0
        for order in plan.orders:
            named = event.name in ("*", order.contract, {"node-a": "cloud-a", "node-b": "cloud-b"}[order.offering])
            delay = 1 if line["Outlook"] == "slow" else 0
            if named and order.offering == line["Offering"] and order.outlook in (None, line["Outlook"]):
                start: Month = order.start + delay
                late += order.nodes if start.first_day == line["Month"] else 0
        assert line["Month"] in months
        assert line["Late nodes"] == pytest.approx((1 - event.delivered_share) * late)
        told += late > 0
    assert told


def test_the_floor_of_a_case_is_that_of_the_workload_nearest_to_it() -> None:
    floors = {line["Floor"] for line in rows("Calc_Fallback") if line["Event"] == "lose-cloud-a"}
    assert floors <= {0.8, 0.25}
    assert {line["Survived"] for line in rows("Fallback") if line["Event"]} == {"OK"}


def test_tokens_after_an_event_stay_inside_half_of_the_limits() -> None:
    lines = [line for line in rows("Calc_Fallback_Apis") if line["API"] == "api-a"]
    assert {line["Output allowed"] for line in lines} == {1250.0}
    assert all(line["Output tokens per s"] <= 1250.0 + 1e-6 and line["Room"] >= -1e-6 for line in lines)


@pytest.mark.long
@pytest.mark.parametrize("rule", RULES_OF_ALL_BOOKS, ids=lambda rule: rule.__name__)
def test_the_rules_of_all_books_are_kept(rule: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "sheets", book)
    rule()


@pytest.mark.libreoffice
def test_libreoffice_finds_the_same_value_for_every_formula(tmp_path: Path) -> None:
    write_plan_workbook(two_outlooks(), tmp_path / "plan.xlsx")
    _, found = disagreements(tmp_path / "plan.xlsx", tmp_path)
    assert found == []
