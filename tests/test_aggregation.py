"""Load blocks keep the hours of every month, the total of every workload and the height of every peak."""

import random
import subprocess
import sys
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.calendar import HOURS_PER_WEEK, Month
from scenarios.aggregation import PEAK_TOLERANCE_SHARE, aggregate, relative_hourly_load
from scenarios.blocks import BlockModel
from scenarios.workloads import HourlyLoad

HOURS = range(HOURS_PER_WEEK)


def a_profile(workload: str, loads: list[float]) -> list[HourlyLoad]:
    return [HourlyLoad(workload=workload, hour_of_week=hour, load=load) for hour, load in enumerate(loads)]


def office_hours(workload: str = "chat", opens: int = 8) -> list[HourlyLoad]:
    """Busy for ten hours on weekdays, calm otherwise, and no two days quite alike."""
    return a_profile(
        workload,
        [(5.0 if opens <= h % 24 < opens + 10 and h < 120 else 1.0) + 0.1 * (h % 24) + 0.01 * (h // 24) for h in HOURS],
    )


def noise(workload: str, seed: int) -> list[HourlyLoad]:
    draw = random.Random(seed)
    return a_profile(workload, [draw.choice((0.0, draw.random(), 10 * draw.random())) for _ in HOURS])


def load_of(model: BlockModel, workload: str) -> dict[str, float]:
    return {row.block: row.relative_load for row in model.loads if row.workload == workload}


def week_mean(model: BlockModel, workload: str) -> float:
    loads = load_of(model, workload)
    return fsum(loads[b.block] * len(b.hours_of_week) for b in model.blocks) / HOURS_PER_WEEK


def assert_sound(model: BlockModel, rows: list[HourlyLoad], workloads: list[str]) -> None:
    assert sorted(h for block in model.blocks for h in block.hours_of_week) == list(HOURS)
    assert {(row.workload, row.block) for row in model.loads} == {(w, b.block) for w in workloads for b in model.blocks}
    hourly = relative_hourly_load(rows, workloads)
    for error in model.errors:
        highest = max(load_of(model, error.workload).values())
        assert error.peak_error_share <= PEAK_TOLERANCE_SHARE
        assert highest >= (1 - PEAK_TOLERANCE_SHARE) * max(hourly[error.workload]) * (1 - 1e-12)
        assert week_mean(model, error.workload) == pytest.approx(1.0, abs=1e-12)
    assert [error.workload for error in model.errors] == sorted(workloads)
    assert sum(block.extreme for block in model.blocks) <= len(workloads)


def test_no_profile_gives_one_block_of_the_whole_week() -> None:
    model = aggregate([], ["chat", "batch"], 6)
    assert [(b.block, len(b.hours_of_week), b.extreme) for b in model.blocks] == [("all", 168, False)]
    assert {row.relative_load for row in model.loads} == {1.0}
    assert all(e.root_mean_square_share == e.peak_error_share == 0.0 for e in model.errors)
    assert model.requested_blocks == 6


def test_a_profile_of_zeros_is_flat() -> None:
    assert aggregate(a_profile("chat", [0.0] * 168), ["chat"], 4).loads == aggregate([], ["chat"], 4).loads


def test_two_kinds_of_hours_need_two_blocks_and_have_no_error() -> None:
    """Three hours at 8 and 165 at 1: the mean is 189 / 168 = 1.125, so 8 becomes 64/9 and 1 becomes 8/9."""
    model = aggregate(a_profile("chat", [8.0] * 3 + [1.0] * 165), ["chat"], 6)
    assert [(b.block, len(b.hours_of_week)) for b in model.blocks] == [("b01", 3), ("b02", 165)]
    assert load_of(model, "chat") == pytest.approx({"b01": 64 / 9, "b02": 8 / 9})
    assert model.errors[0].root_mean_square_share == pytest.approx(0.0, abs=1e-12)


def test_a_single_high_hour_is_kept_apart_however_few_blocks_are_asked_for() -> None:
    rows = a_profile("chat", [1.0] * 100 + [20.0] + [1.0 + 0.001 * h for h in range(67)])
    model = aggregate(rows, ["chat"], 1)
    assert [(b.block, b.extreme, b.hours_of_week) for b in model.blocks if b.extreme] == [("x01", True, (100,))]
    assert_sound(model, rows, ["chat"])


def test_workloads_that_peak_in_the_same_hour_share_one_extreme_block() -> None:
    calm = [1.0 + 0.001 * h for h in range(167)]
    rows = [row for w in ("a", "b", "c") for row in a_profile(w, [*calm, 9.0])]
    assert sum(block.extreme for block in aggregate(rows, ["a", "b", "c"], 1).blocks) == 1


def test_workloads_that_peak_in_different_hours_each_keep_their_own() -> None:
    rows = []
    for number, workload in enumerate(("a", "b", "c")):
        rows += a_profile(workload, [9.0 if h == 50 * number else 1.0 for h in HOURS])
    model = aggregate(rows, ["a", "b", "c"], 1)
    assert [b.hours_of_week for b in model.blocks if b.extreme] == [(0,), (50,), (100,)]
    assert_sound(model, rows, ["a", "b", "c"])


def test_as_many_blocks_as_hours_have_no_error() -> None:
    rows = noise("a", 1) + office_hours("b")
    model = aggregate(rows, ["a", "b"], HOURS_PER_WEEK)
    assert all(e.root_mean_square_share == pytest.approx(0.0, abs=1e-12) for e in model.errors)
    assert not any(block.extreme for block in model.blocks)


def test_more_blocks_mean_less_error() -> None:
    models = [aggregate(office_hours(), ["chat"], blocks) for blocks in (1, 2, 4, 8, 24)]
    errors = [model.errors[0].root_mean_square_share for model in models]
    assert errors == sorted(errors, reverse=True)


def test_busy_and_calm_hours_are_told_apart() -> None:
    model = aggregate(office_hours(), ["chat"], 2)
    busy = {h for h in HOURS if 8 <= h % 24 < 18 and h < 120}
    assert set(model.blocks[1].hours_of_week) == set(HOURS) - busy


def test_a_workload_without_rows_stays_flat_beside_one_with_a_profile() -> None:
    model = aggregate(office_hours("chat"), ["batch", "chat"], 3)
    assert set(load_of(model, "batch").values()) == {1.0}


def test_blocks_are_named_from_the_busiest_to_the_calmest() -> None:
    model = aggregate(office_hours(), ["chat"], 12)
    ordinary = [b.block for b in model.blocks if not b.extreme]
    loads = load_of(model, "chat")
    assert ordinary == sorted(ordinary)
    assert [loads[b] for b in ordinary] == sorted((loads[b] for b in ordinary), reverse=True)
    assert [b.block for b in model.blocks] == sorted(b.block for b in model.blocks)


def test_neither_the_order_of_rows_nor_that_of_workloads_matters() -> None:
    rows = noise("a", 2) + office_hours("b") + noise("c", 3)
    shuffled = random.Random(0).sample(rows, len(rows))
    assert aggregate(rows, ["a", "b", "c"], 5) == aggregate(shuffled, ["c", "a", "b"], 5)


def test_the_base_of_a_profile_does_not_matter() -> None:
    plain, doubled = office_hours(), [row.model_copy(update={"load": 2 * row.load}) for row in office_hours()]
    assert aggregate(plain, ["chat"], 4) == aggregate(doubled, ["chat"], 4)


@pytest.mark.parametrize("month", [Month(2027, 2), Month(2028, 2), Month(2027, 4), Month(2027, 12)], ids=str)
def test_the_hours_of_the_blocks_add_up_in_every_month(month: Month) -> None:
    model = aggregate(office_hours(), ["chat"], 6)
    assert sum(block.hours_in(month) for block in model.blocks) == month.hours


def test_hours_exactly_at_the_tolerance_do_no_harm() -> None:
    """101 hours at 0.99 of the peak and one at the peak: a mean of them may round to just below 0.99."""
    for peak in (1.0, 3.0, 7.7, 0.1):
        rows = a_profile("chat", [peak, *([0.99 * peak] * 101), *(0.001 * h * peak for h in range(66))])
        assert_sound(aggregate(rows, ["chat"], 1), rows, ["chat"])


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), workloads=st.integers(1, 6), blocks=st.integers(1, 12))
def test_any_profile_keeps_its_hours_total_and_peaks(seed: int, workloads: int, blocks: int) -> None:
    names = [f"w{number}" for number in range(workloads)]
    rows = [row for number, name in enumerate(names) for row in noise(name, seed * 10 + number)]
    model = aggregate(rows, names, blocks)
    assert_sound(model, rows, names)
    assert sum(not block.extreme for block in model.blocks) <= blocks


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (office_hours()[:-1], "hour 167 of workload 'chat' is missing"),
        ([*office_hours(), office_hours()[3]], "hour 3 of workload 'chat' is given more than once"),
        (office_hours("chta"), "'chta', which is not a workload"),
    ],
)
def test_a_profile_that_is_not_a_whole_week_is_refused(rows: list[HourlyLoad], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        aggregate(rows, ["chat"], 3)


def test_importing_the_module_loads_no_slow_library() -> None:
    code = "import sys, scenarios.aggregation; print({'tsam', 'pandas', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
