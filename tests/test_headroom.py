"""Derived headroom: what a plan may use of a node follows from bursts and from the pools of that very plan."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from functools import cache
from math import exp
from pathlib import Path
from typing import Any

import pytest

from optimizer.faults import SolverFault
from optimizer.finding import PlanOptions, Widest
from optimizer.keys import Cell
from optimizer.living.living import LivingModel
from optimizer.plan import Plan, Status, StopReason
from optimizer.plan_making import plan_of
from optimizer.possible import possible_problem
from optimizer.problem import state
from optimizer.run import plan_fleet
from scenarios.loading import load_scenario
from scenarios.scenario import Headroom, HeadroomMethod, Scenario
from tests.builders import (
    a_contingency,
    a_policy,
    a_scenario,
    a_workload,
    an_effect,
    an_on_demand,
    an_outlook,
    day_and_night,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
    two_clouds,
)
from tests.proving import EXACT_USD, FEBRUARY_HOURS, JANUARY_HOURS, a_cap, changed, never_cheaper, objective, planned

ROOT = Path(__file__).parents[1]
SERVICE_S = 0.1
"""A node of `ten_requests_a_node` is one replica that carries ten requests/s."""
LATE = 0.01
"""One request in a hundred may wait too long."""
HOURS = JANUARY_HOURS + FEBRUARY_HOURS


def derived(cap: float = 0.85, **fields: Any) -> dict[str, Any]:
    """Settings of the run."""
    return {"run": run_settings(usable_share=cap, headroom=Headroom(method=HeadroomMethod.DERIVED, **fields))}


def chat(ttft_ms: float | None = 500.0, **fields: Any) -> tuple[Any, ...]:
    return (a_workload(ttft_limit_ms=ttft_ms, **fields),)


def a_fleet(nodes: float = 8.0, **overrides: Any) -> Scenario:
    """On demand at one cloud: so many nodes kept busy, and a tenth of 500 ms for the wait."""
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(),),
        "workloads": chat(),
        "demand": nodes_of_load(nodes),
    }
    return a_scenario(**(derived() | fields | overrides))


def two_pools(nodes: float = 8.0, **overrides: Any) -> Scenario:
    """The same at two clouds, cloud-a the cheaper one but held to half of the tokens."""
    fields: dict[str, Any] = {
        "catalog": two_clouds(),
        "contracts": (
            an_on_demand(price_usd_per_node_hour=Decimal(10)),
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(11)),
        ),
        "policy": a_policy(concentration=(a_cap(),)),
    }
    return a_fleet(nodes, **(fields | overrides))


def late_share(replicas: float, erlangs: float, wait_s: float) -> float:
    """P(wait > limit) in a pool of whole replicas, by the recursion of Erlang B."""
    blocked = 1.0
    for servers in range(1, round(replicas) + 1):
        blocked = erlangs * blocked / (servers + erlangs * blocked)
    waits = blocked / (1 - erlangs / replicas * (1 - blocked))
    return waits * exp(-(replicas - erlangs) * wait_s / SERVICE_S)


def carried(replicas: float, wait_s: float) -> float:
    """Erlangs that a pool may carry, linear between whole numbers: by halving, with nothing of the optimizer's."""

    def whole(servers: int) -> float:
        low, high = 0.0, float(servers)
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if late_share(servers, middle, wait_s) <= LATE else (low, middle)
        return low

    below = int(replicas)
    return whole(below) + (replicas - below) * (whole(below + 1) - whole(below))


def cells(plan: Plan) -> dict[tuple[str, ...], tuple[float, float]]:
    """Erlangs and replicas by event, outlook, month, block, workload and offering; a node is a replica."""
    sums: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
    rows: list[tuple[tuple[str, ...], Any]] = [
        (("", r.outlook, str(r.month), r.block, r.workload, r.offering), r) for r in plan.placements
    ]
    for case in plan.contingencies:
        where = case.contingency, case.outlook, str(case.month), case.block
        rows += [((*where, row.workload, row.offering), row) for row in case.placements]
    for cell, row in rows:
        sums[cell][0] += row.accepted_tok_per_s / 100 * SERVICE_S
        sums[cell][1] += row.nodes
    return {cell: (erlangs, replicas) for cell, (erlangs, replicas) in sums.items()}


def rests_on_what_it_has(plan: Plan, burst: float = 1.0, wait_s: float = 0.05, cap: float = 0.85) -> bool:
    """Whether every pool carries the peak minute of its load, by arithmetic of the tests."""
    return all(
        erlangs <= cap * replicas * (1 + 1e-6)
        and burst * erlangs <= carried(max(1.0, replicas), wait_s) / max(1.0, 1.0 / replicas) * (1 + 1e-6)
        for erlangs, replicas in cells(plan).values()
    )


@cache
def whole_plan() -> Plan:
    return planned(a_fleet())


@cache
def split_plan() -> Plan:
    return planned(two_pools())


def test_without_a_limit_of_the_wait_bursts_alone_decide() -> None:
    """Eight busy nodes at a burst ratio of 1.25: ten nodes, in both months at 10 USD an hour."""
    plan = planned(a_fleet(workloads=chat(None, burst_ratio=1.25)))
    assert objective(plan) == 10 * 10 * HOURS
    assert plan.headroom is not None
    assert (plan.headroom.rounds, plan.headroom.settled, plan.headroom.left) == (1, True, ())
    assert plan.headroom.pools[0].usable_share == pytest.approx(0.8)


def test_without_bursts_and_waits_the_cap_is_the_stated_share() -> None:
    stated = a_fleet(run=run_settings(usable_share=0.85), workloads=chat(None))
    plan = planned(stated)
    assert plan.headroom is None
    assert objective(plan) == objective(planned(a_fleet(workloads=chat(None))))


def test_a_pool_has_as_many_replicas_as_keep_the_wait() -> None:
    """All is served in one pool: its size is where one request in a hundred waits 50 ms for a replica of 100 ms."""
    plan = whole_plan()
    assert plan.headroom is not None
    pool = plan.headroom.pools[0]
    assert carried(pool.largest_replicas, 0.05) == pytest.approx(8.0, rel=1e-6)
    assert objective(plan) == pytest.approx(Decimal(10 * HOURS * pool.largest_replicas), abs=Decimal("0.05"))
    assert (pool.wait_limit_s, pool.shortest_service_s, pool.burst_ratio) == (0.05, SERVICE_S, 1.0)
    assert plan.notes == ("burst ratio unknown, counted as 1 (no bursts) for chat",)


def test_small_pools_keep_more_free_than_large_ones() -> None:
    shares: list[float] = []
    for nodes in (0.5, 60.0):
        plan = planned(a_fleet(nodes))
        assert plan.headroom is not None
        shares.append(plan.headroom.pools[0].usable_share)
    assert shares == sorted(shares)
    assert shares[0] < 0.2
    assert shares[-1] == pytest.approx(0.85)


def test_a_stated_limit_of_the_wait_holds_for_all() -> None:
    """50 ms is what a tenth of the TTFT limit comes to; without a TTFT limit only the stated one is left."""
    of_the_limit, stated = whole_plan(), planned(a_fleet(workloads=chat(None), **derived(wait_limit_ms=50.0)))
    assert objective(of_the_limit) == objective(stated)
    assert never_cheaper(of_the_limit, planned(a_fleet(**derived(wait_limit_share=0.5))))


def test_more_bursts_never_lower_the_cost() -> None:
    calm, bursty = whole_plan(), planned(a_fleet(workloads=chat(burst_ratio=1.5)))
    assert objective(bursty) > objective(calm)
    assert rests_on_what_it_has(bursty, burst=1.5)


def test_a_split_workload_rests_on_the_pools_it_has() -> None:
    """Half of eight busy nodes at either cloud: two pools of four, each with the headroom of a pool of four."""
    plan = split_plan()
    assert plan.headroom is not None
    assert plan.headroom.settled
    assert plan.headroom.rounds == 3
    assert rests_on_what_it_has(plan)
    assert objective(plan) > objective(whole_plan())


def test_the_bound_is_that_of_the_widest_pools() -> None:
    """The first round counts either pool as if it were the only one; no plan can do better."""
    plan = split_plan()
    whole = whole_plan().headroom
    assert whole is not None
    share = whole.pools[0].usable_share
    assert plan.bound_usd == pytest.approx((4 / share * 10 + 4 / share * 11) * HOURS)
    assert plan.headroom is not None
    assert plan.headroom.shares_bound_usd == pytest.approx(plan.incumbent_usd)
    assert (plan.status, plan.stop_reason) == (Status.FEASIBLE, StopReason.HEADROOM_ROUNDS)


def test_what_is_split_for_nothing_is_drawn_together() -> None:
    """Without a cap the cheaper cloud has it all, whatever the quota leaves for the other."""
    plan = planned(two_pools(policy=a_policy()))
    assert {row.offering for row in plan.placements} == {"node-a"}
    assert plan.status is Status.WITHIN_GAP


def test_quiet_blocks_have_smaller_pools() -> None:
    plan = planned(a_fleet(blocks=day_and_night("chat", day=1.5, night=0.5)))
    by_block = {cell[3]: erlangs / replicas for cell, (erlangs, replicas) in cells(plan).items()}
    assert by_block["night"] < by_block["day"]
    assert rests_on_what_it_has(plan)


def test_pools_after_an_event_are_sized_too() -> None:
    """cloud-a is lost: four fifths of the load at cloud-b, in a pool of its own."""
    policy = a_policy(contingencies=(a_contingency(),), concentration=(a_cap(),))
    plan = planned(two_pools(policy=policy))
    assert {cell[0] for cell in cells(plan)} == {"", "lose-cloud-a"}
    assert rests_on_what_it_has(plan)
    assert plan.headroom is not None
    assert plan.headroom.settled
    assert {row.contingency for row in plan.headroom.pools} == {None, "lose-cloud-a"}


@pytest.mark.long
def test_outlooks_have_pools_of_their_own_and_knowing_is_not_valued() -> None:
    outlooks = (an_outlook("base"), an_outlook("high"))
    plan = plan_fleet(a_fleet(outlooks=outlooks, outlook_effects=(an_effect("high", value=2.0),)))
    shares = {cell[1]: erlangs / replicas for cell, (erlangs, replicas) in cells(plan).items()}
    assert shares["base"] < shares["high"]
    assert plan.knowing is None
    assert any(note.startswith("what knowing is worth is not stated") for note in plan.notes)
    assert all(way.note.endswith("headroom as of the widest pools") for way in plan.baselines)


@pytest.mark.long
def test_a_living_model_goes_through_the_same_rounds() -> None:
    """Whatever it was asked before, it derives the shares of every question anew."""
    with LivingModel() as living:
        plans = [living.answer(scenario).plan for scenario in (two_pools(6.0), two_pools())]
    for plan in plans:
        assert plan.headroom is not None
        assert plan.headroom.settled
        assert rests_on_what_it_has(plan)
    assert plans[1].incumbent_usd == pytest.approx(split_plan().incumbent_usd, abs=EXACT_USD)


def test_a_later_round_without_a_plan_is_no_proof() -> None:
    """Seven nodes at either cloud are enough for half of one pool of 12.6, not for a pool of its own of 7.8."""
    quota = {"quota_nodes": 7}
    plan = planned(two_pools(catalog=two_clouds(quota, **quota)))
    assert plan.headroom is not None
    assert not plan.headroom.settled
    assert {(row.offering, row.contingency) for row in plan.headroom.left} == {("node-a", None), ("node-b", None)}
    assert all(row.usable_share > row.derived_share for row in plan.headroom.left)
    assert plan.incumbent_usd == pytest.approx(plan.bound_usd, abs=EXACT_USD)
    assert any(note.startswith("headroom of chat on node-a is not settled: 2 of its pools") for note in plan.notes)


def test_a_plan_below_the_bound_of_the_widest_pools_is_a_fault() -> None:
    """Narrower pools never cost less: then the first round was no relaxation, and its bound is worth nothing."""
    with LivingModel() as living:
        found = living.found(possible_problem(a_fleet(), PlanOptions()), PlanOptions())
    objective_usd = found.solved.objective * found.stated.model.money_scale_usd
    widest = Widest(2, objective_usd, objective_usd, found.solved.status)
    assert plan_of(replace(found, widest=widest)).status is Status.WITHIN_GAP
    with pytest.raises(SolverFault, match="widest pools"):
        plan_of(replace(found, widest=replace(widest, bound_usd=1.01 * objective_usd)))


def test_eight_of_ten_workloads_of_the_realistic_example_have_the_cap_in_all_their_widest_pools() -> None:
    realistic = load_scenario(ROOT / "scenarios" / "examples" / "realistic").scenario
    headroom = Headroom(method=HeadroomMethod.DERIVED)
    problem = state(changed(realistic, run=realistic.run.model_copy(update={"headroom": headroom})))
    shares: dict[str, set[float]] = defaultdict(set)
    for key, *moment in problem.tok_per_s:
        for pool in problem.pools_of.get(key, ()):
            shares[key.workload].add(problem.usable_share(Cell("", key.workload, pool.offering, *moment)))
    assert sum(found == {0.85} for found in shares.values()) == 8
    assert len(shares) == 10
    manual = (ROOT / "docs" / "headroom.md").read_text(encoding="utf-8")
    assert "eight of ten workloads have the cap of 0.85 in all their widest pools" in manual


@pytest.mark.long
def test_the_manual_tells_the_small_example_as_it_is() -> None:
    small = load_scenario(ROOT / "scenarios" / "examples" / "small").scenario
    headroom = Headroom(method=HeadroomMethod.DERIVED, wait_limit_share=0.2)
    plan = planned(changed(small, run=small.run.model_copy(update={"headroom": headroom})))
    manual = (ROOT / "docs" / "headroom.md").read_text(encoding="utf-8")
    assert f"{plan.incumbent_usd:,.0f} USD against a bound of\n{plan.bound_usd:,.0f} USD" in manual
