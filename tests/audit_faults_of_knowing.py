"""Faults in what knowing is worth."""

from optimizer.plan import Bracketed, Plan
from tests.audit_commitment_plans import commitments_plan
from tests.audit_lines import usd
from tests.audit_outlook_plans import outlooks_plan
from tests.audit_planting import fault, knowing, known


@fault("knowing.outlooks", outlooks_plan)
def an_outlook_that_is_not_told(plan: Plan) -> Plan:
    assert plan.knowing is not None
    return knowing(plan, outlooks=plan.knowing.outlooks[:1])


@fault("knowing.outlooks", commitments_plan)
def nothing_to_know_in_a_single_outlook(plan: Plan) -> Plan:
    return plan.model_copy(update={"knowing": outlooks_plan().knowing})


@fault("records.finite", outlooks_plan)
def an_infinite_worth(plan: Plan) -> Plan:
    return known(plan, 0, foreseen_bound_usd=float("-inf"))


@fault("knowing.plan", outlooks_plan)
def another_cost_of_this_plan(plan: Plan) -> Plan:
    return known(plan, 0, plan_usd=usd("23836.00"))


@fault("knowing.bounds", outlooks_plan)
def foreseen_for_less_than_is_proven(plan: Plan) -> Plan:
    return known(plan, 0, foreseen_bound_usd=23500.0)


@fault("knowing.bounds", outlooks_plan)
def this_plan_for_less_than_is_proven(plan: Plan) -> Plan:
    return known(plan, 0, foreseen_usd=24500.0, foreseen_bound_usd=24100.0)


@fault("knowing.bounds", outlooks_plan)
def the_mean_for_less_than_is_proven_of_it(plan: Plan) -> Plan:
    return known(plan, 1, mean_plan_bound_usd=52500.0)


@fault("knowing.bounds", outlooks_plan)
def the_mean_for_less_than_any_plan(plan: Plan) -> Plan:
    return known(plan, 1, mean_plan_usd=48000.0, mean_plan_bound_usd=47000.0)


@fault("knowing.bounds", outlooks_plan)
def orders_for_the_mean_that_beat_every_plan(plan: Plan) -> Plan:
    """In each outlook above what is proven for it, but 30,112.50 expected, where 30,600 are proven for all."""
    plan = known(plan, 0, mean_plan_usd=23150.0, mean_plan_bound_usd=23000.0)
    plan = known(plan, 1, mean_plan_usd=51000.0, mean_plan_bound_usd=50500.0)
    return knowing(plan, stochastic_solution=Bracketed(at_least_usd=0.0, usd=0.0, at_most_usd=0.0))


@fault("knowing.bounds", outlooks_plan)
def a_bound_of_a_plan_that_fails(plan: Plan) -> Plan:
    return known(plan, 1, mean_plan_usd=None)


@fault("knowing.bracket", outlooks_plan)
def a_value_though_the_mean_cannot_be_served(plan: Plan) -> Plan:
    return known(plan, 1, mean_plan_usd=None, mean_plan_bound_usd=None)


@fault("knowing.bracket", outlooks_plan)
def outlooks_added_without_their_probability(plan: Plan) -> Plan:
    return knowing(plan, perfect_information=Bracketed(at_least_usd=850.0, usd=1726.25, at_most_usd=2826.25))


@fault("knowing.bracket", outlooks_plan)
def more_said_than_is_proven(plan: Plan) -> Plan:
    """With this plan's own cost for its bound at least 899.56 would be certain; a better plan may exist."""
    return knowing(plan, perfect_information=Bracketed(at_least_usd=899.5625, usd=899.5625, at_most_usd=1224.5625))


@fault("knowing.bracket", outlooks_plan)
def a_value_above_its_most(plan: Plan) -> Plan:
    return knowing(plan, stochastic_solution=Bracketed(at_least_usd=150.4375, usd=450.4375, at_most_usd=400.0))


@fault("knowing.bracket", outlooks_plan)
def no_value_though_there_is_one(plan: Plan) -> Plan:
    return knowing(plan, stochastic_solution=None)
