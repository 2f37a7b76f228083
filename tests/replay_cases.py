"""A plan of ten held nodes and a trace to replay over it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache

import numpy as np

from optimizer.plan import Plan
from optimizer.replaying.outcomes import replay
from optimizer.replaying.records import Replay, Step
from optimizer.replaying.replay import likeliest_outlook, replayer
from optimizer.replaying.traced import Traced
from optimizer.run import plan_fleet
from scenarios.scenario import Scenario
from scenarios.traces import Trace
from scenarios.workloads import HourlyLoad
from tests.builders import a_held, a_scenario, an_on_demand, nodes_of_load, ten_requests_a_node


def day_and_night_hours(workload: str = "chat", day: float = 1.5, night: float = 0.5) -> tuple[HourlyLoad, ...]:
    """The week that `day_and_night` has as blocks, hour by hour."""
    return tuple(HourlyLoad(workload=workload, hour_of_week=h, load=day if h % 24 < 12 else night) for h in range(168))


def ten_nodes(**overrides: object) -> Scenario:
    """A load of ten nodes on average, planned as one flat block; by day it is 15, by night 5. Ten nodes are held."""
    fields = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(),),
        "held_contracts": (a_held(nodes=10),),
        "demand": nodes_of_load(10),
        "hourly_load": day_and_night_hours(),
    }
    return a_scenario(**(fields | overrides))


@cache
def planned(**overrides: object) -> Plan:
    return plan_fleet(ten_nodes(**overrides))


def a_trace(
    tokens: Iterable[tuple[int, int]],
    *,
    every_s: float = 60.0,
    start: datetime | None = datetime(2027, 1, 4, tzinfo=UTC),
) -> Trace:
    """Requests of so many input and output tokens at equal distances."""
    rows = list(tokens)
    return Trace(
        source="trace.csv",
        seconds=np.arange(len(rows)) * every_s,
        input_tokens=np.array([row[0] for row in rows]),
        output_tokens=np.array([row[1] for row in rows]),
        cached_tokens=None,
        workload=None,
        start=start,
    )


def replayed(plan: Plan, given: Traced | None = None) -> Replay:
    """Hour by hour, without a simulation."""
    ready = replayer(plan, likeliest_outlook(plan))
    return replay(ready, given or Traced(), choose_hour=None, most_requests=0, part_done=lambda _: None)


def cost_of(found: Replay, step: Step) -> Decimal:
    return next(row.effective_usd for row in found.ladder if row.step is step)
