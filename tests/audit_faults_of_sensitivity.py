"""Faults in what moves the cost most."""

from typing import Any

from optimizer.plan import Plan
from optimizer.plan_sensitivity import SensitiveInput, Sensitivity
from tests.audit_lines import usd
from tests.audit_planting import fault
from tests.audit_sensitivity_plans import sensitivity_plan

DEMAND, PRICE, USABLE = range(3)


def told(plan: Plan) -> Sensitivity:
    assert plan.sensitivity is not None
    return plan.sensitivity


def saying(plan: Plan, **changes: Any) -> Plan:
    return plan.model_copy(update={"sensitivity": told(plan).model_copy(update=changes)})


def having(plan: Plan, index: int, **changes: Any) -> Plan:
    """One input told otherwise."""
    rows = list(told(plan).inputs)
    rows[index] = rows[index].model_copy(update=changes)
    return saying(plan, inputs=tuple(rows))


def low(plan: Plan, index: int, **changes: Any) -> Plan:
    """Its low end told otherwise."""
    end = told(plan).inputs[index].low
    assert end is not None
    return having(plan, index, low=end.model_copy(update=changes))


def moved(plan: Plan, index: int, **changes: Any) -> Plan:
    """What its low end moves told otherwise."""
    end = told(plan).inputs[index].low
    assert end is not None
    assert end.moved is not None
    return low(plan, index, moved=end.moved.model_copy(update=changes))


def left_out(plan: Plan, **changes: Any) -> Plan:
    return saying(plan, left_out=(told(plan).left_out[0].model_copy(update=changes),))


@fault("sensitivity.names", sensitivity_plan)
def the_demand_of_nobody(plan: Plan) -> Plan:
    return having(plan, DEMAND, of="ghost")


@fault("sensitivity.names", sensitivity_plan)
def a_price_on_demand_told_as_that_of_a_contract(plan: Plan) -> Plan:
    return having(plan, PRICE, of="od-a")


@fault("sensitivity.names", sensitivity_plan)
def an_input_shown_and_left_out(plan: Plan) -> Plan:
    shown: SensitiveInput = told(plan).inputs[DEMAND]
    return left_out(plan, varied=shown.varied, of=shown.of)


@fault("sensitivity.names", sensitivity_plan)
def eleven_inputs(plan: Plan) -> Plan:
    return saying(plan, inputs=told(plan).inputs[:1] * 11)


@fault("sensitivity.values", sensitivity_plan)
def a_price_told_wrong(plan: Plan) -> Plan:
    return having(plan, PRICE, value="6.5")


@fault("sensitivity.values", sensitivity_plan)
def a_price_not_told(plan: Plan) -> Plan:
    return having(plan, PRICE, value="")


@fault("sensitivity.values", sensitivity_plan)
def a_low_end_above_what_is_there(plan: Plan) -> Plan:
    return low(plan, PRICE, value="6.01")


@fault("sensitivity.ends", sensitivity_plan)
def solved_without_a_bound(plan: Plan) -> Plan:
    return low(plan, DEMAND, bound_usd=None)


@fault("sensitivity.ends", sensitivity_plan)
def a_cost_where_there_is_no_plan(plan: Plan) -> Plan:
    high = told(plan).inputs[DEMAND].high
    assert high is not None
    return having(plan, DEMAND, high=high.model_copy(update={"incumbent_usd": 11000.0}))


@fault("sensitivity.ends", sensitivity_plan)
def no_plan_and_no_reason(plan: Plan) -> Plan:
    high = told(plan).inputs[DEMAND].high
    assert high is not None
    return having(plan, DEMAND, high=high.model_copy(update={"reason": ""}))


@fault("sensitivity.buy_list", sensitivity_plan)
def a_change_of_a_buy_list_that_is_the_same(plan: Plan) -> Plan:
    return low(plan, DEMAND, buy_changes=("res-a from 2027-01: 1 -> 2 nodes",))


@fault("sensitivity.bounds", sensitivity_plan)
def a_plan_that_beats_its_bound(plan: Plan) -> Plan:
    end = told(plan).inputs[PRICE].low
    assert end is not None
    assert end.moved is not None
    there = end.moved.model_copy(update={"at_least_usd": -842.0})
    return low(plan, PRICE, bound_usd=9070.0, moved=there)


@fault("records.finite", sensitivity_plan)
def a_bound_without_end(plan: Plan) -> Plan:
    return low(plan, PRICE, bound_usd=float("-inf"))


@fault("sensitivity.interval", sensitivity_plan)
def another_difference_than_was_found(plan: Plan) -> Plan:
    return moved(plan, PRICE, usd=usd("-849.61"))


@fault("sensitivity.interval", sensitivity_plan)
def incumbents_taken_for_bounds(plan: Plan) -> Plan:
    return moved(plan, PRICE, at_least_usd=-849.6, at_most_usd=-849.6)


@fault("sensitivity.sign", sensitivity_plan)
def a_sign_within_the_gaps(plan: Plan) -> Plan:
    return moved(plan, USABLE, distinguishable=True)


@fault("sensitivity.order", sensitivity_plan)
def the_lesser_input_first(plan: Plan) -> Plan:
    demand, price, usable = told(plan).inputs
    return saying(plan, inputs=(demand, usable, price))


@fault("sensitivity.order", sensitivity_plan)
def an_impossible_end_behind_a_price(plan: Plan) -> Plan:
    demand, price, usable = told(plan).inputs
    return saying(plan, inputs=(price, demand, usable))


@fault("sensitivity.order", sensitivity_plan)
def left_out_although_it_moves_more(plan: Plan) -> Plan:
    return left_out(plan, largest_usd=usd("500.00"))


@fault("sensitivity.order", sensitivity_plan)
def left_out_without_a_reason(plan: Plan) -> Plan:
    return left_out(plan, reason="")
