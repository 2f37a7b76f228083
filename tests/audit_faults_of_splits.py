"""Faults in splits: figures of their roles, the transfer, who may serve, and the nodes that both roles keep busy."""

from typing import Any

from catalog.goodput import PricePerformanceClaim, Role
from catalog.records import Evidence
from catalog.serving import RefusalReason
from optimizer.plan import Plan
from optimizer.plan_splits import SplitRefusal
from scenarios.column_yields import ColumnYield, YieldScope
from scenarios.outlooks import Effect, OutlookEffect, Subject
from scenarios.scenario import Headroom, HeadroomMethod
from tests import builders as make
from tests.audit_lines import usd
from tests.audit_planting import case, fault, on, swap, under, with_workload, without
from tests.audit_split_plans import split_plan

NORMAL, AFTER_EVENT = 0, 1
"""Which row of the figures."""
BACK, LATE = 0, 1
"""Which refusal."""


def with_figures(plan: Plan, index: int = NORMAL, **changes: Any) -> Plan:
    serving = plan.split_goodput[index].serving
    return swap(plan, "split_goodput", index, serving=serving.model_copy(update=changes))


def with_role(plan: Plan, role: Role, index: int = NORMAL, **changes: Any) -> Plan:
    figures = getattr(plan.split_goodput[index].serving, role.value)
    return with_figures(plan, index, **{role.value: figures.model_copy(update=changes)})


def with_point(plan: Plan, point: str, **changes: Any) -> Plan:
    catalog = plan.scenario.catalog
    rows = [row.model_copy(update=changes) if row.point == point else row for row in catalog.goodput_points]
    return on(plan, catalog=catalog.model_copy(update={"goodput_points": tuple(rows)}))


def with_split(plan: Plan, **changes: Any) -> Plan:
    first, *others = plan.scenario.splits
    return on(plan, splits=(first.model_copy(update=changes), *others))


def after_event(plan: Plan, **changes: Any) -> Plan:
    row = plan.contingencies[0].split_placements[0].model_copy(update=changes)
    return case(plan, 0, split_placements=(row,))


# Figures


@fault("split.figures", split_plan)
def a_replica_reads_faster_than_its_point(plan: Plan) -> Plan:
    return with_role(plan, Role.PREFILL, node_seconds_per_attempt=0.049)


@fault("split.figures", split_plan)
def a_replica_writes_faster_than_its_point(plan: Plan) -> Plan:
    return with_role(plan, Role.DECODE, node_seconds_per_attempt=0.049)


@fault("split.figures", split_plan)
def a_decode_point_reads(plan: Plan) -> Plan:
    return with_role(plan, Role.PREFILL, points=("writes",))


@fault("split.figures", split_plan)
def one_size_costs_a_role_a_grade(plan: Plan) -> Plan:
    return with_role(plan, Role.DECODE, evidence=Evidence.INDEPENDENT)


@fault("split.figures", split_plan)
def a_transfer_not_taken_from_the_first_token(plan: Plan) -> Plan:
    return with_figures(plan, ttft_left_ms=500.0)


@fault("split.figures", split_plan)
def a_hand_over_that_only_moves(plan: Plan) -> Plan:
    return with_figures(plan, transfer_ms=10.0, ttft_left_ms=490.0)


@fault("split.figures", split_plan)
def the_transfer_is_stretched_like_the_limit_after_an_event(plan: Plan) -> Plan:
    """Twice 500 less twice 20."""
    return with_figures(plan, AFTER_EVENT, ttft_left_ms=960.0)


@fault("split.figures", split_plan)
def cached_tokens_do_not_move(plan: Plan) -> Plan:
    """Half of the prompt is cached; all of it moves."""
    return with_figures(with_workload(plan, cache_hit_share=0.5), kv_gb_per_attempt=0.05)


@fault("split.figures", split_plan)
def a_cache_hit_spares_the_reading(plan: Plan) -> Plan:
    """It takes half as long as the plan says."""
    return with_workload(plan, cache_hit_share=0.5)


@fault("split.figures", split_plan)
def a_median_is_stretched_in_its_role(plan: Plan) -> Plan:
    stretched = under(plan, percentile_factor=make.by_evidence(1.2))
    return with_point(stretched, "reads", ttft_percentile=50)


@fault("split.figures", split_plan)
def figures_of_a_split_that_is_refused(plan: Plan) -> Plan:
    return swap(plan, "split_goodput", NORMAL, split="late")


@fault("records.ids", split_plan)
def figures_of_a_split_that_is_not_there(plan: Plan) -> Plan:
    return swap(plan, "split_goodput", NORMAL, split="ghost")


@fault("records.unique", split_plan)
def a_split_refused_twice(plan: Plan) -> Plan:
    return plan.model_copy(update={"split_refusals": (*plan.split_refusals, plan.split_refusals[BACK])})


@fault("inputs.splits", split_plan)
def a_hand_over_across_geographies(plan: Plan) -> Plan:
    catalog = plan.scenario.catalog
    here = catalog.regions[0]
    there = here.model_copy(update={"region": "region-far", "geography": "geo-far"})
    offerings = [
        row.model_copy(update={"region": "region-far"}) if row.offering == "node-b" else row
        for row in catalog.offerings
    ]
    moved = {"regions": (*catalog.regions, there), "offerings": tuple(offerings)}
    return on(plan, catalog=catalog.model_copy(update=moved))


@fault("inputs.splits", split_plan)
def headroom_that_no_role_has(plan: Plan) -> Plan:
    derived = Headroom(method=HeadroomMethod.DERIVED, wait_limit_ms=50.0)
    return on(plan, run=plan.scenario.run.model_copy(update={"headroom": derived}))


@fault("inputs.splits", split_plan)
def retries_of_its_own_where_it_is_written(plan: Plan) -> Plan:
    """Fewer than the workload has; a split serves at those of the workload."""
    scope, name = YieldScope.STACK, "stack-b"
    own = ColumnYield(**make.SOURCED, workload="chat", scope=scope, name=name, retry_share=0.0)
    return on(plan, column_yields=(own,))


# Who may serve


@fault("split.refused", split_plan)
def a_split_that_cannot_serve_is_not_refused(plan: Plan) -> Plan:
    return without(plan, "split_refusals", BACK)


@fault("split.refused", split_plan)
def a_split_that_can_serve_is_refused(plan: Plan) -> Plan:
    row = SplitRefusal(
        workload="chat",
        size_class="all",
        split="a-to-b",
        role=Role.PREFILL,
        reason=RefusalReason.TTFT,
        text="too slow",
    )
    return plan.model_copy(update={"split_refusals": (*plan.split_refusals, row)})


@fault("split.refused", split_plan)
def a_claim_does_not_stand_for_a_role(plan: Plan) -> Plan:
    """gpu-b without a decode point, but with a claim."""
    claim = PricePerformanceClaim(
        **make.SOURCED,
        claim="as-good",
        accelerator="gpu-b",
        baseline_accelerator="gpu-a",
        own_list_price_usd_per_accelerator_hour=usd(10),
        baseline_list_price_usd_per_accelerator_hour=usd(10),
        gain_share=0.0,
    )
    reads = plan.scenario.catalog.goodput_points[:1]
    return on(plan, catalog=plan.scenario.catalog.model_copy(update={"goodput_points": reads, "claims": (claim,)}))


@fault("split.refusal_reason", split_plan)
def the_other_role_is_named(plan: Plan) -> Plan:
    return swap(plan, "split_refusals", BACK, role=Role.DECODE)


@fault("split.refusal_reason", split_plan)
def a_transfer_without_end_is_called_slow_reading(plan: Plan) -> Plan:
    return swap(plan, "split_refusals", LATE, role=Role.PREFILL, reason=RefusalReason.TTFT)


@fault("split.allowed", split_plan)
def the_transfer_leaves_nothing_to_read_in(plan: Plan) -> Plan:
    return swap(plan, "split_placements", 0, split="late")


@fault("split.allowed", split_plan)
def a_transfer_leaves_too_little_to_read_in(plan: Plan) -> Plan:
    """300 ms of 500 are read, 200.1 go by."""
    return with_split(plan, handover_ms=190.1)


@fault("split.allowed", split_plan)
def a_slower_network_than_the_limit_allows(plan: Plan) -> Plan:
    """0.1 GB in 200 ms, and 10 beside."""
    return with_split(plan, transfer_gb_per_s=0.5)


@fault("split.allowed", split_plan)
def answers_are_written_too_slowly(plan: Plan) -> Plan:
    return with_point(plan, "writes", tpot_ms=20.1)


@fault("split.allowed", split_plan)
def prompts_longer_than_any_that_was_read(plan: Plan) -> Plan:
    return with_point(plan, "reads", input_tokens=999.0)


@fault("split.allowed", split_plan)
def a_whole_request_that_does_not_fit_where_it_is_written(plan: Plan) -> Plan:
    """8 GB of weights and 0.11 of cache in 8.1."""
    catalog = plan.scenario.catalog
    chips = [
        row.model_copy(update={"memory_gb": 8.1}) if row.accelerator == "gpu-b" else row for row in catalog.accelerators
    ]
    small = catalog.model_copy(update={"accelerators": tuple(chips)})
    return under(on(plan, catalog=small), memory_usable_share=1.0)


@fault("split.allowed", split_plan)
def a_prompt_that_is_all_cached(plan: Plan) -> Plan:
    return with_workload(plan, cache_hit_share=1.0)


@fault("split.allowed", split_plan)
def a_cache_of_unknown_size(plan: Plan) -> Plan:
    return with_split(plan, precision="bf16")


@fault("split.allowed", split_plan)
def a_split_where_its_workload_may_not_be(plan: Plan) -> Plan:
    return with_workload(plan, geographies=("geo-z",))


@fault("split.allowed", split_plan)
def nothing_to_write_on(plan: Plan) -> Plan:
    return on(plan, contracts=plan.scenario.contracts[:1])


@fault("contingency.allowed", split_plan)
def nothing_to_read_in_after_an_event_either(plan: Plan) -> Plan:
    return after_event(plan, split="late")


@fault("split.stated", split_plan)
def figures_of_a_split_left_out(plan: Plan) -> Plan:
    return without(plan, "split_goodput", NORMAL)


@fault("contingency.stated", split_plan)
def figures_of_a_split_after_an_event_left_out(plan: Plan) -> Plan:
    return without(plan, "split_goodput", AFTER_EVENT)


# Nodes of both roles


@fault("split.nodes", split_plan)
def too_few_nodes_that_read(plan: Plan) -> Plan:
    return swap(plan, "split_placements", 0, prefill_nodes=0.999)


@fault("split.nodes", split_plan)
def too_few_nodes_that_write(plan: Plan) -> Plan:
    return swap(plan, "split_placements", 1, decode_nodes=0.999)


@fault("split.nodes", split_plan)
def more_nodes_than_a_split_needs(plan: Plan) -> Plan:
    return swap(plan, "split_placements", 0, prefill_nodes=1.001)


@fault("split.nodes", split_plan)
def nodes_of_rejected_answers_left_out(plan: Plan) -> Plan:
    return with_workload(plan, accepted_share=0.9)


@fault("split.nodes", split_plan)
def nodes_of_retries_left_out(plan: Plan) -> Plan:
    return with_workload(plan, retry_share=0.1)


@fault("split.nodes", split_plan)
def no_headroom_in_either_role(plan: Plan) -> Plan:
    return on(plan, run=plan.scenario.run.model_copy(update={"usable_share": 0.9}))


@fault("split.nodes", split_plan)
def what_turns_out_where_it_is_written_left_out(plan: Plan) -> Plan:
    less = OutlookEffect(outlook="base", effect=Effect.GOODPUT, of=Subject.OFFERING, name="node-b", value=0.9)
    return on(plan, outlook_effects=(less,))


@fault("contingency.nodes", split_plan)
def too_few_nodes_that_read_after_an_event(plan: Plan) -> Plan:
    row = plan.contingencies[0].split_placements[0]
    return after_event(plan, prefill_nodes=row.prefill_nodes * 0.99)


@fault("contingency.nodes", split_plan)
def too_few_nodes_that_write_after_an_event(plan: Plan) -> Plan:
    row = plan.contingencies[0].split_placements[0]
    return after_event(plan, decode_nodes=row.decode_nodes * 0.99)
