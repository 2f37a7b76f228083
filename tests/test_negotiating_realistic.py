"""On the realistic fleet: both ends of a bracket hold when they are solved again, from nothing."""

import pytest

from optimizer.living.kept import use_of
from optimizer.negotiating.negotiation import negotiate
from optimizer.negotiating.wanted import Wanted
from optimizer.plan import Plan
from optimizer.run import PlanOptions, plan_fleet
from scenarios.inputs import Inputs, parse_set
from scenarios.starting import EXAMPLES

OFFER = "quote-h200-use1-24m"
"""At least eight nodes for two years: enough that whether it is used stands out from the asked gap."""


@pytest.mark.long
def test_both_ends_of_the_bracket_hold_when_solved_from_nothing() -> None:
    inputs = Inputs.read(EXAMPLES / "realistic")
    wanted = Wanted(with_clauses=False, with_haircut=False, time_limit_s=1500.0)
    found = negotiate(lambda changes: inputs.load(changes).scenario, OFFER, wanted)
    (entry,) = found.brackets
    assert entry.proven_in is not None
    assert entry.proven_out is not None
    proven = {solve.number: solve.proven for solve in found.solves}

    plan = _planned_at(inputs, f"{entry.proven_in.value}")
    assert use_of(plan, OFFER).is_used
    assert plan.incumbent_usd < proven[entry.proven_in.without_solve].at_least_usd
    plan = _planned_at(inputs, f"{entry.proven_out.value}")
    assert not use_of(plan, OFFER).is_used
    assert plan.incumbent_usd < proven[entry.proven_out.with_solve].at_least_usd


def _planned_at(inputs: Inputs, price_usd: str) -> Plan:
    """The plan at a price of the offer, worked out from nothing and free to use it or not."""
    path = f"contracts.{OFFER}.price_usd_per_node_hour={price_usd}"
    return plan_fleet(inputs.load([parse_set(path)]).scenario, PlanOptions(with_baselines=False))
