"""Which blocks an event is checked in: those than which no other asks at least as much of every workload."""

from random import Random
from typing import Any

import pytest

from optimizer.faults import Impossible
from optimizer.plan import Plan
from optimizer.problem import Problem, state
from scenarios.blocks import BlockLoad, BlockModel, LoadBlock
from scenarios.policy import BlockChoice, Lost, WorkloadFloor
from scenarios.scenario import Scenario
from scenarios.workloads import Demand
from tests.builders import (
    FIRST,
    a_contingency,
    a_scenario,
    a_size_class,
    a_workload,
    an_on_demand,
    nodes_of_load,
    two_clouds,
)
from tests.proving import EXACT_USD, changed, objective, planned, with_policy
from tests.random_fleets import a_random_fleet

THIRD = 56
"""Hours of the week."""


def in_blocks(hours: dict[str, tuple[int, ...]] | None = None, **loads: dict[str, float]) -> Scenario:
    """A node of load of each workload on average; its relative load by block; blocks of a third of the week."""
    blocks = list(next(iter(loads.values())))
    spans = hours or {b: tuple(range(i * THIRD, (i + 1) * THIRD)) for i, b in enumerate(blocks)}
    return a_scenario(
        catalog=two_clouds(),
        contracts=(an_on_demand(), an_on_demand("od-b", offering="node-b")),
        workloads=tuple(a_workload(w) for w in loads),
        size_classes=tuple(a_size_class(w) for w in loads),
        demand=tuple(row for w in loads for row in nodes_of_load(1.0, workload=w)),
        blocks=BlockModel(
            blocks=tuple(LoadBlock(block=b, hours_of_week=spans[b]) for b in blocks),
            loads=tuple(
                BlockLoad(workload=w, block=b, relative_load=load)
                for w, by_block in loads.items()
                for b, load in by_block.items()
            ),
            requested_blocks=len(blocks),
        ),
    )


def checked(scenario: Scenario, choice: BlockChoice = BlockChoice.PEAK) -> list[tuple[str, ...]]:
    """Blocks by month."""
    event = a_contingency(blocks=choice)
    problem = state(with_policy(scenario, contingencies=(event,)))
    return [problem.events.checked_blocks(event, t) for t in problem.month_indices]


def test_a_block_that_is_lower_for_all_is_not_checked() -> None:
    scenario = in_blocks(chat={"a": 1.5, "b": 1.0, "c": 0.5}, code={"a": 1.2, "b": 1.2, "c": 0.6})
    assert checked(scenario) == [("a",), ("a",)]
    assert checked(scenario, BlockChoice.ALL) == [("a", "b", "c")] * 2


def test_a_block_that_is_high_for_all_and_highest_for_none_is_checked() -> None:
    """The peak of chat, of code, and what is between them."""
    scenario = in_blocks(chat={"a": 1.5, "b": 1.3, "c": 0.2}, code={"a": 0.2, "b": 1.3, "c": 1.5})
    assert checked(scenario) == [("a", "b", "c")] * 2


def test_of_blocks_that_ask_the_same_the_first_by_name_is_checked() -> None:
    scenario = in_blocks(chat={"c": 1.0, "b": 1.2, "a": 1.2}, code={"c": 1.0, "b": 1.1, "a": 1.1})
    assert checked(scenario) == [("a",), ("a",)]


def test_a_workload_without_demand_in_a_month_has_no_say_in_it() -> None:
    """Code asks for nothing in February; where nobody asks for anything the first block stands for all."""
    scenario = in_blocks(chat={"a": 1.5, "b": 1.0, "c": 0.5}, code={"a": 0.5, "b": 1.0, "c": 1.5})

    def with_rates(*rates: tuple[float, float]) -> Scenario:
        demand = tuple(
            Demand(workload=w, month=FIRST + t, accepted_requests_per_s=rate)
            for t, pair in enumerate(rates)
            for w, rate in zip(("chat", "code"), pair, strict=True)
        )
        return changed(scenario, demand=demand)

    assert checked(with_rates((10.0, 10.0), (10.0, 0.0))) == [("a", "b", "c"), ("a",)]
    assert checked(with_rates((0.0, 10.0), (0.0, 0.0))) == [("c",), ("a",)]


def test_what_the_peaks_alone_would_miss_is_paid_for() -> None:
    """Peaks of 1.5 + 0.2 nodes, and 1.3 + 1.3 between them: 2.6 nodes must be left, of which a quota of two is not."""
    scenario = in_blocks(chat={"a": 1.5, "b": 1.3, "c": 0.2}, code={"a": 0.2, "b": 1.3, "c": 1.5})
    event = a_contingency(floor_share=1.0)

    def with_quota(quota: int) -> Plan:
        catalog = two_clouds({"quota_nodes": quota})
        return planned(with_policy(changed(scenario, catalog=catalog), contingencies=(event,)))

    assert {case.block for case in with_quota(3).contingencies} == {"a", "b", "c"}
    with pytest.raises(Impossible):
        with_quota(2)


def blocks_of(draw: Random, fleet: Scenario) -> BlockModel:
    """Five blocks of random hours and loads, mean 1 for each workload."""
    hours = [draw.randrange(5) for _ in range(163)] + list(range(5))
    spans = {f"b{i}": tuple(h for h, of in enumerate(hours) if of == i) for i in range(5)}
    loads = []
    for workload in fleet.workloads:
        raw = {b: draw.randint(2, 20) / 10 for b in spans}
        mean = sum(raw[b] * len(spans[b]) for b in spans) / 168
        loads += [BlockLoad(workload=workload.workload, block=b, relative_load=raw[b] / mean) for b in spans]
    blocks = tuple(LoadBlock(block=b, hours_of_week=span) for b, span in spans.items())
    return BlockModel(blocks=blocks, loads=tuple(loads), requested_blocks=5)


def with_event(fleet: Scenario, choice: BlockChoice, draw: Random) -> Scenario:
    """Whatever leaves something to be bought, with a tight quota of what is left."""
    lost, name, late = draw.choice(
        [(Lost.PROVIDER, "cloud-a", None), (Lost.OFFERING, "node-b", None), (Lost.DELIVERY, "*", 1)]
    )
    own = WorkloadFloor(workload="code", floor_share=draw.choice([0.2, 0.9]))
    event = a_contingency(
        lost=lost,
        name=name,
        late_months=late,
        blocks=choice,
        floor_share=draw.choice([0.5, 0.8]),
        floors=(own,) if draw.random() < 0.5 else (),
    )
    return with_policy(fleet, contingencies=(event,), emergency_share=1.0)


def tight(fleet: Scenario) -> Scenario:
    """Two nodes of quota, of which one can count on half."""
    fields: dict[str, Any] = {"quota_nodes": 4, "on_demand_confidence": 0.25}
    offerings = tuple(row.model_copy(update=fields) for row in fleet.catalog.offerings)
    return changed(fleet, catalog=fleet.catalog.model_copy(update={"offerings": offerings}))


@pytest.mark.parametrize("seed", range(10))
def test_blocks_that_are_not_checked_would_cost_nothing(seed: int) -> None:
    """Where all that is in use may be emergency capacity, `peak` and `all` cost the same, or neither is possible."""
    fleet = tight(a_random_fleet(seed))
    fleet = changed(fleet, blocks=blocks_of(Random(f"blocks {seed}"), fleet))
    peak, every = (with_event(fleet, choice, Random(f"event {seed}")) for choice in BlockChoice)
    assert len(cases(peak)) < len(cases(every))
    try:
        cost = objective(planned(peak))
    except Impossible:
        with pytest.raises(Impossible):
            planned(every)
        return
    assert abs(cost - objective(planned(every))) <= EXACT_USD


def cases(scenario: Scenario) -> list[tuple[int, str]]:
    problem: Problem = state(scenario)
    (event,) = problem.contingencies.values()
    return [(t, b) for t in problem.month_indices for b in problem.events.checked_blocks(event, t)]
