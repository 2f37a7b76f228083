"""APIs after an event, worked by hand: one node of load, 1,000 tok/s each way; cloud-a is lost, floor 80 %.

api-a of cloud-t may serve 800 tok/s of output where its limit is 2,000 and 40 % of it may be counted on.
"""

from decimal import Decimal
from typing import Any

import pytest

from catalog.offerings import Region
from contracts.terms.common import Nature
from optimizer.faults import Impossible
from optimizer.plan import Plan
from scenarios.policy import Lost
from tests.builders import (
    a_contingency,
    a_policy,
    a_provisioned,
    a_scenario,
    a_size_class,
    a_workload,
    an_api_offer,
    an_on_demand,
    an_outlook,
    by_evidence,
    flat_blocks,
    nodes_of_load,
    ten_requests_a_node,
    two_clouds,
)
from tests.proving import binding, objective, planned
from tests.served_by_token import amounts

DEAR: dict[str, Any] = {
    "price_usd_per_mtok_input": Decimal(5),
    "price_usd_per_mtok_cached_input": Decimal(1),
    "price_usd_per_mtok_output": Decimal(15),
}
"""Above what a node costs: 72 USD an hour of a node's tokens."""
TIGHT: dict[str, Any] = {"output_tok_per_s_limit": 2000.0, "input_tok_per_s_limit": 2000.0}


def plan_with(
    event: dict[str, Any] | None = None, offer: dict[str, Any] | None = None, **overrides: Any
) -> Plan:
    """node-a on demand at 10; the API is too dear for every day."""
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(),),
        "api_offers": (an_api_offer(**(DEAR | TIGHT | (offer or {}))),),
        "demand": nodes_of_load(1.0),
        "policy": a_policy(contingencies=(a_contingency(**({"api_share": 0.4} | (event or {}))),)),
    }
    return planned(a_scenario(**(fields | overrides)))


def kept_by_apis(plan: Plan) -> list[tuple[str, str, float]]:
    case = plan.contingencies[0]
    return [(row.workload, row.api, row.accepted_tok_per_s) for row in case.api_placements]


def test_the_floor_may_be_kept_by_an_api_that_costs_nothing_until_it_is_needed() -> None:
    plan = plan_with()
    assert objective(plan) == 1416 * 10
    assert kept_by_apis(plan) == [("chat", "api-a", 800.0)]
    assert plan.contingencies[0].placements == ()


@pytest.mark.parametrize("limit", ["input_tok_per_s_limit", "output_tok_per_s_limit"])
def test_only_a_share_of_either_limit_can_be_counted_on(limit: str) -> None:
    """40 % of 1,999 is short of 800; of 2,000 it is just enough, and then the limit binds."""
    with pytest.raises(Impossible, match=r"only APIs are left .* carries 800\. Mend: a floor of at most 80\.0%"):
        plan_with(offer={limit: 1999.0})
    words = f"after lose-cloud-a the share of the rate limit for {limit.split('_')[0]} tokens of api-a used up"
    other = {"input_tok_per_s_limit", "output_tok_per_s_limit"} - {limit}
    assert words in binding(plan_with(offer=dict.fromkeys(other, 1e6)))


def test_apis_count_for_nothing_where_nothing_is_said_of_them() -> None:
    with pytest.raises(Impossible, match=r"no offering is left .* Mend: an api_share, with which api-a may serve it"):
        plan_with({"api_share": 0.0})


@pytest.mark.parametrize(
    ("lost", "name"),
    [
        (Lost.PROVIDER, "cloud-t"),
        (Lost.REGION, "region-t"),
        (Lost.GEOGRAPHY, "geo-t"),
        (Lost.LOCALITY, "cloud"),
        (Lost.CONTRACT, "api-a"),
    ],
)
def test_an_api_is_lost_with_its_provider_place_ground_or_id(lost: Lost, name: str) -> None:
    """Node-a may be rented up to half a node: without the API 0.8 cannot be kept, except where node-a is lost, too."""
    catalog = ten_requests_a_node()
    node = catalog.offerings[0].model_copy(update={"quota_nodes": 1, "on_demand_confidence": 0.5})
    regions = (*catalog.regions, Region(region="region-t", geography="geo-t"))
    fields: dict[str, Any] = {
        "catalog": catalog.model_copy(update={"offerings": (node,), "regions": regions}),
        "workloads": (a_workload(geographies=("geo-a", "geo-t")),),
        "offer": {"region": "region-t"},
    }
    assert plan_with({"lost": Lost.SPOT, "name": "*"}, **fields).contingencies[0].api_placements
    with pytest.raises(Impossible):
        plan_with({"lost": lost, "name": name}, **fields)


def test_an_api_in_another_geography_is_left_by_the_loss_of_its_provider_in_one() -> None:
    """api-a is of cloud-a, in geo-t: lost with all of cloud-a, left where only geo-a is gone."""
    catalog = ten_requests_a_node()
    regions = (*catalog.regions, Region(region="region-t", geography="geo-t"))
    fields: dict[str, Any] = {
        "catalog": catalog.model_copy(update={"regions": regions}),
        "workloads": (a_workload(geographies=("geo-a", "geo-t")),),
        "offer": {"region": "region-t", "provider": "cloud-a"},
    }
    assert kept_by_apis(plan_with({"in_geography": "geo-a"}, **fields))
    with pytest.raises(Impossible):
        plan_with(**fields)


def test_the_limits_of_the_event_hold_for_apis_too() -> None:
    """200 ms and 20 ms a token: too slow for 15 ms, not for 15 ms times 1.4."""
    workloads = (a_workload(tpot_limit_ms=15.0),)
    assert kept_by_apis(plan_with({"tpot_factor": 1.4}, workloads=workloads))
    with pytest.raises(Impossible):
        plan_with({"tpot_factor": 1.3}, workloads=workloads)
    assert kept_by_apis(plan_with({"ttft_factor": 2.1}, workloads=(a_workload(ttft_limit_ms=100.0),)))
    with pytest.raises(Impossible):
        plan_with({"ttft_factor": 1.9}, workloads=(a_workload(ttft_limit_ms=100.0),))


def test_a_median_counts_for_more_after_an_event_too() -> None:
    """Twice 20 ms at the median: 40 ms are inside 30 ms times 1.4, and not inside 30 ms."""
    slower = a_contingency(api_share=0.4, tpot_factor=1.4)
    policy = a_policy(contingencies=(slower,), percentile_factor=by_evidence(2.0))
    fields: dict[str, Any] = {"offer": {"percentile": 50}, "workloads": (a_workload(tpot_limit_ms=30.0),)}
    assert kept_by_apis(plan_with(policy=policy, **fields))
    strict = policy.model_copy(update={"contingencies": (a_contingency(api_share=0.4),)})
    with pytest.raises(Impossible):
        plan_with(policy=strict, **fields)


def test_workloads_share_the_limits() -> None:
    """Two workloads of half a node: 400 tok/s each are 800 together, which is all that can be counted on."""
    fields: dict[str, Any] = {
        "workloads": (a_workload(), a_workload("code")),
        "size_classes": (a_size_class(), a_size_class("code")),
        "blocks": flat_blocks("chat", "code"),
    }
    half = (*nodes_of_load(0.5), *nodes_of_load(0.5, workload="code"))
    assert kept_by_apis(plan_with(demand=half, **fields)) == [("chat", "api-a", 400.0), ("code", "api-a", 400.0)]
    more = (*nodes_of_load(0.5), *nodes_of_load(0.51, workload="code"))
    with pytest.raises(Impossible):
        plan_with(demand=more, **fields)


def test_expected_tokens_are_charged_kind_by_kind_but_not_paid() -> None:
    """An hour a month of 800 tok/s: 2.88 Mtok each way, 14.40 of input and 43.20 of output."""
    plan = plan_with({"probability_per_year": 1.0, "duration_hours": 12.0})
    assert objective(plan) == 14160 + Decimal("115.20")
    assert plan.totals.effective_usd == plan.totals.cash_usd == 14160
    assert plan.totals.emergency_expected_usd == Decimal("115.20")
    lines = [line for line in plan.cost_lines if line.nature is Nature.EMERGENCY_EXPECTED]
    assert [(line.quantity, line.unit_price_usd) for line in lines] == [
        (Decimal("2.88"), Decimal(5)),
        (Decimal("2.88"), Decimal(15)),
    ] * 2
    assert {(line.payee, line.source, line.offering, line.unit) for line in lines} == {
        ("cloud-t", "lose-cloud-a", None, "mtok")
    }


def test_cached_input_and_attempts_that_fail_are_expected_too() -> None:
    """Half of the input is cached, and half of the attempts are rejected: 5.76 Mtok of output, 2.88 of either input."""
    workload = a_workload(cache_hit_share=0.5, accepted_share=0.5)
    plan = plan_with(
        {"probability_per_year": 1.0, "duration_hours": 12.0, "api_share": 1.0},
        workloads=(workload,),
    )
    assert amounts(plan, Nature.EMERGENCY_EXPECTED) == [Decimal(x) for x in ("14.40", "2.88", "86.40")] * 2


def test_what_costs_nothing_has_no_line() -> None:
    plan = plan_with(
        {"probability_per_year": 1.0, "duration_hours": 12.0},
        offer={"price_usd_per_mtok_input": Decimal(0), "price_usd_per_mtok_cached_input": Decimal(0)},
    )
    assert amounts(plan, Nature.EMERGENCY_EXPECTED) == [Decimal("43.20")] * 2


def test_the_cheaper_of_node_and_token_is_expected() -> None:
    """0.8 of an hour of node-b costs 9.60; the same by the token 57.60."""
    event = {"probability_per_year": 1.0, "duration_hours": 12.0}
    on_b = an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(12))
    plan = plan_with(event, catalog=two_clouds(), contracts=(an_on_demand(), on_b))
    assert plan.totals.emergency_expected_usd == Decimal("19.20")
    assert kept_by_apis(plan) == []


def test_apis_are_no_part_of_the_emergency_share() -> None:
    """Nothing of the nodes in use may be on demand: the API carries all of the floor."""
    on_b = an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(12))
    policy = a_policy(contingencies=(a_contingency(api_share=0.4),), emergency_share=0.0)
    fields: dict[str, Any] = {"catalog": two_clouds(), "contracts": (an_on_demand(), on_b)}
    assert kept_by_apis(plan_with(policy=policy, **fields)) == [("chat", "api-a", 800.0)]
    with pytest.raises(Impossible):
        plan_with(policy=policy, offer={"output_tok_per_s_limit": 1999.0}, **fields)


def test_provisioned_units_count_for_nothing_after_an_event() -> None:
    """Units are cheaper than nodes and serve every day; after the event only the rate limit counts."""
    units = (a_provisioned(),)
    plan = plan_with(provisioned=units)
    assert plan.provisioned
    assert kept_by_apis(plan) == [("chat", "api-a", 800.0)]
    with pytest.raises(Impossible):
        plan_with(provisioned=units, offer={"output_tok_per_s_limit": 1999.0})


def test_each_outlook_expects_its_own_tokens() -> None:
    """Two outlooks, the event in one of them: 57.60 a month with a probability of one half."""
    plan = plan_with(
        {"probability_per_year": 1.0, "duration_hours": 12.0, "outlooks": ("base",)},
        outlooks=(an_outlook(), an_outlook("other")),
    )
    assert plan.totals.emergency_expected_usd == Decimal("57.60")


def test_nodes_and_apis_keep_a_floor_together() -> None:
    """400 tok/s by the token and 0.4 of a node of cloud-b: 80 %. With 0.39 of a node it is not enough."""
    on_b = an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(12))

    def with_confidence(share: float) -> Plan:
        catalog = two_clouds({"quota_nodes": 1, "on_demand_confidence": share})
        return plan_with(catalog=catalog, contracts=(an_on_demand(), on_b), offer={"output_tok_per_s_limit": 1000.0})

    case = with_confidence(0.4).contingencies[0]
    assert [(row.offering, row.nodes) for row in case.placements] == [("node-b", pytest.approx(0.4))]
    assert [row.accepted_tok_per_s for row in case.api_placements] == [pytest.approx(400.0)]
    with pytest.raises(Impossible):
        with_confidence(0.39)
