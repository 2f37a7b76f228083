"""Which rules on sovereignty, power and carbon a way of buying breaks, each by hand: two nodes of load, all on node-a.

node-a has an index of 40, draws 1.2 kW and emits 0.0006 t an hour; two of them emit 1.6992 t in January and February.
"""

from decimal import Decimal
from typing import Any

import pytest

from scenarios.policy import BudgetWindow, CarbonCap, PowerCap, SovereigntyFloor
from scenarios.scenario import Scenario
from tests.baseline_cases import compared
from tests.footprint_cases import two_priced
from tests.proving import EXACT_USD, planned, with_policy

ALL_ON_DEMAND = "all on demand"


def under(**rules: Any) -> Scenario:
    return with_policy(two_priced(), **rules)


@pytest.mark.parametrize(
    ("scenario", "broken"),
    [
        pytest.param(
            under(sovereignty=(SovereigntyFloor(rule="index", index_at_least=60.0),)),
            "sovereignty index: the fleet has an index of 40.00, 60 asked for (2027-01)",
            id="floor",
        ),
        pytest.param(
            under(power=(PowerCap(rule="grid", limit_mw=0.0012),)),
            "power grid: region-a draws 0.0024 MW, 0.0012 allowed (2027-01, all)",
            id="power",
        ),
        pytest.param(
            under(carbon=(CarbonCap(rule="clean", window=BudgetWindow.HORIZON, limit_t_co2e=1.0),)),
            "carbon clean: 1.699 t CO2e, 1 allowed in the window from 2027-01",
            id="carbon",
        ),
    ],
)
def test_a_way_that_breaks_a_rule_says_which_and_where_it_is_worst(scenario: Scenario, broken: str) -> None:
    assert compared(scenario)[ALL_ON_DEMAND].breaks == (broken,)


def test_rules_that_the_cheapest_nodes_keep_are_not_named() -> None:
    scenario = under(
        sovereignty=(SovereigntyFloor(rule="index", index_at_least=40.0),),
        power=(PowerCap(rule="grid", limit_mw=0.0024),),
        carbon=(CarbonCap(rule="clean", window=BudgetWindow.HORIZON, limit_t_co2e=1.7),),
    )
    assert compared(scenario)[ALL_ON_DEMAND].breaks == ()


def test_a_price_of_carbon_is_part_of_what_is_compared() -> None:
    """At 5,000 USD for a tonne node-b costs less, in the plan and on demand: neither saves."""
    scenario = under(carbon_price_usd_per_t=Decimal(5000))
    way = compared(scenario)[ALL_ON_DEMAND]
    assert way.objective_usd is not None
    assert way.breaks == ()
    assert abs(float(way.objective_usd - planned(scenario).totals.objective_usd)) < EXACT_USD
