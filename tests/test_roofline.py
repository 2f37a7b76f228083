"""A roofline stands in where nothing is known of a model on a chip, and nowhere else (decision 0029)."""

from typing import Any

import pytest

from catalog.accelerators import ModelPrecision
from catalog.records import Evidence
from catalog.serving import RefusalReason, Serving
from optimizer.eligibility import eligibility
from optimizer.run import PlanOptions, plan_fleet
from reports.explaining.explanation import explain
from reports.explaining.screen import explanation_screen
from scenarios.scenario import Scenario
from tests.builders import (
    SOURCED,
    a_catalog,
    a_policy,
    a_scenario,
    a_size_class,
    a_workload,
    an_accelerator,
    an_offering,
    an_on_demand,
    by_evidence,
    ten_requests_a_node,
)

MODEL = ModelPrecision(
    model="model-a",
    precision="fp8",
    weights_gb=10.0,
    kv_kb_per_token=100.0,
    active_parameters_billion=10.0,
    **SOURCED,
)


def a_fleet(*, prior: bool = True, tflops: float | None = 1000.0, chips: int = 1, **limits: Any) -> Scenario:
    """gpu-a is measured; of chip-z only 2 TB/s and 1,000 TFLOP/s in 8 bit are known."""
    chip = an_accelerator("chip-z", memory_bandwidth_tb_per_s=2.0, dense_tflops_fp8=tflops)
    catalog = a_catalog(
        accelerators=(an_accelerator(), chip),
        models=(MODEL,),
        offerings=(an_offering(), an_offering("new", accelerator="chip-z", accelerators_per_node=chips)),
    )
    return a_scenario(
        catalog=catalog,
        contracts=(an_on_demand("od-new", offering="new"),),
        workloads=(a_workload(shortfall_limit_share=1.0, **limits),),
        size_classes=(a_size_class(input_tokens=900.0, output_tokens=100.0),),
        policy=a_policy(roofline_prior=prior, haircut_share=by_evidence(0.5), percentile_factor=by_evidence(2.0)),
    )


def serving(scenario: Scenario) -> Serving:
    return eligibility(scenario).servings["chat", "all", "new"]


def test_without_limits_the_memory_decides_how_many_run_at_once() -> None:
    """72 - 10 = 62 GB hold 620 requests of 0.1 GB; a step reads 72 GB in 36 ms, a prompt token takes 20 us.

    900 x 20 us + 100 x 36 ms / 620 = 0.018 + 0.0058065 s; half is cut off.
    """
    found = serving(a_fleet())
    assert found.node_seconds_per_attempt == pytest.approx((0.018 + 3.6 / 620) / 0.5)
    assert (found.evidence, found.points, found.engine) == (Evidence.ROOFLINE, (), "roofline")


def test_a_limit_on_tpot_bounds_the_requests_at_once() -> None:
    """At 10 ms, halved by the factor: 5 ms + c x (50 us + 180 us) <= 20 ms of a limit of 40: c = 65."""
    found = serving(a_fleet(tpot_limit_ms=40.0))
    assert found.node_seconds_per_attempt == pytest.approx((0.018 + 100 * (0.005 + 65 * 50e-6) / 65) / 0.5)
    assert found.tpot_ms == pytest.approx(2 * (5.0 + 65 * 0.23))


@pytest.mark.parametrize(
    ("limits", "reason"),
    [({"tpot_limit_ms": 10.0}, RefusalReason.TPOT), ({"ttft_limit_ms": 40.0}, RefusalReason.TTFT)],
)
def test_what_one_request_alone_cannot_keep_is_the_reason(limits: dict[str, float], reason: RefusalReason) -> None:
    found = {row.offering: row.reason for row in eligibility(a_fleet(**limits)).refusals}
    assert found["new"] is reason


@pytest.mark.parametrize("fleet", [a_fleet(prior=False), a_fleet(tflops=None)])
def test_it_is_asked_for_and_needs_every_figure(fleet: Scenario) -> None:
    found = {row.offering: row.reason for row in eligibility(fleet).refusals}
    assert found["new"] is RefusalReason.NO_DATA


def test_a_measured_no_is_never_overruled() -> None:
    scenario = a_fleet(tpot_limit_ms=9.0)
    chip = an_accelerator(memory_bandwidth_tb_per_s=100.0, dense_tflops_fp8=1e6)
    catalog = scenario.catalog.model_copy(update={"accelerators": (chip, *scenario.catalog.accelerators[1:])})
    contracts = (*scenario.contracts, an_on_demand())
    found = eligibility(scenario.model_copy(update={"catalog": catalog, "contracts": contracts})).refusals
    assert {row.offering: row.reason for row in found}["node-a"] is RefusalReason.TPOT


@pytest.mark.parametrize(
    "limits", [{}, {"tpot_limit_ms": 40.0}, {"ttft_limit_ms": 60.0}, {"ttft_limit_ms": 48.0, "tpot_limit_ms": 30.0}]
)
@pytest.mark.parametrize("chips", [1, 6])
def test_the_auditor_comes_to_the_same_number(limits: dict[str, float], chips: int) -> None:
    plan = plan_fleet(a_fleet(chips=chips, **limits), PlanOptions(with_baselines=False))
    assert {row.serving.evidence for row in plan.goodput} == {Evidence.ROOFLINE}


@pytest.mark.parametrize("limits", [{"tpot_limit_ms": 10.0}, {"ttft_limit_ms": 40.0}])
def test_the_auditor_refuses_for_the_same_reason(limits: dict[str, float]) -> None:
    plan_fleet(a_fleet(**limits), PlanOptions(with_baselines=False))


def test_a_plan_that_rests_on_a_roofline_says_so() -> None:
    plan = plan_fleet(a_fleet(), PlanOptions(with_baselines=False))
    named = [note for note in plan.notes if "roofline" in note]
    assert named == ["throughput of chat on new is a guess by its roofline, 50% taken off: nothing was measured"]


def test_a_claim_that_was_lowered_to_the_grade_of_a_roofline_is_not_called_one() -> None:
    """One measured size does not tell prefill from decode and costs a vendor's point its grade; it is a point still."""
    catalog = ten_requests_a_node()
    points = tuple(row.model_copy(update={"evidence": Evidence.VENDOR}) for row in catalog.goodput_points)
    scenario = a_scenario(catalog=catalog.model_copy(update={"goodput_points": points}), contracts=(an_on_demand(),))
    plan = plan_fleet(scenario, PlanOptions(with_baselines=False))
    assert {row.serving.evidence for row in plan.goodput} == {Evidence.ROOFLINE}
    assert not [note for note in plan.notes if "roofline" in note]


def test_explain_says_that_it_is_a_roofline() -> None:
    scenario = a_fleet()
    found = explain(scenario, scenario.workloads[0], scenario.catalog.offering["new"])
    (row,) = found.classes[0].tried
    assert (row.claim, row.curve, row.verdict) == (None, "roofline", "chosen")
    assert "of a replica, by peak compute and bandwidth" in " ".join(" ".join(explanation_screen(found, 100)).split())
