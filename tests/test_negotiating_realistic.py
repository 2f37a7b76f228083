"""On the realistic fleet: both ends of a bracket hold when they are solved again, from nothing."""

import pytest

from optimizer.living.conditions import Condition, Measured
from optimizer.living.living import LivingModel
from optimizer.negotiating.negotiation import negotiate
from optimizer.negotiating.wanted import Wanted
from scenarios.inputs import Inputs, parse_set
from scenarios.starting import EXAMPLES

OFFER = "quote-v6e-use1-36m"


@pytest.mark.long
def test_both_ends_of_the_bracket_hold_when_solved_from_nothing() -> None:
    inputs = Inputs.read(EXAMPLES / "realistic")
    wanted = Wanted(with_clauses=False, with_haircut=False, time_limit_s=3600.0)
    found = negotiate(lambda changes: inputs.load(changes).scenario, OFFER, wanted)
    (entry,) = found.brackets
    by_number = {solve.number: solve for solve in found.solves}
    sharpest = min(solve.asked_gap_share for solve in found.solves)

    for end, is_in in ((entry.proven_in, True), (entry.proven_out, False)):
        if end is None:
            continue
        price = [parse_set(f"contracts.{OFFER}.price_usd_per_node_hour={end.value}"), parse_set("run.gap_usd=0")]
        price.append(parse_set(f"run.gap_share={sharpest}"))
        with LivingModel((Condition(OFFER, Measured.ORDER, at_least=1.0),)) as model:
            plan = model.answer(inputs.load(price).scenario).plan
        without = by_number[end.without_solve].proven
        if is_in:
            assert plan.incumbent_usd < without.at_least_usd
        else:
            assert plan.bound_usd > without.at_most_usd
