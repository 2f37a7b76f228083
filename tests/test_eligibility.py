"""Which offering may serve which size class, normally and in contingencies."""

import dataclasses
import pickle

import pytest

from catalog.serving import RefusalReason
from optimizer.eligibility import available_offerings, eligibility
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_catalog,
    a_contingency,
    a_held,
    a_policy,
    a_reserved,
    a_scenario,
    a_size_class,
    a_spot,
    a_workload,
    an_offering,
    an_on_demand,
    by_evidence,
    flat_blocks,
    flat_demand,
    two_points,
)

ONLY = ("chat", "all", "node-a")


def with_offerings(*regions: str, **overrides: object) -> Scenario:
    """node-0, node-1, ...: one in each region, all on demand."""
    offerings = tuple(an_offering(f"node-{i}", region=region) for i, region in enumerate(regions))
    terms = tuple(an_on_demand(f"od-{i}", offering=f"node-{i}") for i in range(len(regions)))
    return a_scenario(**({"catalog": a_catalog(offerings=offerings), "contracts": terms} | overrides))


def with_limit(tpot_limit_ms: float | None, **contingency: object) -> Scenario:
    """TPOT is measured at 10 ms."""
    return a_scenario(
        workloads=(a_workload(tpot_limit_ms=tpot_limit_ms),),
        policy=a_policy(contingencies=(a_contingency("event", **contingency),)),
    )


def test_what_may_serve_has_a_serving_and_no_refusal() -> None:
    """0.1 ms x 100 + 1 ms x 100 = 0.11 s."""
    judged = eligibility(a_scenario())
    assert list(judged.servings) == [ONLY]
    assert judged.servings[ONLY].node_seconds_per_attempt == pytest.approx(0.11)
    assert judged.refusals == ()


def test_every_triple_is_either_served_or_refused_in_order() -> None:
    scenario = with_offerings(
        "region-b",
        "region-a",
        "region-b",
        workloads=(a_workload("chat"), a_workload("batch", geographies=("geo-b",))),
        size_classes=(
            a_size_class("chat", size_class="short", request_share=0.5),
            a_size_class("chat", size_class="long", request_share=0.5),
            a_size_class("batch"),
        ),
        demand=(*flat_demand("chat"), *flat_demand("batch")),
        blocks=flat_blocks("chat", "batch"),
    )
    judged = eligibility(scenario)
    refused = [(no.workload, no.size_class, no.offering) for no in judged.refusals]
    assert list(judged.servings) == sorted(judged.servings)
    assert refused == sorted(refused)
    assert sorted([*judged.servings, *refused]) == [
        (workload, size, offering)
        for workload, size in (("batch", "all"), ("chat", "long"), ("chat", "short"))
        for offering in ("node-0", "node-1", "node-2")
    ]
    assert [triple for triple in judged.servings if triple[0] == "batch"] == [
        ("batch", "all", "node-0"),
        ("batch", "all", "node-2"),
    ]


def test_a_foreign_geography_is_refused_by_residency() -> None:
    [no] = eligibility(with_offerings("region-a", "region-b")).refusals
    assert (no.offering, no.reason) == ("node-1", RefusalReason.RESIDENCY)
    assert no.text == "region-b is in geo-b; chat may be served in geo-a"


def test_what_can_be_neither_bought_nor_held_is_refused_first() -> None:
    scenario = with_offerings("region-b", contracts=())
    [no] = eligibility(scenario).refusals
    assert no.reason == RefusalReason.NO_TERMS
    assert no.text == "node-0 has no contract terms and no held contract in the horizon"


@pytest.mark.parametrize("terms", [an_on_demand(), a_spot(), a_reserved()])
def test_terms_of_any_kind_make_an_offering_available(terms: object) -> None:
    assert available_offerings(a_scenario(contracts=(terms,))) == {"node-a"}


@pytest.mark.parametrize(("start", "end", "available"), [(-6, 0, False), (-6, 1, True), (1, 4, True), (2, 4, False)])
def test_a_held_contract_counts_while_it_serves_a_month_of_the_horizon(start: int, end: int, available: bool) -> None:
    """Two months are planned; the contract serves months start .. end - 1, counted from the first."""
    held = a_held(start=FIRST + start, end=FIRST + end)
    scenario = a_scenario(contracts=(), held_contracts=(held,))
    assert (ONLY in eligibility(scenario).servings) == available


def test_a_refusal_of_the_engine_room_keeps_its_words() -> None:
    [no] = eligibility(with_limit(9.0)).refusals
    assert (no.workload, no.size_class, no.offering, no.reason) == (*ONLY, RefusalReason.TPOT)
    assert no.text.startswith("TPOT at p99 is 10 ms at the smallest measured load on gpu-a")


def test_the_policy_sets_haircut_factor_and_memory() -> None:
    assert eligibility(a_scenario(policy=a_policy(haircut_share=by_evidence(0.5)))).servings[
        ONLY
    ].node_seconds_per_attempt == pytest.approx(0.22)
    [no] = eligibility(a_scenario(policy=a_policy(memory_usable_share=0.1))).refusals
    assert no.reason == RefusalReason.MEMORY


def test_the_workload_sets_cache_quality_and_percentile() -> None:
    """Half of the prompt cached: 0.005 + 0.1 s."""
    cached = eligibility(a_scenario(workloads=(a_workload(cache_hit_share=0.5),)))
    assert cached.servings[ONLY].node_seconds_per_attempt == pytest.approx(0.105)
    [no] = eligibility(a_scenario(workloads=(a_workload(quality_bar=99.5),))).refusals
    assert no.reason == RefusalReason.QUALITY
    medians = a_catalog(goodput_points=two_points(tpot_percentile=50))
    doubled = a_policy(percentile_factor=by_evidence(2.0))
    for percentile, servable in ((50, True), (99, False)):
        workload = a_workload(tpot_limit_ms=15.0, slo_percentile=percentile)
        scenario = a_scenario(workloads=(workload,), catalog=medians, policy=doubled)
        assert (ONLY in eligibility(scenario).servings) == servable


# ------------------------------------------------------------------------------------- contingencies


def test_a_contingency_that_relaxes_nothing_shares_the_normal_servings() -> None:
    judged = eligibility(with_limit(20.0))
    assert judged.contingency_servings["event"] is judged.servings


def test_a_factor_on_a_limit_that_no_workload_has_relaxes_nothing() -> None:
    judged = eligibility(with_limit(20.0, ttft_factor=2.0))
    assert judged.contingency_servings["event"] is judged.servings
    unlimited = eligibility(with_limit(None, ttft_factor=2.0, tpot_factor=2.0))
    assert unlimited.contingency_servings["event"] is unlimited.servings


def test_relaxed_limits_let_in_what_is_refused_normally() -> None:
    """10 ms do not fit 9 ms, but 9 x 1.2 = 10.8."""
    judged = eligibility(with_limit(9.0, tpot_factor=1.2))
    assert judged.servings == {}
    assert [no.reason for no in judged.refusals] == [RefusalReason.TPOT]
    assert list(judged.contingency_servings["event"]) == [ONLY]


def test_relaxed_limits_do_not_lift_residency_or_terms() -> None:
    scenario = with_offerings(
        "region-b",
        "region-a",
        workloads=(a_workload(tpot_limit_ms=9.0),),
        contracts=(an_on_demand(offering="node-0"),),
        policy=a_policy(contingencies=(a_contingency("event", tpot_factor=2.0),)),
    )
    assert eligibility(scenario).contingency_servings["event"] == {}


def test_contingencies_with_the_same_factors_share_one_mapping() -> None:
    events = (a_contingency("a", tpot_factor=1.5), a_contingency("b", tpot_factor=1.5), a_contingency("c"))
    scenario = a_scenario(workloads=(a_workload(tpot_limit_ms=9.0),), policy=a_policy(contingencies=events))
    judged = eligibility(scenario)
    assert list(judged.contingency_servings) == ["a", "b", "c"]
    assert judged.contingency_servings["a"] is judged.contingency_servings["b"]
    assert judged.contingency_servings["c"] is judged.servings


def test_the_order_of_the_rows_does_not_matter() -> None:
    scenario = with_offerings("region-a", "region-b", "region-a")
    mirrored = scenario.model_copy(
        update={
            "contracts": scenario.contracts[::-1],
            "catalog": scenario.catalog.model_copy(
                update={
                    "offerings": scenario.catalog.offerings[::-1],
                    "goodput_points": scenario.catalog.goodput_points[::-1],
                }
            ),
        }
    )
    assert eligibility(mirrored) == eligibility(scenario)


def test_the_answer_is_frozen_plain_data() -> None:
    judged = eligibility(a_scenario())
    assert pickle.loads(pickle.dumps(judged)) == judged
    with pytest.raises(dataclasses.FrozenInstanceError):
        judged.servings = {}  # type: ignore[misc]
