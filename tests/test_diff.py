"""What moved between two plans, and which input moved it: one node for January (744 h) and February (672 h).

The old plan has a node under `old` at 6 an hour, 8,496 in all, because `new` costs 7.
"""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from contracts.approved import ApprovedOrder
from optimizer.comparing.inputs_differ import differing_inputs
from optimizer.differing.diff import Cause, GroupOutcome, PlanDiff
from optimizer.differing.explaining import Limits, Named, explained
from optimizer.differing.groups import groups_of
from optimizer.differing.mixing import with_inputs_of
from optimizer.plan import Plan
from scenarios.aggregation import aggregate
from scenarios.policy import Stability
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_covered_rate,
    a_held,
    a_reserved,
    a_scenario,
    a_spend_commitment,
    a_workload,
    an_effect,
    an_offering,
    an_on_demand,
    an_outlook,
    day_and_night,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
)
from tests.proving import changed, ordered, planned, with_policy

OLD, NEW = "old.2027-01", "new.2027-01"


def offers(new_usd: int = 7, **of_old: Any) -> tuple[Any, ...]:
    return (
        an_on_demand(),
        a_reserved("old", **({"latest_start": FIRST} | of_old)),
        a_reserved("new", price_usd_per_node_hour=Decimal(new_usd), latest_start=FIRST),
    )


def a_node(**overrides: Any) -> Scenario:
    fields: dict[str, Any] = {"catalog": ten_requests_a_node(), "contracts": offers(), "demand": nodes_of_load(1.0)}
    return a_scenario(**(fields | overrides))


@cache
def old_plan() -> Plan:
    plan = planned(a_node())
    assert ordered(plan) == {OLD: 1}
    return plan


def differ(new: Scenario, old: Plan | None = None, **limits: Any) -> PlanDiff:
    return explained(Named("before", old or old_plan()), Named("after", planned(new)), Limits(**limits))


def causes(diff: PlanDiff) -> dict[str, Cause]:
    """The cause of every order that moved."""
    return {f"{move.change.what}.{move.change.start}": move.cause for move in diff.moves}


def test_the_price_that_moved_an_order_is_named() -> None:
    """New falls from 7 to 5: 1,416 saved. The order date moves, too, and moves nothing."""
    cheaper = a_node(contracts=offers(new_usd=5), run=run_settings(order_date=date(2026, 12, 5)))
    diff = differ(cheaper)
    assert causes(diff) == {OLD: Cause.EXPLAINED, NEW: Cause.EXPLAINED}
    assert {move.groups for move in diff.moves} == {("contracts.new",)}
    told = {group.name: group for group in diff.groups}
    assert told["contracts.new"].difference is not None
    assert (told["contracts.new"].difference.usd, told["contracts.new"].orders_moved) == (-1416, 2)
    assert told["horizon"].difference is not None
    assert (told["horizon"].difference.usd, told["horizon"].orders_moved) == (0, 0)
    ((_, against),) = diff.comparison.solved()
    assert against.by_change is not None
    assert [(step.what, step.usd) for step in against.by_change.steps] == [
        ("contracts.new", -1416),
        ("horizon", 0),
        ("joint effect", 0),
    ]


def test_plans_of_the_same_inputs_have_nothing_that_moved() -> None:
    diff = differ(a_node())
    assert (diff.moves, diff.groups) == ((), ())
    assert diff.notes == ("the inputs are the same to the last digit",)


def test_what_two_inputs_do_only_together_is_said_to_be_so() -> None:
    """Two nodes instead of one: 16,992 under old. At most one node under old: the second one comes under new at 7."""
    new = a_node(contracts=offers(maximum_order_nodes=1), demand=nodes_of_load(2.0))
    diff = differ(new)
    assert causes(diff) == {NEW: Cause.TOGETHER}
    assert diff.is_whole


def test_closer_than_the_gaps_is_not_settled() -> None:
    """New costs a cent less than old: 14.16 in all, where each plan may be off by 1,000."""
    run = run_settings(gap_usd=1000.0)
    old = planned(a_node(run=run))
    cheaper = a_node(run=run, contracts=(*offers()[:2], a_reserved("new", price_usd_per_node_hour=Decimal("5.99"))))
    new = planned(cheaper)
    loose = [plan.model_copy(update={"bound_usd": plan.bound_usd - 500}) for plan in (old, new)]
    diff = explained(Named("before", loose[0]), Named("after", loose[1]), Limits())
    assert set(causes(diff).values()) == {Cause.NOT_SETTLED}
    assert {move.groups for move in diff.moves} == {("contracts.new",)}


def test_the_limit_of_solves_leaves_orders_without_a_cause() -> None:
    diff = differ(a_node(contracts=offers(new_usd=5)), solves=0)
    assert set(causes(diff).values()) == {Cause.NOT_FOUND}
    assert [group.outcome for group in diff.groups] == [GroupOutcome.NOT_TRIED]
    assert not diff.is_whole
    assert differ(a_node(contracts=offers(new_usd=5)), time_limit_s=0.5).groups[0].outcome is GroupOutcome.NOT_TRIED


def test_an_input_without_a_plan_of_its_own_is_named_with_the_reason() -> None:
    """No quota and no stock: with a node held instead there is a plan, with the offering alone there is none."""
    new = a_node(
        catalog=ten_requests_a_node(offerings=(an_offering(quota_nodes=0, stock_nodes=0),)),
        held_contracts=(a_held("own-node"),),
    )
    diff = differ(new)
    outcomes = {group.name: group.outcome for group in diff.groups}
    assert outcomes == {"offerings.node-a": GroupOutcome.IMPOSSIBLE, "held_contracts.own-node": GroupOutcome.PLANNED}
    assert next(group.reasons for group in diff.groups if group.outcome is GroupOutcome.IMPOSSIBLE)


def test_an_order_whose_place_a_held_contract_took_is_held_by_now() -> None:
    """By its id, or as a node of the same offering and month under another name."""
    for name in ("old", "H-17"):
        held = a_held(name, start=FIRST, end=FIRST + 2)
        contracts = tuple(row for row in offers() if row.contract != name)
        diff = differ(a_node(contracts=contracts, held_contracts=(held,)))
        assert causes(diff) == {OLD: Cause.HELD}
        assert name in diff.moves[0].words


def test_an_order_whose_quote_has_expired_is_not_on_offer() -> None:
    diff = differ(a_node(contracts=offers(quote_valid_until=date(2026, 11, 30))))
    assert causes(diff)[OLD] is Cause.NOT_ON_OFFER
    assert "expired (2026-11-30" in next(move.words for move in diff.moves if move.change.what == "old")


def test_months_that_only_one_plan_plans_are_of_the_horizon() -> None:
    """The next cycle begins in February: January's order is past, and March is new."""
    contracts = (an_on_demand(), a_reserved("old", term_months=1))
    old = planned(a_node(contracts=contracts))
    rolled = a_node(
        contracts=contracts,
        run=run_settings(first_month=FIRST + 1, order_date=date(2027, 1, 1)),
        demand=tuple(row.model_copy(update={"month": row.month + 1}) for row in nodes_of_load(1.0)),
    )
    diff = differ(rolled, old)
    assert causes(diff) == {"old.2027-01": Cause.HORIZON, "old.2027-03": Cause.HORIZON}
    assert [group.name for group in diff.groups] == ["horizon"]
    assert diff.groups[0].outcome is GroupOutcome.PLANNED
    assert any("the horizon has moved: 1 months are planned by both" in note for note in diff.notes)


def test_plans_of_scenarios_of_other_names_are_compared_with_a_note() -> None:
    diff = differ(a_node(scenario="another"))
    assert any("two names: test and another" in note for note in diff.notes)


def test_how_a_plan_is_searched_for_decides_nothing() -> None:
    diff = differ(a_node(run=run_settings(seed=7, time_limit_s=30.0)))
    assert [group.outcome for group in diff.groups] == [GroupOutcome.DECIDES_NOTHING]
    assert not diff.moves


def rich_pair() -> tuple[Scenario, Scenario]:
    """Two scenarios that differ in many tables, in rows that need each other."""
    old = a_node(
        outlooks=(an_outlook("base"), an_outlook("high")),
        outlook_effects=(an_effect("high"),),
        spend_commitments=(a_spend_commitment(),),
        covered_rates=(a_covered_rate(),),
        blocks=aggregate((), ["chat"], 1),
    )
    catalog = ten_requests_a_node(offerings=(an_offering(), an_offering("node-b", provider="cloud-b")))
    new = a_node(
        catalog=catalog,
        contracts=(*offers(new_usd=5), a_reserved("b", offering="node-b")),
        outlooks=tuple(an_outlook(name, probability=p) for name, p in (("base", 0.25), ("high", 0.5), ("low", 0.25))),
        outlook_effects=(an_effect("high", value=3.0), an_effect("low", value=0.5)),
        workloads=(a_workload(), a_workload("batch")),
        size_classes=(*old.size_classes, old.size_classes[0].model_copy(update={"workload": "batch"})),
        demand=(*nodes_of_load(1.5), *nodes_of_load(1.0, workload="batch")),
        blocks=aggregate((), ["chat", "batch"], 1),
        approved_orders=(ApprovedOrder(contract="old", start=FIRST, quantity=Decimal(1)),),
    )
    return old, with_policy(new, stability=Stability(changed_orders_at_most=3), spot_share_cap=0.5)


def test_all_groups_together_are_the_new_inputs() -> None:
    old, new = rich_pair()
    groups = groups_of(old, new)
    mixed = with_inputs_of(old, new, [place for group in groups for place in group.places])
    assert differing_inputs(mixed, new) == ()
    assert mixed.blocks == new.blocks
    told = [made for group in groups for made in group.changes]
    assert sorted(made.path for made in told) == sorted(made.path for made in differing_inputs(old, new))


def test_rows_that_need_each_other_are_one_group() -> None:
    """A contract of a new offering with that; all outlooks, whose chances add up; a new workload with its rows."""
    old, new = rich_pair()
    groups = groups_of(old, new)
    tables = [{place.table for place in group.places} for group in groups]
    assert {"offerings", "contracts"} in tables
    assert {"outlooks", "outlook_effects"} in tables
    assert {"approved_orders"} in tables
    assert any({"workloads", "size_classes", "demand"} <= found for found in tables)
    alone = [group.name for group in groups if len(group.places) == 1]
    assert "contracts.new" in alone
    assert "policy.spot_share_cap" in alone


def test_each_group_alone_is_a_scenario_that_can_be_planned() -> None:
    old, new = rich_pair()
    for group in groups_of(old, new):
        planned(with_inputs_of(old, new, group.places))


def test_load_blocks_follow_the_hourly_load() -> None:
    """Blocks that nobody has typed are those of the scenario that has the same loads."""
    old = a_node(blocks=day_and_night())
    new = changed(old, contracts=offers(new_usd=5))
    mixed = with_inputs_of(old, new, groups_of(old, new)[0].places)
    assert mixed.blocks == old.blocks


def test_the_most_promising_input_is_tried_first() -> None:
    """With one solve: that of the contract whose order moved, and not the demand."""
    new = a_node(contracts=offers(new_usd=5), demand=nodes_of_load(0.9))
    diff = differ(new, solves=1)
    assert [group.outcome for group in diff.groups] == [GroupOutcome.PLANNED, GroupOutcome.NOT_TRIED]
    assert diff.groups[0].name == "contracts.new"
    assert set(causes(diff).values()) == {Cause.EXPLAINED}
