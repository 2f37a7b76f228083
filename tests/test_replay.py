"""A trace over the fleet of a plan: what is served, what is missed, what is billed (docs/decisions/0033)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from catalog.findings import InputRejected
from optimizer.keys import PoolKey
from optimizer.plan import Plan, Pool
from optimizer.plan_splits import SplitPlacement
from optimizer.replaying.attempts import expected_by_minute, multiplied
from optimizer.replaying.groups import Group, _whole
from optimizer.replaying.hour import fullest_hour, named_hour, simulated
from optimizer.replaying.loads import weekly_loads
from optimizer.replaying.outcomes import replay
from optimizer.replaying.queueing import queued
from optimizer.replaying.records import Replay, SimulatedHour, Step
from optimizer.replaying.replay import likeliest_outlook, replayer
from optimizer.replaying.sizes import sized_as_traced
from optimizer.replaying.traced import Arrivals, Traced, own_hours, traced
from optimizer.run import plan_fleet
from scenarios.hourly_series import read_hourly_series
from scenarios.scenario import Headroom, HeadroomMethod, Scenario
from scenarios.traces import Trace
from scenarios.workloads import HourlyLoad
from tests.builders import (
    FIRST,
    a_covered_rate,
    a_held,
    a_scenario,
    a_size_class,
    a_spend_commitment,
    a_workload,
    an_offering,
    an_on_demand,
    day_and_night,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
    two_points,
)
from tests.plan_builders import a_plan


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


def test_a_replay_in_which_every_hour_is_as_its_block_is_the_plan_to_the_cent() -> None:
    plan = a_plan()
    found = replayed(plan)
    assert cost_of(found, Step.PLAN) == plan.totals.effective_usd
    assert abs(cost_of(found, Step.BILLING_ORDER) - plan.totals.effective_usd) <= Decimal("0.02")
    assert found.ladder[1].missed_mtok == 0.0
    assert float(found.ladder[1].penalty_usd) == pytest.approx(float(plan.totals.shortfall_penalty_usd), rel=1e-9)


def test_with_derived_headroom_every_block_keeps_the_share_of_its_own_pool() -> None:
    """A pool is small by night, so more of it is kept free than by day; all of it is rented, and costs what it did."""
    plan = planned(
        blocks=day_and_night("chat", day=1.9, night=0.1),
        hourly_load=day_and_night_hours(day=1.9, night=0.1),
        held_contracts=(),
        run=run_settings(headroom=Headroom(method=HeadroomMethod.DERIVED), usable_share=0.85),
        workloads=(a_workload(ttft_limit_ms=200.0),),
    )
    assert plan.headroom is not None
    (pool,) = plan.headroom.pools
    assert pool.lowest_usable_share < pool.highest_usable_share - 0.1
    found = replayed(plan)
    assert abs(cost_of(found, Step.BILLING_ORDER) - plan.totals.effective_usd) <= Decimal("0.02")


def test_hours_above_their_block_are_rented_at_the_price_of_the_hour() -> None:
    """Ten held nodes carry the flat block. By day 15 are needed: 5 are rented at 10 USD in half of 1,416 hours."""
    found = replayed(planned())
    assert cost_of(found, Step.HOURS) - cost_of(found, Step.PLAN) == 5 * 10 * Decimal(1416) / 2
    (workload,) = found.workloads
    by_day = 0.75  # of the tokens; a third of them on rented nodes
    assert workload.rented_more_mtok / workload.asked_mtok == pytest.approx(by_day / 3)
    assert workload.kept


def test_held_nodes_stand_idle_in_the_hours_below_their_block() -> None:
    """By night five of the ten held nodes have nothing to do."""
    (pool,) = replayed(planned()).pools
    assert pool.paid_node_hours == 10 * 1416
    assert pool.idle_node_hours == pytest.approx(5 * 1416 / 2)
    assert pool.rented_node_hours == pytest.approx(5 * 1416 / 2)


def test_what_neither_paid_nor_rented_nodes_carry_is_missed_and_costs_its_penalty() -> None:
    """Two nodes can be rented: by day 12 of 15 nodes' load is served, 3 of 15 missed; that is 10 % of all tokens."""
    plan = planned(catalog=ten_requests_a_node(offerings=(an_offering(quota_nodes=2),)))
    found = replayed(plan)
    (workload,) = found.workloads
    assert workload.missed_mtok / workload.asked_mtok == pytest.approx(0.1 * 1.5)
    assert workload.missed_hours == 1416 / 2
    assert workload.worst_hour_missed_share == pytest.approx(3 / 15)
    assert not workload.kept
    assert float(found.replayed.penalty_usd) == pytest.approx(workload.missed_mtok * 1000, rel=1e-6)


def test_headroom_carries_what_is_left_before_anything_is_missed() -> None:
    """At a usable share of 0.8, 15 nodes of load at full goodput are 18.75 with headroom. Held 12.5 and rented 3: the
    headroom of 15.5 nodes carries the rest of 15.
    """
    plan = planned(
        run=run_settings(usable_share=0.8),
        held_contracts=(a_held(nodes=13),),
        catalog=ten_requests_a_node(offerings=(an_offering(quota_nodes=3),)),
    )
    (workload,) = replayed(plan).workloads
    assert workload.missed_mtok == 0.0
    assert workload.squeezed_mtok / workload.asked_mtok == pytest.approx(0.75 * (18.75 - 16) / 18.75)


def test_a_class_goes_to_idle_paid_nodes_before_more_is_rented() -> None:
    """Chat is planned on node-a; what it needs beyond by day is served by the idle half of node-b's held nodes."""
    offerings = (an_offering(), an_offering("node-b"))
    plan = planned(
        catalog=ten_requests_a_node(offerings=offerings),
        held_contracts=(a_held(nodes=8), a_held("held-b", offering="node-b", nodes=8)),
    )
    (workload,) = replayed(plan).workloads
    assert workload.moved_mtok > 0
    assert workload.missed_mtok == 0.0
    assert replayed(plan).replayed.effective_usd == replayed(plan).planned.effective_usd


def test_commitments_cover_each_hour_in_the_providers_order_and_what_an_hour_leaves_is_lost() -> None:
    """70 USD an hour cover ten nodes at 7. By day five of 15 are paid on demand; by night the half is lost."""
    plan = planned(
        held_contracts=(),
        contracts=(an_on_demand(),),
        spend_commitments=(a_spend_commitment(minimum_usd_per_hour=Decimal(70)),),
        covered_rates=(a_covered_rate(),),
    )
    found = replayed(plan)
    assert plan.committed_spend
    (row,) = plan.committed_spend
    covered_nodes = row.usd_per_hour / 7
    more = (15 - covered_nodes) * 10 * Decimal(1416) / 2
    assert cost_of(found, Step.HOURS) - cost_of(found, Step.PLAN) == pytest.approx(more, abs=Decimal(1))


def test_a_request_joins_the_class_that_is_nearest_in_the_logarithms_of_its_sizes() -> None:
    classes = (
        a_size_class(size_class="long", input_tokens=1000.0, output_tokens=100.0, request_share=0.5),
        a_size_class(size_class="short", input_tokens=10.0, output_tokens=100.0, request_share=0.5),
    )
    found = sized_as_traced(classes, np.array([90, 110, 400]), np.array([100, 100, 0]))
    assert [(row.size_class, row.input_tokens, row.output_tokens) for row in found.classes] == [
        ("long", 255.0, 50.5),
        ("short", 90.0, 100.0),
    ]
    assert found.class_of_request.tolist() == [1, 0, 0]
    assert sum(row.request_share for row in found.classes) == pytest.approx(1.0)


def test_what_a_demand_row_states_is_kept_requests_or_tokens() -> None:
    """Answers of the trace are twice as long. Stated in requests, tokens double; stated in tokens, they stay."""
    in_requests = planned()
    mtok = [
        row.model_copy(update={"accepted_requests_per_s": None, "accepted_output_mtok": 10.0})
        for row in in_requests.scenario.demand
    ]
    in_tokens = plan_fleet(ten_nodes(demand=tuple(mtok)))
    asked = []
    for plan in (in_requests, in_tokens):
        ready = replayer(plan, "base")
        found = replayed(plan, traced(ready.problem, a_trace([(100, 200)] * 5), {}, {}))
        asked.append(found.replayed.asked_mtok / found.planned.asked_mtok)
    assert asked == pytest.approx([2.0, 1.0])


def test_node_time_of_other_sizes_follows_the_law_of_the_configuration() -> None:
    """Two measured sizes tell prefill from decode; a request of other sizes takes what the law says."""
    plan = plan_fleet(a_scenario())
    ready = replayer(plan, "base")
    (key,) = ready.problem.classes
    law_in, law_out = _law_of_two_points()
    now = ready.node_times.factor(key, "node-a", 300.0, 50.0)
    assert now == pytest.approx((law_in * 300 + law_out * 50) / (law_in * 100 + law_out * 100), rel=1e-6)


def _law_of_two_points() -> tuple[float, float]:
    rows = [(p.input_tokens, p.output_tokens) for p in two_points()]
    times = [p.output_tokens / p.output_tok_per_s for p in two_points()]
    per_input, per_output = np.linalg.solve(np.array(rows), np.array(times))
    return float(per_input), float(per_output)


def test_a_trace_of_whole_weeks_gives_its_own_hours_from_a_monday_on() -> None:
    """From Tuesday 06:00 one request an hour, two on Mondays at midnight; two weeks and a bit."""
    start = datetime(2027, 1, 5, 6, tzinfo=UTC)
    moments = [start + timedelta(hours=h) for h in range(340)]
    moments += [m + timedelta(seconds=1) for m in moments if m.weekday() == 0 and m.hour == 0]
    seconds = np.sort([(m - start).total_seconds() for m in moments])
    trace = replace(a_trace([(100, 100)] * len(moments), start=start), seconds=seconds)
    hours = own_hours(trace)
    assert hours is not None
    assert len(hours) == 336
    assert [h for h, count in enumerate(hours) if count == 2] == [0, 168]


def test_a_trace_of_an_hour_or_without_a_date_gives_no_hours() -> None:
    assert own_hours(a_trace([(100, 100)] * 60)) is None
    assert own_hours(a_trace([(100, 100)] * 400, every_s=3600.0, start=None)) is None


def test_a_workload_that_a_trace_does_not_name_is_as_planned_and_an_unknown_one_is_refused() -> None:
    ready = replayer(planned(), "base")
    trace = replace(a_trace([(100, 100)] * 3), workload=np.array(["other"] * 3))
    found = traced(ready.problem, trace, {}, {})
    assert found.notes[:1] == ("trace.csv has no request of chat: sizes and hours are the plan's",)
    with pytest.raises(ValueError, match="chta is no workload of the plan; its workloads are chat"):
        traced(ready.problem, trace, {"chta": trace}, {})


def test_hours_beside_a_trace_are_replayed_week_after_week() -> None:
    """Two weeks, one of them with no load at all: all demand of a month falls on the other."""
    series = tuple([1.0] * 168 + [0.0] * 168)
    ready = replayer(planned(), "base")
    given = traced(ready.problem, a_trace([(100, 100)] * 3), {}, {"chat": series})
    found = replayed(planned(), given)
    assert [row.step for row in found.ladder][-2:] == [Step.TRACE_HOURS, Step.SIZES]
    assert found.replayed.asked_mtok == pytest.approx(found.planned.asked_mtok)
    assert found.pools[0].idle_node_hours > 10 * 1416 * 0.4


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("chat,0,1\nchat,0,2\n", "hour 0 again"),
        ("chat,0,1\nchat,2,1\n", "no hour 1 of chat"),
        ("chat,0,-1\n", "-1"),
        ("".join(f"chat,{h},1\n" for h in range(100)), "no hour 100 of chat"),
    ],
)
def test_hours_with_gaps_repeats_or_bad_loads_are_refused(tmp_path: Path, rows: str, said: str) -> None:
    path = tmp_path / "hours.csv"
    path.write_text("workload,hour,load\n" + rows, encoding="utf-8")
    with pytest.raises(InputRejected, match=said):
        read_hourly_series(path)


def test_hours_are_read_in_whole_weeks(tmp_path: Path) -> None:
    path = tmp_path / "hours.csv"
    rows = "".join(f"chat,{h},{h}\n" for h in range(200))
    path.write_text("workload,hour,load\n" + rows, encoding="utf-8")
    assert read_hourly_series(path) == {"chat": tuple(float(h) for h in range(168))}


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


def test_planned_blocks_that_are_the_hours_cost_what_the_hours_cost() -> None:
    """With a block for day and one for night nothing is left to rent beyond the plan."""
    plan = planned(blocks=day_and_night("chat"))
    found = replayed(plan)
    assert cost_of(found, Step.HOURS) == cost_of(found, Step.PLAN)
    assert found.workloads[0].rented_more_mtok == pytest.approx(0.0, abs=1e-6)


def test_a_plan_that_serves_by_splits_is_refused() -> None:
    row = SplitPlacement(
        outlook="base",
        month=FIRST,
        block="all",
        workload="chat",
        size_class="all",
        split="apart",
        prefill_pool=Pool.BASE,
        decode_pool=Pool.BASE,
        accepted_tok_per_s=1.0,
        prefill_nodes=1.0,
        decode_nodes=1.0,
    )
    with pytest.raises(ValueError, match=r"serves by splits \(apart\)"):
        replayer(planned().model_copy(update={"split_placements": (row,)}), "base")


def test_requests_of_a_workload_that_the_plan_does_not_have_are_left_out_by_name() -> None:
    trace = replace(a_trace([(100, 100)] * 3), workload=np.array(["chat", "chta", "chta"]))
    given = traced(replayer(planned(), "base").problem, trace, {}, {})
    (left_out,) = [note for note in given.notes if "chta" in note]
    assert left_out.endswith("2 requests of chta, which is no workload of the plan, are left out")
