"""Faults in capacity blocks and owned hardware: sizes, dates, sites, what serves, and every line."""

from datetime import date
from decimal import Decimal
from typing import Any

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan import Plan
from tests.audit_hardware import APR, CALM, LATE, a_site
from tests.audit_hardware_plans import AFTER, hardware_plan
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_planting import (
    case,
    fault,
    line_of,
    on,
    swap,
    total,
    with_budget,
    with_cap,
    with_offering,
    with_terms,
    without,
)

BLOCK, WAITS, OWNED = range(3)
"""The orders of the plan."""


def with_line(plan: Plan, nature: Nature, paid: Month, of: str | None = None, **changes: Any) -> Plan:
    """A line, of some outlook where it is told for each, changed."""
    return swap(plan, "cost_lines", line_of(plan, nature, paid, outlook=of), **changes)


def without_line(plan: Plan, nature: Nature, paid: Month, of: str | None = None) -> Plan:
    return without(plan, "cost_lines", line_of(plan, nature, paid, outlook=of))


# Blocks


@fault("blocks.size", hardware_plan)
def a_size_that_is_not_on_offer(plan: Plan) -> Plan:
    return swap(plan, "orders", BLOCK, nodes=3)


@fault("blocks.dates", hardware_plan)
def a_block_moved_by_a_month(plan: Plan) -> Plan:
    return swap(plan, "orders", BLOCK, start=FEB, end=APR + 1)


@fault("blocks.dates", hardware_plan)
def a_block_that_ends_with_its_last_whole_month(plan: Plan) -> Plan:
    return swap(plan, "orders", BLOCK, end=MAR)


@fault("blocks.possible", hardware_plan)
def a_block_whose_quote_has_lapsed(plan: Plan) -> Plan:
    return on(plan, run=plan.scenario.run.model_copy(update={"order_date": date(2027, 1, 11)}))


@fault("blocks.possible", hardware_plan)
def a_block_after_the_horizon(plan: Plan) -> Plan:
    return with_terms(plan, "block-apr", first_day=date(2027, 5, 1))


@fault("orders.order_by", hardware_plan)
def a_block_signed_without_its_lead_time(plan: Plan) -> Plan:
    return with_offering(plan, lead_time_days=5)


@fault("orders.order_by", hardware_plan)
def a_block_signed_on_its_first_day(plan: Plan) -> Plan:
    return swap(plan, "orders", WAITS, order_by=date(2027, 4, 1))


@fault("orders.one_per_start", hardware_plan)
def a_block_bought_twice(plan: Plan) -> Plan:
    again = plan.orders[BLOCK].model_copy(update={"order": "again"})
    return plan.model_copy(update={"orders": (*plan.orders, again)})


@fault("orders.stage", hardware_plan)
def a_block_that_could_have_waited(plan: Plan) -> Plan:
    return swap(plan, "orders", WAITS, outlook=None)


@fault("orders.stock", hardware_plan)
def a_block_beyond_the_stock(plan: Plan) -> Plan:
    """It takes of the stock in every month that it touches."""
    return with_offering(plan, stock_nodes=1)


@fault("capacity.base", hardware_plan)
def a_block_that_serves_before_its_first_day(plan: Plan) -> Plan:
    return swap(plan, "placements", 0, nodes=1.2, accepted_tok_per_s=1200.0)


@fault("contingency.capacity", hardware_plan)
def a_block_counted_in_a_month_that_it_does_not_serve_whole(plan: Plan) -> Plan:
    return case(plan, 0, emergency=())


@fault("contingency.capacity", hardware_plan)
def a_block_of_another_outlook_counted(plan: Plan) -> Plan:
    return case(plan, 7, emergency=())


@fault("contingency.not_firm_limit", hardware_plan)
def a_block_leaned_on_as_if_not_firm(plan: Plan) -> Plan:
    """In January it is there for some days only."""
    use = plan.contingencies[0].emergency[0].model_copy(update={"on_demand_nodes": 0.0, "not_firm_nodes": 0.2725})
    return case(plan, 0, emergency=(use,))


@fault("policy.concentration_capacity", hardware_plan)
def a_block_that_is_no_capacity(plan: Plan) -> Plan:
    return with_cap(plan, 0, 0.4)


@fault("bill.quantity", hardware_plan)
def a_block_billed_by_whole_months(plan: Plan) -> Plan:
    return with_line(plan, Nature.CAPACITY_BLOCK, JAN, quantity=usd(4320), amount_usd=usd("30240.00"))


@fault("bill.paid", hardware_plan)
def net_days_on_a_block(plan: Plan) -> Plan:
    return with_line(plan, Nature.CAPACITY_BLOCK, JAN, paid_month=FEB)


@fault("bill.service", hardware_plan)
def a_block_that_serves_the_month_in_which_it_is_paid(plan: Plan) -> Plan:
    return with_line(plan, Nature.CAPACITY_BLOCK, JAN, service_end=FEB)


@fault("bill.missing", hardware_plan)
def a_block_for_nothing(plan: Plan) -> Plan:
    return without_line(plan, Nature.CAPACITY_BLOCK, APR)


@fault("bill.missing", hardware_plan)
def a_block_told_for_each_outlook(plan: Plan) -> Plan:
    return with_line(plan, Nature.CAPACITY_BLOCK, JAN, outlook=CALM)


# Owned hardware


@fault("orders.lot", hardware_plan)
def half_a_lot_of_hardware(plan: Plan) -> Plan:
    return with_terms(plan, "own-b", lot_nodes=4)


@fault("orders.lead_time", hardware_plan)
def hardware_before_it_can_be_there(plan: Plan) -> Plan:
    return on(plan, run=plan.scenario.run.model_copy(update={"order_date": date(2026, 12, 13)}))


@fault("orders.end", hardware_plan)
def hardware_for_the_horizon_only(plan: Plan) -> Plan:
    return swap(plan, "orders", OWNED, end=APR + 1)


@fault("inputs.clauses", hardware_plan)
def hardware_at_no_site(plan: Plan) -> Plan:
    return on(plan, sites=())


@fault("sites.power", hardware_plan)
def a_site_without_power_to_cool(plan: Plan) -> Plan:
    """16 kW of nodes, 20 with their cooling."""
    return on(plan, sites=(a_site(power_kw=19.0),))


@fault("sites.space", hardware_plan)
def a_site_that_is_full(plan: Plan) -> Plan:
    return on(plan, sites=(a_site(rack_units=7.0),))


@fault("capacity.base", hardware_plan)
def hardware_that_serves_before_it_is_delivered(plan: Plan) -> Plan:
    index = next(i for i, row in enumerate(plan.placements) if (row.outlook, row.month) == (LATE, JAN))
    return swap(plan, "placements", index, offering="node-b")


@fault("contingency.capacity", hardware_plan)
def hardware_that_is_not_firm(plan: Plan) -> Plan:
    return with_terms(plan, "own-b", firm=False)


@fault("policy.budget", hardware_plan)
def capital_expenditure_above_its_budget(plan: Plan) -> Plan:
    return with_budget(plan, 0, "19999.00")


@fault("policy.budget", hardware_plan)
def operating_expenditure_above_its_budget(plan: Plan) -> Plan:
    return with_budget(plan, 1, "29399.00")


@fault("totals.capex", hardware_plan)
def hardware_that_is_no_capital(plan: Plan) -> Plan:
    return total(plan, capex_usd=usd(0))


@fault("bill.missing", hardware_plan)
def hardware_for_nothing(plan: Plan) -> Plan:
    return without_line(plan, Nature.OWNED_CAPEX, JAN)


@fault("bill.missing", hardware_plan)
def hardware_paid_once_where_it_comes_late(plan: Plan) -> Plan:
    plan = without_line(plan, Nature.OWNED_CAPEX, FEB, LATE)
    return with_line(plan, Nature.OWNED_CAPEX, JAN, outlook=None)


@fault("bill.service", hardware_plan)
def hardware_written_off_in_the_horizon(plan: Plan) -> Plan:
    return with_line(plan, Nature.OWNED_CAPEX, JAN, service_end=APR + 1)


@fault("bill.paid", hardware_plan)
def hardware_paid_by_net_days(plan: Plan) -> Plan:
    return with_line(plan, Nature.OWNED_CAPEX, JAN, paid_month=FEB)


@fault("bill.paid", hardware_plan)
def what_is_left_had_at_once(plan: Plan) -> Plan:
    return with_line(plan, Nature.OWNED_RESIDUAL, AFTER, CALM, paid_month=JAN)


@fault("bill.price", hardware_plan)
def what_is_left_charged(plan: Plan) -> Plan:
    return with_line(plan, Nature.OWNED_RESIDUAL, AFTER, CALM, unit_price_usd=usd(1000), amount_usd=usd("2000.00"))


@fault("bill.price", hardware_plan)
def upkeep_that_does_not_move(plan: Plan) -> Plan:
    return with_line(plan, Nature.OWNED_UPKEEP, AFTER, CALM, unit_price_usd=usd(100), amount_usd=usd("200.00"))


@fault("bill.price", hardware_plan)
def power_that_moves_with_the_upkeep(plan: Plan) -> Plan:
    return with_line(plan, Nature.OWNED_POWER, AFTER, CALM, unit_price_usd=usd("0.11"), amount_usd=usd("1636.80"))


@fault("bill.quantity", hardware_plan)
def power_without_cooling(plan: Plan) -> Plan:
    return with_line(plan, Nature.OWNED_POWER, FEB, CALM, quantity=usd(11904), amount_usd=usd("1190.40"))


@fault("bill.quantity", hardware_plan)
def power_of_one_node(plan: Plan) -> Plan:
    return with_line(plan, Nature.OWNED_POWER, FEB, CALM, quantity=usd(7440), amount_usd=usd("744.00"))


@fault("bill.paid", hardware_plan)
def upkeep_without_net_days(plan: Plan) -> Plan:
    return with_line(plan, Nature.OWNED_UPKEEP, FEB, CALM, paid_month=JAN)


@fault("bill.missing", hardware_plan)
def upkeep_forgotten_after_the_horizon(plan: Plan) -> Plan:
    return without_line(plan, Nature.OWNED_UPKEEP, Month(2027, 8), CALM)


@fault("bill.price", hardware_plan)
def upkeep_by_the_hour(plan: Plan) -> Plan:
    return with_line(plan, Nature.OWNED_UPKEEP, FEB, CALM, unit="node_hour")


@fault("totals.beyond_horizon", hardware_plan)
def what_is_left_forgotten(plan: Plan) -> Plan:
    return total(plan, beyond_horizon_usd=plan.totals.beyond_horizon_usd + Decimal("1400.00"))
