"""Contingencies, worked by hand: one node of load for 1,416 hours; cloud-a costs 10 an hour, cloud-b 12 on demand.

Cloud-a may be lost, and 80 % must then still be served.
"""

from decimal import Decimal
from typing import Any

import pytest

from optimizer.faults import Impossible
from optimizer.plan import Plan
from scenarios.blocks import BlockModel
from scenarios.policy import BlockChoice, Lost
from tests.builders import (
    a_contingency,
    a_held,
    a_point,
    a_policy,
    a_reserved,
    a_scenario,
    a_size_class,
    a_spot,
    a_workload,
    an_on_demand,
    day_and_night,
    nodes_of_load,
    two_clouds,
)
from tests.proving import binding, objective, ordered, planned

OD_A = an_on_demand()
OD_B = an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(12))
EMERGENCY_USED_UP = "emergency share after lose-cloud-a used up"


def res_b(price: str = "11", **overrides: Any) -> Any:
    return a_reserved("res-b", offering="node-b", price_usd_per_node_hour=Decimal(price), **overrides)


def plan_with(
    *contracts: Any,
    node_b: dict[str, Any] | None = None,
    event: dict[str, Any] | None = None,
    emergency_share: float = 1.0,
    **overrides: Any,
) -> Plan:
    fields: dict[str, Any] = {
        "catalog": two_clouds(node_b=node_b),
        "contracts": contracts,
        "demand": nodes_of_load(1.0),
        "policy": a_policy(contingencies=(a_contingency(**(event or {})),), emergency_share=emergency_share),
    }
    return planned(a_scenario(**(fields | overrides)))


def test_a_quota_elsewhere_is_a_fallback_that_costs_nothing_until_it_is_needed() -> None:
    plan = plan_with(OD_A, OD_B)
    assert objective(plan) == 14160
    case = plan.contingencies[0]
    assert [(use.offering, use.on_demand_nodes) for use in case.emergency] == [("node-b", 0.8)]


def test_only_the_quota_that_can_be_counted_on_is_a_fallback() -> None:
    """One node of quota at 50 %: 0.5 of the 0.8. One firm node of cloud-b at 11 then serves every day too: 15,576."""
    plan = plan_with(OD_A, OD_B, res_b(), node_b={"quota_nodes": 1, "on_demand_confidence": 0.5})
    assert (objective(plan), ordered(plan)) == (15576, {"res-b.2027-01": 1})
    enough = plan_with(OD_A, OD_B, res_b(), node_b={"quota_nodes": 1, "on_demand_confidence": 0.8})
    assert (objective(enough), ordered(enough)) == (14160, {})


def test_without_any_fallback_there_is_no_plan() -> None:
    with pytest.raises(Impossible, match=r"contingency lose-cloud-a \(provider cloud-a, floor 80%\)"):
        plan_with(OD_A, OD_B, node_b={"quota_nodes": 1, "on_demand_confidence": 0.5})
    with pytest.raises(Impossible, match=r"after contingency lose-cloud-a .* no offering is left"):
        plan_with(OD_A)


def test_a_floor_that_is_just_met_changes_nothing_and_a_hair_more_does() -> None:
    half: dict[str, Any] = {"quota_nodes": 1, "on_demand_confidence": 0.5}
    assert objective(plan_with(OD_A, OD_B, res_b(), node_b=half, event={"floor_share": 0.5})) == 14160
    assert objective(plan_with(OD_A, OD_B, res_b(), node_b=half, event={"floor_share": 0.51})) == 15576


def test_a_commitment_that_is_not_firm_is_leaned_on_at_its_confidence() -> None:
    """At 90 % one node is enough for 0.8; at 50 % it takes two: 1,416 * 2 * 11, no on demand at all at cloud-b."""
    sure = plan_with(OD_A, res_b(firm=False), node_b={"on_demand_confidence": 0.9})
    assert (objective(sure), ordered(sure)) == (15576, {"res-b.2027-01": 1})
    doubtful = plan_with(OD_A, res_b(firm=False), node_b={"on_demand_confidence": 0.5})
    assert (objective(doubtful), ordered(doubtful)) == (31152, {"res-b.2027-01": 2})
    firm = plan_with(OD_A, res_b(), node_b={"on_demand_confidence": 0.5})
    assert objective(firm) == 15576


def test_the_emergency_share_leaves_a_part_to_firm_nodes() -> None:
    """Half of the 0.8 in use must be firm: one whole node of cloud-b, 15,576 instead of 14,160."""
    plan = plan_with(OD_A, OD_B, res_b(), emergency_share=0.5)
    assert (objective(plan), ordered(plan)) == (15576, {"res-b.2027-01": 1})


def test_the_emergency_share_binds_between_whole_nodes() -> None:
    """Two nodes of load, floor 80 %: 1.6 after the event, of which 0.6 is 37.5 % on demand beside one firm node."""
    fields: dict[str, Any] = {"demand": nodes_of_load(2.0)}
    one = plan_with(OD_A, OD_B, res_b("11.50"), emergency_share=0.375, **fields)
    assert ordered(one) == {"res-b.2027-01": 1}
    assert EMERGENCY_USED_UP in binding(one)
    two = plan_with(OD_A, OD_B, res_b("11.50"), emergency_share=0.37, **fields)
    assert ordered(two) == {"res-b.2027-01": 2}


def test_the_emergency_that_is_expected_is_charged_but_not_paid() -> None:
    """Once in a year for 12 hours: an hour a month of 0.8 nodes at 12, 9.60 a month."""
    plan = plan_with(OD_A, OD_B, event={"probability_per_year": 1.0, "duration_hours": 12.0})
    assert objective(plan) == Decimal("14179.20")
    assert plan.totals.effective_usd == 14160
    assert plan.totals.emergency_expected_usd == Decimal("19.20")


def test_the_cheapest_terms_left_price_the_emergency() -> None:
    """cloud-b also rents at 15: the expected hour is charged at 12."""
    dear = an_on_demand("od-c", offering="node-b", price_usd_per_node_hour=Decimal(15))
    plan = plan_with(OD_A, dear, OD_B, event={"probability_per_year": 1.0, "duration_hours": 12.0})
    assert plan.totals.emergency_expected_usd == Decimal("19.20")


def test_a_lost_contract_takes_its_nodes_and_rights_with_it() -> None:
    """Held by the old contract: one node of cloud-a. Without it, on demand at cloud-a is still there."""
    held = (a_held(),)
    lost = {"lost": Lost.CONTRACT, "name": "held-a"}
    assert objective(plan_with(OD_A, event=lost, held_contracts=held)) == 7080
    none_left = {"catalog": two_clouds(quota_nodes=0), "held_contracts": held}
    with pytest.raises(Impossible):
        plan_with(OD_A, event=lost, **none_left)
    with pytest.raises(Impossible):
        plan_with(OD_A, event={"lost": Lost.CONTRACT, "name": "od-a"})


def test_a_lost_on_demand_contract_leaves_the_other_to_be_rented_at_its_price() -> None:
    second = an_on_demand("od-z", price_usd_per_node_hour=Decimal(20))
    event = {"lost": Lost.CONTRACT, "name": "od-a", "probability_per_year": 1.0, "duration_hours": 12.0}
    plan = plan_with(OD_A, second, event=event)
    assert plan.totals.emergency_expected_usd == 2 * 16


def test_spot_is_never_a_fallback() -> None:
    """All on spot at 3; when it is gone on demand carries 80 %, if there is a quota for it."""
    event = {"lost": Lost.SPOT, "name": "*"}
    plan = plan_with(OD_A, a_spot(), event=event)
    assert objective(plan) == 3 * 1416
    with pytest.raises(Impossible):
        plan_with(a_spot(), event=event)
    with pytest.raises(Impossible):
        plan_with(OD_A, a_spot("spot-b", offering="node-b"))


@pytest.mark.parametrize(
    ("lost", "name"),
    [(Lost.OFFERING, "node-a"), (Lost.FAMILY, "gpu-a-family"), (Lost.CHIP_VENDOR, "vendor-a")],
)
def test_what_is_lost_may_be_named_in_many_ways(lost: Lost, name: str) -> None:
    plan = plan_with(OD_A, OD_B, event={"lost": lost, "name": name})
    assert {use.offering for case in plan.contingencies for use in case.emergency} == {"node-b"}


@pytest.mark.parametrize(("lost", "name"), [(Lost.GEOGRAPHY, "geo-a"), (Lost.STACK, "stack-a")])
def test_what_both_clouds_share_takes_both_away(lost: Lost, name: str) -> None:
    with pytest.raises(Impossible):
        plan_with(OD_A, OD_B, event={"lost": lost, "name": name})


def test_an_event_in_which_nothing_is_due_needs_no_fallback() -> None:
    assert objective(plan_with(OD_A, event={"floor_share": 0.0})) == 14160


def test_a_slower_chip_may_do_while_the_event_lasts() -> None:
    """cloud-b's chip takes 50 ms a token: too slow for a limit of 40, not for one of 60."""
    catalog = two_clouds().model_copy(
        update={
            "goodput_points": (a_point(), a_point("point-b", curve="b", accelerator="gpu-b", tpot_ms=50.0)),
        }
    )
    workloads = (a_workload(tpot_limit_ms=40.0),)
    plan = plan_with(OD_A, OD_B, event={"tpot_factor": 1.5}, catalog=catalog, workloads=workloads)
    assert objective(plan) == 14160
    assert {placement.offering for placement in plan.placements} == {"node-a"}
    with pytest.raises(Impossible):
        plan_with(OD_A, OD_B, catalog=catalog, workloads=workloads)


def test_the_floor_is_kept_in_the_peak_or_in_all_blocks() -> None:
    """Chat peaks by day, code at night: either way both blocks are checked; of chat alone only the day."""
    day = day_and_night("chat")
    one = plan_with(OD_A, OD_B, blocks=day)
    assert {case.block for case in one.contingencies} == {"day"}
    every = plan_with(OD_A, OD_B, blocks=day, event={"blocks": BlockChoice.ALL})
    assert {case.block for case in every.contingencies} == {"day", "night"}
    assert {case.block for case in two_peaks(code=1.0).contingencies} == {"day", "night"}


def test_a_workload_that_asks_for_nothing_has_no_peak() -> None:
    assert {case.block for case in two_peaks(code=0.0).contingencies} == {"day"}


def two_peaks(code: float) -> Plan:
    """Chat by day, code by night."""
    day = day_and_night("chat")
    night = day_and_night("code", day=0.5, night=1.5)
    return plan_with(
        OD_A,
        OD_B,
        workloads=(a_workload(), a_workload("code")),
        size_classes=(a_size_class(), a_size_class("code")),
        demand=(*nodes_of_load(1.0), *nodes_of_load(code, workload="code")),
        blocks=BlockModel(blocks=day.blocks, loads=(*day.loads, *night.loads), requested_blocks=2),
    )


def test_all_workloads_must_be_carried_at_once() -> None:
    """0.8 nodes of each after the event: a quota of one is not enough for both, of two it is."""

    def with_quota(quota: int) -> Plan:
        day = day_and_night("chat", day=1.0, night=1.0)
        loads = (*day.loads, *day_and_night("code", day=1.0, night=1.0).loads)
        return plan_with(
            OD_A,
            OD_B,
            node_b={"quota_nodes": quota},
            workloads=(a_workload(), a_workload("code")),
            size_classes=(a_size_class(), a_size_class("code")),
            demand=(*nodes_of_load(1.0), *nodes_of_load(1.0, workload="code")),
            blocks=BlockModel(blocks=day.blocks, loads=loads, requested_blocks=2),
        )

    assert objective(with_quota(2)) == 28320
    with pytest.raises(Impossible):
        with_quota(1)
