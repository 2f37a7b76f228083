"""Carbon caps, worked by hand: a node-hour of node-a emits 1.2 kWh * 500 g = 0.0006 t, of node-b 0.00012 t.

Two nodes of node-a emit 0.0012 t an hour: 0.8928 t in January (744 h), 0.8064 t in February (672 h). Moving a node to
node-b saves 0.00048 t an hour.
"""

from decimal import Decimal
from typing import Any

import pytest

from optimizer.faults import Impossible
from optimizer.plan import Plan
from scenarios.policy import BudgetWindow, CarbonCap
from scenarios.scenario import Scenario
from tests.builders import (
    a_held,
    a_reserved,
    an_api_offer,
    an_effect,
    an_outlook,
    nodes_of_load,
)
from tests.footprint_cases import HOURS, nodes_used, tonnes, two_priced
from tests.proving import binding, objective, planned, with_policy

ALL_A = 0.0012 * HOURS
"""t CO2e of two nodes of node-a in both months."""


def cap(limit_t: float, **overrides: Any) -> CarbonCap:
    fields: dict[str, Any] = {"rule": "clean", "window": BudgetWindow.HORIZON, "limit_t_co2e": limit_t}
    return CarbonCap(**(fields | overrides))


def plan_within(limit_t: float, scenario: Scenario | None = None, **overrides: Any) -> Plan:
    return planned(with_policy(scenario or two_priced(), carbon=(cap(limit_t, **overrides),)))


def test_a_cap_halfway_moves_a_node_to_the_cleaner_grid() -> None:
    """One node of each emits 0.00072 t an hour."""
    plan = plan_within(0.00072 * HOURS)
    assert objective(plan) == pytest.approx(Decimal((10 + 12) * HOURS))
    assert float(tonnes(plan)) == pytest.approx(0.00072 * HOURS)
    assert binding(plan) == {"clean used up in the window from 2027-01"}


def test_a_cap_above_what_is_emitted_changes_nothing() -> None:
    plan = plan_within(ALL_A * 1.001)
    assert objective(plan) == 2 * 10 * HOURS
    assert binding(plan) == set()
    assert float(tonnes(plan)) == pytest.approx(ALL_A)


def test_a_cap_below_what_the_cleanest_emit_is_impossible() -> None:
    with pytest.raises(Impossible, match="clean"):
        plan_within(0.00023 * HOURS)


def test_a_year_that_the_horizon_cuts_may_emit_its_part() -> None:
    """Two of twelve months: a limit of six times one node of each binds as that of the horizon does."""
    plan = plan_within(6 * 0.00072 * HOURS, window=BudgetWindow.YEAR)
    assert objective(plan) == pytest.approx(Decimal((10 + 12) * HOURS))


def test_a_cap_by_the_month_is_kept_in_each_of_them() -> None:
    """January has 744 hours, February 672: what one node of each emits in February leaves less room in January."""
    limit = 0.00072 * 672
    plan = plan_within(limit, window=BudgetWindow.MONTH)
    by_month = {row.month.number: Decimal(0) for row in plan.footprint}
    for row in plan.footprint:
        by_month[row.month.number] += row.t_co2e
    assert [float(by_month[n]) for n in (1, 2)] == pytest.approx([limit, limit])
    assert nodes_used(plan, "node-b")[0] > nodes_used(plan, "node-b")[1]


def test_reserved_and_held_nodes_emit_used_or_not() -> None:
    """A node held idle, as node-b is free: 0.0006 t an hour all the same."""
    held = two_priced(usd_a="20", held_contracts=(a_held(),), demand=nodes_of_load(1.0))
    assert float(tonnes(planned(held))) == pytest.approx(0.0006 * HOURS)
    with pytest.raises(Impossible, match="clean"):
        plan_within(0.0005 * HOURS, held)
    reserved = two_priced(contracts=(a_reserved(lot_nodes=2),), demand=nodes_of_load(1.0))
    assert float(tonnes(planned(reserved))) == pytest.approx(0.0012 * HOURS)


def test_what_is_served_by_the_token_is_not_counted() -> None:
    api = an_api_offer(price_usd_per_mtok_output=Decimal(50))
    plan = plan_within(0.0, two_priced(api_offers=(api,)))
    assert plan.footprint == ()
    assert plan.api_placements != ()


def test_a_cap_holds_in_every_outlook() -> None:
    """With twice the load in one outlook the limit leaves less for node-a there."""
    outlooks = {"outlooks": (an_outlook(), an_outlook("high")), "outlook_effects": (an_effect(),)}
    plan = plan_within(ALL_A, two_priced(**outlooks))
    by_outlook = {s: sum(float(r.t_co2e) for r in plan.footprint if r.outlook == s) for s in ("base", "high")}
    assert by_outlook == pytest.approx({"base": ALL_A, "high": ALL_A})
