"""The price of carbon, worked by hand: a node-hour of node-a emits 1.2 kWh * 500 g = 0.0006 t, of node-b 0.00012 t.

Two nodes of node-a emit 0.0012 t an hour: 0.8928 t in January (744 h), 0.8064 t in February (672 h). Moving a node to
node-b saves 0.00048 t an hour. Where node-b costs 0.048 USD more, that is 100 USD for a tonne.
"""

from decimal import Decimal

import pytest

from contracts.terms.common import Nature
from optimizer.plan import Plan
from scenarios.policy import BudgetWindow, CarbonCap
from scenarios.scenario import Scenario
from tests.builders import a_held, a_reserved, an_effect, an_outlook, run_settings
from tests.footprint_cases import HOURS, known_clouds, nodes_used, tonnes, two_priced
from tests.proving import objective, planned, with_policy

ALL_A = Decimal("0.0012") * HOURS
"""t CO2e of two nodes of node-a in both months."""
FLIP_USD_PER_T = Decimal(100)


def near() -> Scenario:
    """node-b costs 100 USD more for every tonne that it saves."""
    return two_priced(usd_b="10.048")


def plan_at(usd_per_t: int | Decimal, scenario: Scenario | None = None) -> Plan:
    return planned(with_policy(scenario or near(), carbon_price_usd_per_t=Decimal(usd_per_t)))


def plan_within(limit_t: Decimal) -> Plan:
    cap = CarbonCap(rule="clean", window=BudgetWindow.HORIZON, limit_t_co2e=float(limit_t))
    return planned(with_policy(near(), carbon=(cap,)))


def test_a_price_below_what_the_cleaner_node_costs_more_is_paid_and_nothing_moves() -> None:
    """0.8928 t and 0.8064 t at 99 USD; a price is no cash and in no effective cost."""
    plan = plan_at(99)
    lines = [row for row in plan.cost_lines if row.nature is Nature.CARBON_PRICE]
    assert [(row.quantity, row.amount_usd) for row in lines] == [
        (Decimal("0.892800000"), Decimal("88.39")),
        (Decimal("0.806400000"), Decimal("79.83")),
    ]
    assert {(row.unit, row.payee, row.source, row.offering, row.order, row.outlook) for row in lines} == {
        ("t_co2e", "cloud-a", "node-a", "node-a", None, "base")
    }
    assert plan.totals.carbon_price_usd == Decimal("168.22")
    assert plan.totals.effective_usd == plan.totals.cash_usd == 2 * 10 * HOURS
    assert objective(plan) == 2 * 10 * HOURS + Decimal("168.22")


def test_a_price_above_it_moves_all_of_the_load() -> None:
    plan = plan_at(101)
    assert nodes_used(plan, "node-b") == [2.0, 2.0]
    assert nodes_used(plan, "node-a") == []


def test_a_cap_costs_what_a_price_at_the_flip_gives_back() -> None:
    """At 100 USD for a tonne any mix costs the same: the capped plan is the priced one, less what the cap is worth."""
    priced = plan_at(FLIP_USD_PER_T)
    for share in (0.3, 0.6, 0.9):
        limit = Decimal(str(share)) * ALL_A
        capped = plan_within(limit)
        assert float(objective(capped)) == pytest.approx(float(objective(priced) - FLIP_USD_PER_T * limit), abs=0.05)


def test_a_higher_price_never_raises_emissions() -> None:
    """Also where the fleet is lumpy: node-a can be reserved in lots of two."""
    lots = near().model_copy(
        update={"contracts": (*near().contracts, a_reserved(price_usd_per_node_hour=Decimal("9.97"), lot_nodes=2))}
    )
    for scenario in (near(), lots):
        emitted = [tonnes(plan_at(usd, scenario)) for usd in (0, 50, 90, 120, 200, 400)]
        assert emitted == sorted(emitted, reverse=True)
        assert emitted[0] > emitted[-1]


def test_a_price_is_discounted_like_every_line_and_its_total_is_not() -> None:
    """12 % a year: February's 80.64 USD are worth a little less."""
    run = run_settings(discount_rate_per_year=Decimal("0.12"))
    plan = planned(with_policy(two_priced(run=run), carbon_price_usd_per_t=FLIP_USD_PER_T))
    without = planned(two_priced(run=run))
    assert plan.totals.carbon_price_usd == Decimal("169.92")
    assert Decimal("169") < objective(plan) - objective(without) < Decimal("169.92")


def test_each_outlook_has_its_own_lines_and_the_total_is_expected() -> None:
    """Held in both outlooks: the same in each, and stated for each; the total weighs them with their probability."""
    outlooks = {"outlooks": (an_outlook(), an_outlook("high")), "outlook_effects": (an_effect(),)}
    held = two_priced(held_contracts=(a_held(nodes=4),), contracts=(), **outlooks)
    plan = plan_at(FLIP_USD_PER_T, held)
    lines = [row for row in plan.cost_lines if row.nature is Nature.CARBON_PRICE]
    assert {row.outlook for row in lines} == {"base", "high"}
    assert sum(row.amount_usd for row in lines) == 2 * plan.totals.carbon_price_usd
    assert plan.totals.carbon_price_usd == Decimal("339.84")


def test_what_emits_nothing_has_no_line() -> None:
    clean = known_clouds()
    zero = clean.model_copy(
        update={"region_energy": tuple(r.model_copy(update={"grid_g_co2e_per_kwh": 0.0}) for r in clean.region_energy)}
    )
    plan = plan_at(FLIP_USD_PER_T, two_priced(catalog=zero))
    assert not [row for row in plan.cost_lines if row.nature is Nature.CARBON_PRICE]
    assert [row.t_co2e for row in plan.footprint] == [Decimal(0), Decimal(0)]
