"""What traces and series give to a replay: sizes, hours, and whose they are (docs/decisions/0033)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from catalog.findings import InputRejected
from optimizer.replaying.records import Step
from optimizer.replaying.replay import replayer
from optimizer.replaying.sizes import sized_as_traced
from optimizer.replaying.traced import own_hours, traced
from optimizer.run import plan_fleet
from scenarios.example_building.demand import AMERICA, profile
from scenarios.hourly_series import read_hourly_series
from tests.benchmarks.fourteen_days import SERIES_FILE, by_workload, table
from tests.builders import a_scenario, a_size_class, two_points
from tests.replay_cases import a_trace, planned, replayed, ten_nodes


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


def test_requests_of_a_workload_that_the_plan_does_not_have_are_left_out_by_name() -> None:
    trace = replace(a_trace([(100, 100)] * 3), workload=np.array(["chat", "chta", "chta"]))
    given = traced(replayer(planned(), "base").problem, trace, {}, {})
    (left_out,) = [note for note in given.notes if "chta" in note]
    assert left_out.endswith("2 requests of chta, which is no workload of the plan, are left out")


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
        ("chat,0,1\nchat,0,2\n", '"chat 0": found the same key as in row 2'),
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


def test_the_fourteen_days_of_the_documents_are_hours_that_a_replay_reads(tmp_path: Path) -> None:
    """Two weeks for every workload with users; where no hour was out, their mean is the week of the example."""
    path = tmp_path / "hours.csv"
    path.write_text(table(by_workload()), encoding="utf-8")
    found = read_hourly_series(path)
    america = found["us-chat-70b"]
    week = profile(SERIES_FILE.parent, AMERICA).loads
    assert len(found) == 7
    assert {len(hours) for hours in found.values()} == {336}
    assert [(one + other) / 2 for one, other in zip(america[:168], america[168:], strict=True)] == pytest.approx(week)


def test_hours_without_load_are_named() -> None:
    """They are replayed as they are, in a series and in a trace of a week."""
    ready = replayer(planned(), "base")
    series = tuple(0.0 if h in (3, 4, 9) else 1.0 for h in range(168))
    given = traced(ready.problem, a_trace([(100, 100)] * 3), {}, {"chat": series})
    said = "hours of chat without load, replayed so: 3 of 168 from a Monday 00:00 UTC, 3 to 4, 9"
    assert said in given.notes

    week = a_trace([(100, 100)] * 170, every_s=3600.0)
    without = week.chosen(~np.isin(np.arange(170), (3, 4, 9)))
    assert said in traced(ready.problem, without, {}, {}).notes
