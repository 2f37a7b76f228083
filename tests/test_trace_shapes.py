"""A trace becomes a few size classes that keep its tokens, and a week that hides no gap."""

import random
from datetime import timedelta
from itertools import pairwise
from math import fsum
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.findings import Code, InputRejected
from contracts.calendar import HOURS_PER_WEEK
from scenarios.traces import sizes
from scenarios.traces.bursts import Bursts, bursts
from scenarios.traces.series import HourlyRate, read_hourly_rates
from scenarios.traces.sizes import RATE_RATIOS, ROUTING_LOSS_SHARE, fit_size_classes, size_classes_from_trace
from scenarios.traces.weeks import days_shapes, traced_week, weekly_profile
from tests.tracing import MONDAY, a_trace

HOUR_S = 3600.0


def chat_and_documents(requests: int = 300) -> list[tuple[int, int]]:
    """Two thirds short questions with long answers, one third long documents with short answers."""
    draw = random.Random(7)
    return [
        (draw.randint(1500, 4000), draw.randint(10, 60))
        if number % 3 == 0
        else (draw.randint(50, 300), draw.randint(200, 600))
        for number in range(requests)
    ]


def two_weeks(rate: float = 10.0) -> list[HourlyRate]:
    """Every hour at the rate plus its hour of the day; the second week one higher than the first."""
    return [HourlyRate(day, hour, rate + hour + (day >= 7)) for day in range(14) for hour in range(24)]


def test_two_kinds_of_requests_are_told_apart() -> None:
    fit = fit_size_classes(a_trace(chat_and_documents()), workload="chat")
    assert [c.size_class for c in fit.classes] == ["c1", "c2"]
    assert [c.request_share for c in fit.classes] == pytest.approx([2 / 3, 1 / 3])
    assert fit.routing_loss_share <= ROUTING_LOSS_SHARE


def test_requests_of_one_size_are_one_class_without_error() -> None:
    fit = fit_size_classes(a_trace([(100, 50)] * 9), workload="chat")
    (only,) = fit.classes
    assert (only.input_tokens, only.output_tokens, only.request_share) == (100.0, 50.0, 1.0)
    assert fit.routing_loss_share == 0.0
    assert {error.mean_absolute_share for error in fit.errors} == {0.0}


def test_the_error_is_stated_for_every_ratio() -> None:
    """(1, 1) and (3, 1) in one class: at ratio 1 the times are 2 and 4, at 100 they are 1.01 and 1.03."""
    fit = fit_size_classes(a_trace([(1, 1), (3, 1)]), workload="chat", count=1)
    assert [error.prefill_to_decode_ratio for error in fit.errors] == list(RATE_RATIOS)
    assert fit.errors[0].mean_absolute_share == pytest.approx(1 / 3)
    assert fit.errors[-1].mean_absolute_share == pytest.approx(0.01 / 1.02)


def test_the_routing_loss_is_what_choosing_by_class_costs() -> None:
    """(9, 1) and (1, 9) in one class, columns at ratio 1 and 1,000,000 (input free).

    Times over the total: at ratio 1 a half each; with free input 0.1 and 0.9. By class 2 x min(0.5, 0.5) = 1,
    by request 0.1 + 0.5 = 0.6: the loss is 1 / 0.6 - 1.
    """
    fit = fit_size_classes(a_trace([(9, 1), (1, 9)]), workload="chat", count=1, ratios=(1.0, 1e6))
    assert fit.routing_loss_share == pytest.approx(1 / 0.6 - 1, rel=1e-5)


def test_the_order_of_requests_does_not_matter() -> None:
    requests = chat_and_documents()
    shuffled = random.Random(1).sample(requests, len(requests))
    ordered, mixed = a_trace(requests), a_trace(shuffled)
    assert fit_size_classes(ordered, workload="chat") == fit_size_classes(mixed, workload="chat")


def test_no_more_classes_than_asked_for() -> None:
    assert len(size_classes_from_trace(a_trace(chat_and_documents()), workload="chat", count=1)) == 1
    with pytest.raises(ValueError, match="expected at least 1"):
        size_classes_from_trace(a_trace(chat_and_documents()), workload="chat", count=0)


def test_above_the_limit_centres_come_from_every_nth_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two kinds are far apart: found on every third request, they are the same classes with all tokens in them."""
    whole = fit_size_classes(a_trace(chat_and_documents()), workload="chat")
    monkeypatch.setattr(sizes, "MOST_CLUSTERED", 100)
    assert fit_size_classes(a_trace(chat_and_documents()), workload="chat") == whole


def test_a_result_without_output_counts_as_one_token() -> None:
    """An embedding workload: a million output tokens are a million results."""
    (only,) = size_classes_from_trace(a_trace([(100, 0), (300, 0)]), workload="embed", count=1)
    assert (only.input_tokens, only.output_tokens) == (200.0, 1.0)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    sizes=st.lists(st.tuples(st.integers(1, 100_000), st.integers(1, 10_000)), min_size=1, max_size=60),
    count=st.integers(1, 4),
)
def test_all_tokens_and_requests_are_kept(sizes: list[tuple[int, int]], count: int) -> None:
    fit = fit_size_classes(a_trace(sizes), workload="chat", count=count)
    total = len(sizes)
    assert 1 <= len(fit.classes) <= count
    assert fsum(c.request_share for c in fit.classes) == pytest.approx(1.0, abs=1e-12)
    for kept, given_tokens in (
        (fsum(c.request_share * total * c.input_tokens for c in fit.classes), sum(i for i, _ in sizes)),
        (fsum(c.request_share * total * c.output_tokens for c in fit.classes), sum(o for _, o in sizes)),
    ):
        assert kept == pytest.approx(given_tokens, rel=1e-12)
    assert all(abs(error.total_share) < 1e-12 for error in fit.errors)
    assert all(a.input_tokens <= b.input_tokens for a, b in pairwise(fit.classes))
    assert fit.routing_loss_share >= 0.0


def test_the_series_of_one_model_is_read(tmp_path: Path) -> None:
    path = tmp_path / "hourly.csv"
    path.write_text("model,day_index,hour_of_day,mean_request_rate_per_s\nm-a,0,5,1.5\nm-b,0,5,9\n", encoding="utf-8")
    assert read_hourly_rates(path, model="m-a") == (HourlyRate(0, 5, 1.5),)
    with pytest.raises(InputRejected, match='no row of "m-c"; expected rows of it'):
        read_hourly_rates(path, model="m-c")


def test_two_weeks_are_averaged_by_hour_of_the_week() -> None:
    profile = weekly_profile(two_weeks(), utc_shift_hours=0)
    assert profile.loads == tuple(10.5 + hour % 24 for hour in range(168))
    assert profile.notes == ()


def test_local_time_is_moved_to_utc() -> None:
    """Monday 08:00 in UTC+8 is Monday 00:00 UTC; Monday 07:00 there is Sunday 23:00 UTC."""
    profile = weekly_profile(two_weeks(), utc_shift_hours=-8)
    assert (profile.loads[0], profile.loads[167]) == (18.5, 17.5)


def test_the_series_may_start_on_any_weekday() -> None:
    rows = [HourlyRate(day, hour, 5.0 if day == 0 else 1.0) for day in range(7) for hour in range(24)]
    profile = weekly_profile(rows, utc_shift_hours=0, first_weekday=2)
    assert {hour // 24 for hour, load in enumerate(profile.loads) if load == 5.0} == {2}


@pytest.mark.parametrize(("rate", "says"), [(0.0, "day 3 hour 15: 0 is"), (0.1, "day 3 hour 15: 0.1 is")])
def test_an_outage_is_named_and_taken_from_the_other_week(rate: float, says: str) -> None:
    rows = [HourlyRate(3, 15, rate) if (r.day_index, r.hour_of_day) == (3, 15) else r for r in two_weeks()]
    profile = weekly_profile(rows, utc_shift_hours=0)
    assert profile.loads[3 * 24 + 15] == 10 + 15 + 1
    assert len(profile.notes) == 1
    assert profile.notes[0].startswith(says)


def test_a_missing_hour_is_named_and_taken_from_other_days() -> None:
    rows = [r for r in two_weeks() if r.day_index < 7 and (r.day_index, r.hour_of_day) != (2, 4)]
    profile = weekly_profile(rows, utc_shift_hours=0)
    assert profile.loads[2 * 24 + 4] == 10 + 4
    assert profile.notes[0] == "day 2 hour 4: no row; left out"
    assert "same hour of the day on other days: 52" in profile.notes[1]


def test_a_single_day_stands_for_the_week_and_says_so() -> None:
    profile = weekly_profile([r for r in two_weeks() if r.day_index == 0], utc_shift_hours=0)
    assert profile.loads == tuple(10.0 + hour % 24 for hour in range(168))
    assert profile.notes[0].startswith("144 hours of the week (UTC) have no usable hour")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([HourlyRate(0, 0, 0.0)], "no hour above 0"),
        ([HourlyRate(0, 0, 1.0), HourlyRate(0, 0, 2.0)], "more than once"),
        ([HourlyRate(0, 5, 1.0)], "no usable hour at 0:00 UTC"),
    ],
)
def test_a_series_that_cannot_be_a_week_is_refused(rows: list[HourlyRate], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        weekly_profile(rows, utc_shift_hours=0)


def test_an_unseen_weekend_takes_weekdays_and_an_unseen_weekday_takes_weekdays() -> None:
    """Monday is missing: it is the mean of Tuesday to Friday (20 each), not of the weekend's 2."""
    rows = [HourlyRate(day, hour, 2.0 if day >= 5 else 20.0) for day in range(1, 7) for hour in range(24)]
    assert weekly_profile(rows, utc_shift_hours=0).loads[0] == 20.0
    no_weekend = [row for row in rows if row.day_index < 5]
    assert weekly_profile(no_weekend, utc_shift_hours=0).loads[167] == 20.0


def requests_by_the_hour(counts: dict[int, int], *, start_hour: int = 0) -> list[float]:
    """Seconds of requests spread evenly over each hour, from the first to within a second of its end."""
    return sorted(
        (hour - start_hour) * HOUR_S + float(second)
        for hour, count in counts.items()
        for second in np.linspace(0, HOUR_S - 1, count)
    )


def a_week(weekday: int = 12, weekend: int = 6, hours: int = HOURS_PER_WEEK) -> dict[int, int]:
    return {hour: weekday if hour % HOURS_PER_WEEK < 120 else weekend for hour in range(hours)}


def test_a_trace_of_a_week_is_its_own_profile() -> None:
    seconds = requests_by_the_hour(a_week())
    week = traced_week(a_trace([(1, 1)] * len(seconds), seconds=seconds))
    assert week.profile is not None
    assert week.profile.loads == tuple([12.0] * 120 + [6.0] * 48)
    assert (week.hours_seen, week.findings) == (HOURS_PER_WEEK, ())


def test_weekdays_and_weekend_are_told_apart() -> None:
    """120 hours at 12 and 48 at 6 have the mean 72 / 7: weekdays 7/6 of it, the weekend 7/12."""
    counts = a_week() | {30: 24}
    seconds = requests_by_the_hour(counts)
    profile = traced_week(a_trace([(1, 1)] * len(seconds), seconds=seconds)).profile
    assert profile is not None
    weekdays, weekend = days_shapes(profile)
    mean = (119 * 12 + 24 + 48 * 6) / HOURS_PER_WEEK
    assert (weekdays.highest_hour, weekend.highest_hour) == (30, 120)
    assert weekdays.mean_load == pytest.approx((119 * 12 + 24) / 120 / mean)
    assert weekend.mean_load == pytest.approx(6 / mean)
    assert weekdays.highest_load == pytest.approx(24 / mean)


def test_hours_that_the_trace_covers_in_part_do_not_count() -> None:
    """It begins at 00:30 on Monday and ends at 00:29 a week later: neither hour is whole, and both are the same."""
    seconds = [s for s in requests_by_the_hour(a_week(60, 60, 169)) if 1800 <= s < 168 * HOUR_S + 1800]
    shifted = [s - seconds[0] for s in seconds]
    trace = a_trace([(1, 1)] * len(seconds), seconds=shifted, start=MONDAY + timedelta(seconds=seconds[0]))
    week = traced_week(trace)
    assert week.hours_seen == HOURS_PER_WEEK - 1
    assert [finding.code for finding in week.findings] == [Code.FILLED]
    assert "1 of the 168 hours of the week: 0" in week.findings[0].found


def test_a_near_zero_hour_is_left_out_by_name() -> None:
    """The second week has 1 request where the median hour has 200: the first week's stands alone."""
    counts = a_week(200, 200, 2 * HOURS_PER_WEEK) | {HOURS_PER_WEEK + 5: 1}
    seconds = requests_by_the_hour(counts)
    week = traced_week(a_trace([(1, 1)] * len(seconds), seconds=seconds))
    assert week.profile is not None
    assert week.profile.loads[5] == 200.0
    (finding,) = week.findings
    assert finding.code is Code.NEAR_ZERO
    assert finding.found.startswith("1 request in the hour from 2026-03-09 05:00 UTC")


def test_a_trace_of_an_hour_has_no_week() -> None:
    week = traced_week(a_trace([(1, 1)] * 3600))
    assert week.profile is None
    (finding,) = week.findings
    assert (finding.code, finding.found) == (Code.SHORT, "1 whole hour, none at 01:00 UTC")


def test_a_trace_without_a_date_has_no_week_and_need_not_say_so_again() -> None:
    seconds = requests_by_the_hour(a_week())
    week = traced_week(a_trace([(1, 1)] * len(seconds), seconds=seconds, start=None))
    assert (week.profile, week.findings) == (None, ())


def minutes_of(counts: list[int]) -> list[float]:
    """Seconds of requests in the middle of their minutes."""
    return [60.0 * minute + 30 for minute, count in enumerate(counts) for _ in range(count)]


def found_bursts(
    counts: list[int], *, percentile: float = 99.0, left_out: frozenset[int] = frozenset()
) -> Bursts | None:
    seconds = minutes_of(counts)
    trace = a_trace([(1, 1)] * len(seconds), seconds=[s - seconds[0] for s in seconds], start=None)
    return bursts(trace, left_out, percentile=percentile)


def test_the_burst_ratio_is_the_high_minute_over_the_mean_of_its_hour() -> None:
    """58 minutes lie between the first and the last: 57 of 10 requests and one of 68 have the mean 11."""
    found = found_bursts([10] * 30 + [68] + [10] * 29)
    assert found is not None
    assert (found.minutes, found.requests_per_minute) == (58, 11.0)
    assert found.burst_ratio == pytest.approx(68 / 11)
    lower = found_bursts([10] * 30 + [68] + [10] * 29, percentile=98)
    assert lower is not None
    assert lower.burst_ratio == 1.0


def test_each_hour_has_its_own_mean() -> None:
    """A steady hour of 10 and a steady hour of 40 have no bursts, though the second is above the mean of both."""
    found = found_bursts([10] * 60 + [40] * 60)
    assert found is not None
    assert (found.burst_ratio, found.minutes) == (1.0, 118)


def test_a_minute_without_requests_counts_as_none() -> None:
    """Every other minute is empty: the others are twice the mean."""
    found = found_bursts([8, 0] * 60)
    assert found is not None
    assert found.burst_ratio == pytest.approx(2.0, rel=0.02)


def test_hours_that_do_not_count_have_no_bursts() -> None:
    outage = [10] * 60 + [1] + [0] * 58 + [1] + [10] * 60
    seen, left_out = found_bursts(outage), found_bursts(outage, left_out=frozenset({1}))
    assert seen is not None
    assert left_out is not None
    assert seen.burst_ratio > 20
    assert left_out.burst_ratio == 1.0


def test_too_few_minutes_have_no_burst_ratio() -> None:
    assert found_bursts([10] * 31) is None
    assert found_bursts([10] * 32) is not None


def test_arrivals_by_chance_alone_show_what_chance_alone_shows() -> None:
    """Two days of Poisson arrivals, 100 a minute: the 99th percentile of the minutes is 1.24 (Poisson tables: 124)."""
    draw = np.random.default_rng(5)
    found = found_bursts(draw.poisson(100, 2880).tolist())
    assert found is not None
    assert found.poisson_burst_ratio == pytest.approx(1.24, abs=0.01)
    assert found.burst_ratio == pytest.approx(found.poisson_burst_ratio, rel=0.015)
