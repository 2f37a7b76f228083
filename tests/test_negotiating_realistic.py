"""On the realistic fleet: both ends of a bracket hold when they are solved again, from nothing."""

import pytest

from optimizer.living.conditions import Condition, Measured
from optimizer.living.living import LivingModel
from optimizer.negotiating.negotiation import negotiate
from optimizer.negotiating.wanted import Wanted
from optimizer.plan import Plan
from scenarios.inputs import Inputs, parse_set
from scenarios.starting import EXAMPLES

OFFER = "quote-h200-use1-24m"
"""At least eight nodes for two years: enough that whether it is used stands out from the asked gap."""
ENOUGH_S = 400
"""Time for a plan and a bound of a model with a condition; its gap need not close to prove a sign."""


@pytest.mark.long
def test_both_ends_of_the_bracket_hold_when_solved_from_nothing() -> None:
    inputs = Inputs.read(EXAMPLES / "realistic")
    wanted = Wanted(with_clauses=False, with_haircut=False, time_limit_s=1500.0)
    found = negotiate(lambda changes: inputs.load(changes).scenario, OFFER, wanted)
    (entry,) = found.brackets
    assert entry.proven_in is not None
    assert entry.proven_out is not None
    without = {solve.number: solve.proven for solve in found.solves}

    used = _used_at(inputs, f"{entry.proven_in.value}")
    assert used.incumbent_usd < without[entry.proven_in.without_solve].at_least_usd
    used = _used_at(inputs, f"{entry.proven_out.value}")
    assert used.bound_usd > without[entry.proven_out.without_solve].at_most_usd


def _used_at(inputs: Inputs, price_usd: str) -> Plan:
    """A plan that uses the offer at a price, worked out from nothing."""
    path = f"contracts.{OFFER}.price_usd_per_node_hour={price_usd}"
    scenario = inputs.load([parse_set(path), parse_set(f"run.time_limit_s={ENOUGH_S}")]).scenario
    with LivingModel((Condition(OFFER, Measured.ORDER, at_least=1.0),)) as model:
        return model.answer(scenario).plan
