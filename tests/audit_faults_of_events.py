"""Faults in what an event leaves, in what may be counted on after it, and in the blocks that prove it."""

from typing import Any

from optimizer.plan import ContingencyApi, Plan
from scenarios.policy import BlockChoice, Lost, WorkloadFloor
from tests import builders as make
from tests.audit_delivery_plans import NOTHING_YET, PART, THIN, YOUNG, deliveries_plan
from tests.audit_event_plans import ABROAD, NEAR, REGION, events_plan
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_planting import case, case_placement, fault, on, swap, under, without


def with_event(plan: Plan, event: str, **changes: Any) -> Plan:
    """The same plan with another event of that name."""
    rows = plan.scenario.policy.contingencies
    changed = tuple(row.model_copy(update=changes) if row.contingency == event else row for row in rows)
    return under(plan, contingencies=changed)


def at(plan: Plan, *place: Any) -> int:
    """The case of an event in a month and, where there are several, a block."""
    rows = plan.contingencies
    return next(i for i, row in enumerate(rows) if (row.contingency, row.month, row.block)[: len(place)] == place)


def by_api(plan: Plan, event: str, month: Any, block: str, **tok_per_s: float) -> Plan:
    """What the API serves in a case."""
    rows = tuple(
        ContingencyApi(workload=workload, size_class="all", api="api-a", accepted_tok_per_s=rate)
        for workload, rate in tok_per_s.items()
    )
    return case(plan, at(plan, event, month, block), api_placements=rows)


def of_tokens(plan: Plan, kind: str) -> int:
    """A line of what the API is expected to cost in January."""
    return next(i for i, row in enumerate(plan.cost_lines) if row.line == f"{kind}-{JAN}")


# What is named


@fault("inputs.events", events_plan)
def a_region_that_nobody_has(plan: Plan) -> Plan:
    return with_event(plan, REGION, name="region-z")


@fault("inputs.events", events_plan)
def a_locality_that_is_none(plan: Plan) -> Plan:
    return with_event(plan, NEAR, name="nearby")


@fault("inputs.events", events_plan)
def a_geography_without_a_region(plan: Plan) -> Plan:
    return with_event(plan, ABROAD, in_geography="geo-z")


@fault("inputs.events", events_plan)
def a_geography_in_which_nothing_of_it_stands(plan: Plan) -> Plan:
    return with_event(plan, ABROAD, name="cloud-e")


@fault("inputs.events", events_plan)
def a_ground_on_which_nothing_stands(plan: Plan) -> Plan:
    return with_event(plan, NEAR, name="own_site")


@fault("inputs.events", deliveries_plan)
def late_orders_of_a_provider_that_sells_none(plan: Plan) -> Plan:
    """What is left of cloud-b is on demand."""
    contracts = (*plan.scenario.contracts[:2], make.an_on_demand("od-b", offering="node-b"))
    return with_event(on(plan, contracts=contracts), THIN, name="cloud-b")


@fault("inputs.events", events_plan)
def a_floor_of_a_workload_that_is_none(plan: Plan) -> Plan:
    return with_event(plan, REGION, floors=(WorkloadFloor(workload="chats", floor_share=0.0),))


@fault("inputs.events", deliveries_plan)
def a_delivery_of_what_is_on_demand(plan: Plan) -> Plan:
    return with_event(plan, PART, name="od-a")


@fault("inputs.events", deliveries_plan)
def a_stack_that_no_migration_leads_to(plan: Plan) -> Plan:
    return with_event(plan, YOUNG, name="stack-a")


# Which blocks


@fault("contingency.complete", events_plan)
def only_blocks_in_which_somebody_peaks(plan: Plan) -> Plan:
    return without(plan, "contingencies", at(plan, REGION, JAN, "dusk"))


@fault("contingency.complete", events_plan)
def a_block_that_another_dominates(plan: Plan) -> Plan:
    dawn = plan.contingencies[at(plan, REGION, JAN, "night")].model_copy(update={"block": "dawn"})
    return plan.model_copy(update={"contingencies": (*plan.contingencies, dawn)})


@fault("contingency.complete", events_plan)
def the_peak_of_a_workload_without_demand_in_the_month(plan: Plan) -> Plan:
    night = plan.contingencies[at(plan, REGION, FEB, "noon")].model_copy(update={"block": "night"})
    return plan.model_copy(update={"contingencies": (*plan.contingencies, night)})


@fault("contingency.complete", events_plan)
def peaks_where_all_blocks_are_asked(plan: Plan) -> Plan:
    return with_event(plan, ABROAD, blocks=BlockChoice.ALL)


# What is left


@fault("contingency.survivors", events_plan)
def nodes_in_the_lost_region(plan: Plan) -> Plan:
    return case_placement(plan, at(plan, REGION, JAN, "noon"), 0, offering="node-a")


@fault("contingency.survivors", events_plan)
def an_api_in_the_lost_region(plan: Plan) -> Plan:
    return by_api(plan, REGION, JAN, "night", mail=1.0)


@fault("contingency.survivors", events_plan)
def nodes_at_the_edge_when_what_is_local_is_lost(plan: Plan) -> Plan:
    return case_placement(plan, at(plan, NEAR, JAN, "noon"), 0, offering="node-e")


@fault("contingency.survivors", events_plan)
def an_api_when_all_clouds_are_lost(plan: Plan) -> Plan:
    return with_event(plan, NEAR, name="cloud")


@fault("contingency.survivors", events_plan)
def an_api_that_is_lost_by_its_name(plan: Plan) -> Plan:
    return with_event(plan, NEAR, lost=Lost.CONTRACT, name="api-a")


@fault("contingency.survivors", events_plan)
def nodes_of_the_lost_cloud_abroad(plan: Plan) -> Plan:
    return case_placement(plan, at(plan, ABROAD, JAN, "noon"), 0, offering="node-b")


@fault("contingency.survivors", events_plan)
def a_cloud_that_is_lost_at_home(plan: Plan) -> Plan:
    return with_event(plan, ABROAD, in_geography="geo-a")


# APIs


@fault("contingency.api_allowed", events_plan)
def an_api_at_limits_that_are_not_relaxed(plan: Plan) -> Plan:
    """200 ms are within twice 150, not within 1.3 times."""
    return with_event(plan, NEAR, ttft_factor=1.3)


@fault("contingency.api_allowed", events_plan)
def relaxed_time_to_first_token_for_every_token(plan: Plan) -> Plan:
    """A factor on the TTFT does not stretch 15 ms a token to the 20 of the API."""
    chat, mail = plan.scenario.workloads
    slow = plan.scenario.model_copy(update={"workloads": (chat.model_copy(update={"tpot_limit_ms": 15.0}), mail)})
    return plan.model_copy(update={"scenario": slow, "fingerprint": slow.fingerprint()})


@fault("contingency.api_limits", events_plan)
def an_api_beyond_its_share(plan: Plan) -> Plan:
    return with_event(plan, NEAR, api_share=0.49)


@fault("contingency.api_limits", events_plan)
def an_api_that_nobody_counts_on(plan: Plan) -> Plan:
    """Without a share nothing may be served by the token, however little."""
    return with_event(plan, NEAR, api_share=0.0)


@fault("contingency.api_limits", events_plan)
def a_limit_for_each_workload(plan: Plan) -> Plan:
    """200 of chat and 150 of mail are below 300 each."""
    return by_api(plan, NEAR, JAN, "night", chat=200.0, mail=150.0)


@fault("contingency.api_limits", events_plan)
def accepted_tokens_within_the_limit(plan: Plan) -> Plan:
    """A tenth of the attempts fails: 300 accepted tokens take 333 of input."""
    return with_workload_of(plan, "chat", accepted_share=0.9)


def with_workload_of(plan: Plan, workload: str, **changes: Any) -> Plan:
    rows = plan.scenario.workloads
    changed = tuple(row.model_copy(update=changes) if row.workload == workload else row for row in rows)
    scenario = plan.scenario.model_copy(update={"workloads": changed})
    return plan.model_copy(update={"scenario": scenario, "fingerprint": scenario.fingerprint()})


@fault("records.ids", events_plan)
def an_api_that_is_not_there(plan: Plan) -> Plan:
    rows = (ContingencyApi(workload="chat", size_class="all", api="api-z", accepted_tok_per_s=1.0),)
    return case(plan, at(plan, NEAR, JAN, "noon"), api_placements=rows)


@fault("records.unique", events_plan)
def a_class_told_twice_of_an_api(plan: Plan) -> Plan:
    place = at(plan, NEAR, JAN, "noon")
    rows = plan.contingencies[place].api_placements
    return case(plan, place, api_placements=(*rows, *rows))


@fault("records.not_negative", events_plan)
def an_api_that_takes_tokens_back(plan: Plan) -> Plan:
    return by_api(plan, NEAR, JAN, "noon", chat=-1.0)


# Floors


@fault("contingency.floor", events_plan)
def tokens_of_the_api_left_out(plan: Plan) -> Plan:
    return case(plan, at(plan, NEAR, JAN, "noon"), api_placements=())


@fault("contingency.own_floor", events_plan)
def a_workload_with_the_floor_of_all_others(plan: Plan) -> Plan:
    """0.4 instead of 0.5 of 2,000 tok/s."""
    return case_placement(plan, at(plan, REGION, JAN, "noon"), 0, accepted_tok_per_s=800.0, nodes=0.6)


@fault("contingency.own_floor", events_plan)
def a_higher_floor_of_its_own(plan: Plan) -> Plan:
    return with_event(plan, REGION, floors=(WorkloadFloor(workload="mail", floor_share=0.401),))


# Young stacks


@fault("contingency.young_stack", deliveries_plan)
def a_stack_one_month_too_young(plan: Plan) -> Plan:
    return with_event(plan, YOUNG, months_in_production=3)


@fault("contingency.young_stack", deliveries_plan)
def months_counted_from_the_start_of_the_work(plan: Plan) -> Plan:
    return case_placement(plan, at(plan, YOUNG, MAR), 0, offering="node-b")


@fault("contingency.young_stack", deliveries_plan)
def a_stack_by_its_name(plan: Plan) -> Plan:
    return with_event(plan, YOUNG, name="stack-b", months_in_production=12)


# Deliveries


@fault("contingency.delivered", deliveries_plan)
def a_delivery_later_than_proven(plan: Plan) -> Plan:
    return with_event(plan, PART, late_months=3)


@fault("contingency.delivered", deliveries_plan)
def less_delivered_than_proven(plan: Plan) -> Plan:
    return with_event(plan, PART, delivered_share=0.49)


@fault("contingency.delivered", deliveries_plan)
def an_order_of_the_late_provider_taken_as_whole(plan: Plan) -> Plan:
    return case(plan, at(plan, THIN, JAN), emergency=())


@fault("contingency.delivered", deliveries_plan)
def a_provider_that_is_late_for_two_months_only(plan: Plan) -> Plan:
    """Without a number of months it is late for the whole term."""
    return case_placement(plan, at(plan, THIN, MAR), 0, accepted_tok_per_s=500.0, nodes=0.5)


@fault("contingency.delivered", deliveries_plan)
def late_orders_that_are_there_in_their_first_month(plan: Plan) -> Plan:
    return case(plan, at(plan, NOTHING_YET, JAN), emergency=())


# What it is expected to cost


@fault("bill.missing", events_plan)
def cached_input_of_an_emergency_not_counted(plan: Plan) -> Plan:
    return without(plan, "cost_lines", of_tokens(plan, "cached"))


@fault("bill.quantity", events_plan)
def tokens_of_every_hour_of_the_year(plan: Plan) -> Plan:
    index = of_tokens(plan, "output")
    return swap(plan, "cost_lines", index, quantity=usd("758.88"), amount_usd=usd("1138.32"))


@fault("bill.quantity", events_plan)
def an_emergency_spread_over_all_blocks(plan: Plan) -> Plan:
    """2.15625 nodes in three of four blocks of January."""
    index = next(i for i, row in enumerate(plan.cost_lines) if row.source == REGION and row.paid_month == JAN)
    return swap(plan, "cost_lines", index, quantity=usd("0.5390625"), amount_usd=usd("10.78"))


@fault("bill.price", events_plan)
def cached_input_of_an_emergency_at_the_full_price(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", of_tokens(plan, "cached"), unit_price_usd=usd("0.5"), amount_usd=usd("0.39"))


@fault("bill.payee", events_plan)
def tokens_of_an_emergency_paid_to_the_cloud(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", of_tokens(plan, "uncached"), payee="cloud-a")


@fault("bill.superfluous", events_plan)
def tokens_of_an_emergency_that_is_never_expected(plan: Plan) -> Plan:
    row = plan.cost_lines[of_tokens(plan, "output")].model_copy(update={"line": "again", "source": ABROAD})
    return plan.model_copy(update={"cost_lines": (*plan.cost_lines, row)})
