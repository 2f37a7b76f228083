"""One hour of a replay request by request: arrivals, replicas, queues, latencies (docs/decisions/0033)."""

import numpy as np
import pytest

from optimizer.keys import PoolKey
from optimizer.plan import Plan, Pool
from optimizer.replaying.attempts import expected_by_minute, multiplied
from optimizer.replaying.groups import Group, _whole
from optimizer.replaying.hour import fullest_hour, named_hour, simulated
from optimizer.replaying.loads import weekly_loads
from optimizer.replaying.queueing import queued
from optimizer.replaying.records import SimulatedHour, Step
from optimizer.replaying.replay import replayer
from optimizer.replaying.traced import Arrivals, traced
from tests.builders import a_held, a_workload, run_settings
from tests.replay_cases import a_trace, planned


@pytest.mark.parametrize(("load", "servers", "erlang_c"), [(2.0, 3, 4 / 9), (2.5, 5, 0.13037), (6.0, 10, 0.10130)])
def test_the_queue_waits_as_often_as_erlang_says(load: float, servers: int, erlang_c: float) -> None:
    random = np.random.default_rng(3)
    arrivals = np.cumsum(random.exponential(1 / load, 8_000))
    found = queued(arrivals.tolist(), random.exponential(1.0, 8_000).tolist(), servers)
    assert float((found.wait_s > 1e-12).mean()) == pytest.approx(erlang_c, rel=0.15)


def test_a_trace_is_multiplied_within_its_minutes() -> None:
    """Ten requests in the first minute, none in the second; twice the rate: twenty and none, first copies in place."""
    arrivals = Arrivals(
        seconds=np.arange(10) * 6.0,
        input_tokens=np.full(10, 100.0),
        output_tokens=np.full(10, 100.0),
        class_of_request=np.zeros(10, dtype=np.int64),
        length_s=120.0,
    )
    found = multiplied(arrivals, 20 / 120, range(2), np.random.default_rng(0))
    assert len(found.seconds) == 20
    assert found.seconds.max() < 60.0
    assert set(arrivals.seconds) <= set(found.seconds.tolist())
    assert expected_by_minute(arrivals, 20 / 120)[:4].tolist() == [20.0, 0.0, 20.0, 0.0]


def test_replicas_of_a_pool_are_whole_and_fit_its_nodes() -> None:
    small, large = (Group(PoolKey("node-a", Pool.BASE), m, "fp8", "engine", 1, "") for m in ("model-a", "model-b"))
    assert _whole({small: 0.2, large: 4.8}, {small: 1.0, large: 1.0}, 5.0) == {small: 1, large: 4}
    assert _whole({small: 2.4, large: 7.6}, {small: 1.0, large: 2.0}, 6.2) == {small: 2, large: 8}


def simulation_of(plan: Plan, hour: str | None = None) -> SimulatedHour:
    ready = replayer(plan, "base")
    given = traced(ready.problem, a_trace([(100, 100)] * 3600, every_s=1.0), {}, {})
    last = ready.replayed(Step.SIZES, weekly_loads(ready.problem), given.sizes)
    chosen = fullest_hour(ready, last) if hour is None else named_hour(ready, hour)
    return simulated(ready, last, given, chosen, most_requests=20_000)


def test_in_a_quiet_hour_nobody_waits_and_limits_are_kept() -> None:
    """By night half of the held nodes are busy; TTFT and TPOT are those of the points."""
    plan = planned(**_within_limits())
    found = simulation_of(plan, "2027-01-05T20")
    (chat,) = found.workloads
    assert chat.kept
    assert chat.waited_share < 0.05
    assert chat.ttft is not None
    assert chat.ttft.p50_ms == pytest.approx(100.0)


def _within_limits() -> dict[str, object]:
    """A sixth of the node stays free, so that a steady load does not queue for ever."""
    return {
        "run": run_settings(usable_share=0.8),
        "held_contracts": (a_held(nodes=13),),
        "workloads": (a_workload(ttft_limit_ms=200.0, tpot_limit_ms=50.0),),
    }


def test_the_same_plan_and_trace_give_the_same_simulation() -> None:
    plan = planned(**_within_limits())
    assert simulation_of(plan) == simulation_of(plan)


def test_the_fullest_hour_is_one_with_the_highest_load_and_an_hour_that_is_none_is_refused() -> None:
    plan = planned()
    assert int(simulation_of(plan).hour[-2:]) < 12
    with pytest.raises(
        ValueError, match="2031-01-01T00 is no hour of the plan; expected YYYY-MM-DDTHH from 2027-01-01T00"
    ):
        named_hour(replayer(plan, "base"), "2031-01-01T00")
