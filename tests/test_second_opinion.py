"""An "optimal" is not believed because it was said: a second solve without presolve, and what the plan says of it."""

from dataclasses import replace
from decimal import Decimal
from importlib.metadata import version
from typing import Any

import pytest

from optimizer.faults import SolverFault
from optimizer.opinion import SecondOpinion
from optimizer.solve import Session, solve_whole
from optimizer.solve_protocol import SolveOptions, SolveReply
from scenarios.scenario import Scenario
from tests.builders import (
    a_contingency,
    a_point,
    a_policy,
    a_reserved,
    a_scenario,
    a_workload,
    an_accelerator,
    an_offering,
    an_on_demand,
    day_and_night,
    flat_demand,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
)
from tests.proving import planned
from tests.solver_models import EXACTLY, cover_two


def one_node() -> Scenario:
    """A fleet of one node of load, reserved or on demand."""
    return a_scenario(
        catalog=ten_requests_a_node(), contracts=(an_on_demand(), a_reserved()), demand=nodes_of_load(1.0)
    )


def a_fleet_that_misleads() -> Scenario:
    """Half a node by night and all of one by day, all of it to be kept after the loss of cloud-a."""
    second = {"provider": "cloud-b", "accelerator": "gpu-b", "quota_nodes": 1, "on_demand_confidence": 0.5}
    catalog = ten_requests_a_node(
        accelerators=(an_accelerator(), an_accelerator("gpu-b", chip_vendor="vendor-b", stack="stack-b")),
        offerings=(
            an_offering(on_demand_confidence=0.5),
            an_offering("node-b", **second),
            an_offering("node-e", quota_nodes=1),
        ),
        goodput_points=(
            a_point(),
            a_point("point-b", curve="curve-b", accelerator="gpu-b", stack="stack-b"),
        ),
        quality=(),
    )
    lost = a_contingency(floor_share=1.0, probability_per_year=0.1, duration_hours=10.0, tpot_factor=1.5)
    return a_scenario(
        run=run_settings(months=3),
        policy=a_policy(contingencies=(lost,)),
        catalog=catalog,
        contracts=(
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(5)),
            a_reserved("res-b", offering="node-b", price_usd_per_node_hour=Decimal(2)),
            an_on_demand("od-e", offering="node-e", price_usd_per_node_hour=Decimal(20)),
            an_on_demand(price_usd_per_node_hour=Decimal(8)),
        ),
        workloads=(a_workload(ttft_limit_ms=150.0, tpot_limit_ms=50.0),),
        demand=flat_demand(months=3, requests_per_s=8.0),
        blocks=day_and_night("chat", day=1.0, night=0.5),
    )


def test_a_plan_below_its_bound_is_worked_out_again_without_presolve(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first solve says that nothing is below 13 and has a plan of 12."""
    asked: list[bool] = []
    honest = Session.solve

    def wrong_at_first(self: Session, arrays: Any, options: SolveOptions, *rest: Any) -> SolveReply:
        asked.append(options.presolve)
        found = honest(self, arrays, options, *rest)
        return replace(found, bound=13.0) if options.presolve else found

    monkeypatch.setattr(Session, "solve", wrong_at_first)
    solved = solve_whole(cover_two(), EXACTLY)
    assert asked == [True, False]
    assert (solved.objective, solved.bound) == (pytest.approx(12), pytest.approx(12))
    assert solved.opinion is SecondOpinion.OVERRULED


def test_a_plan_that_stays_below_its_bound_is_not_published(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Session.solve

    def always_wrong(self: Session, *given: Any) -> SolveReply:
        found = honest(self, *given)
        assert found.bound is not None
        return replace(found, bound=found.bound * 1.1)

    monkeypatch.setattr(Session, "solve", always_wrong)
    with pytest.raises(SolverFault, match=r"the proven bound .* lies above the plan"):
        planned(one_node())


def test_a_small_plan_has_a_second_opinion_and_says_so() -> None:
    plan = planned(one_node())
    assert plan.solver.integers > 0
    assert plan.solver.second_opinion is SecondOpinion.AGREED
    assert ("presolve", "choose") in plan.solver.options


def test_a_plan_whose_first_solve_was_wrong_says_so() -> None:
    """Two clouds to reserve at, and a floor after the loss of one: highspy 1.15.1 orders another node with presolve."""
    plan = planned(a_fleet_that_misleads())
    assert plan.incumbent_usd == pytest.approx(4680.09)
    assert plan.bound_usd == pytest.approx(4680.08, abs=0.01)
    overruled = plan.solver.second_opinion is SecondOpinion.OVERRULED
    assert overruled == (version("highspy") == "1.15.1")
    assert overruled == any("solved again without presolve" in note for note in plan.notes)
    assert overruled == (("presolve", "off") in plan.solver.options)
