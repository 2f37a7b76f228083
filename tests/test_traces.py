"""A trace becomes a few size classes that keep its tokens, and a week that hides no gap."""

import gzip
import random
from datetime import datetime
from itertools import pairwise
from math import fsum
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.traces import (
    RATE_RATIOS,
    ROUTING_LOSS_SHARE,
    HourlyRate,
    TracedRequest,
    fit_size_classes,
    read_hourly_rates,
    read_requests,
    size_classes_from_trace,
    weekly_profile,
)

NOON = datetime(2026, 7, 1, 12)


def a_request(input_tokens: int, output_tokens: int) -> TracedRequest:
    return TracedRequest(NOON, input_tokens, output_tokens)


def chat_and_documents(requests: int = 300) -> list[TracedRequest]:
    """Two thirds short questions with long answers, one third long documents with short answers."""
    draw = random.Random(7)
    return [
        a_request(draw.randint(1500, 4000), draw.randint(10, 60))
        if number % 3 == 0
        else a_request(draw.randint(50, 300), draw.randint(200, 600))
        for number in range(requests)
    ]


def two_weeks(rate: float = 10.0) -> list[HourlyRate]:
    """Every hour at the rate plus its hour of the day; the second week one higher than the first."""
    return [HourlyRate(day, hour, rate + hour + (day >= 7)) for day in range(14) for hour in range(24)]


def test_two_kinds_of_requests_are_told_apart() -> None:
    fit = fit_size_classes(chat_and_documents(), workload="chat")
    assert [c.size_class for c in fit.classes] == ["c1", "c2"]
    assert [c.request_share for c in fit.classes] == pytest.approx([2 / 3, 1 / 3])
    assert fit.routing_loss_share <= ROUTING_LOSS_SHARE


def test_requests_of_one_size_are_one_class_without_error() -> None:
    fit = fit_size_classes([a_request(100, 50)] * 9, workload="chat")
    (only,) = fit.classes
    assert (only.input_tokens, only.output_tokens, only.request_share) == (100.0, 50.0, 1.0)
    assert fit.routing_loss_share == 0.0
    assert {error.mean_absolute_share for error in fit.errors} == {0.0}


def test_the_error_is_stated_for_every_ratio() -> None:
    """(1, 1) and (3, 1) in one class: at ratio 1 the times are 2 and 4, at 100 they are 1.01 and 1.03."""
    fit = fit_size_classes([a_request(1, 1), a_request(3, 1)], workload="chat", count=1)
    assert [error.prefill_to_decode_ratio for error in fit.errors] == list(RATE_RATIOS)
    assert fit.errors[0].mean_absolute_share == pytest.approx(1 / 3)
    assert fit.errors[-1].mean_absolute_share == pytest.approx(0.01 / 1.02)


def test_the_routing_loss_is_what_choosing_by_class_costs() -> None:
    """(9, 1) and (1, 9) in one class, columns at ratio 1 and 1,000,000 (input free).

    Times over the total: at ratio 1 a half each; with free input 0.1 and 0.9. By class 2 x min(0.5, 0.5) = 1,
    by request 0.1 + 0.5 = 0.6: the loss is 1 / 0.6 - 1.
    """
    fit = fit_size_classes([a_request(9, 1), a_request(1, 9)], workload="chat", count=1, ratios=(1.0, 1e6))
    assert fit.routing_loss_share == pytest.approx(1 / 0.6 - 1, rel=1e-5)


def test_the_order_of_requests_does_not_matter() -> None:
    requests = chat_and_documents()
    shuffled = random.Random(1).sample(requests, len(requests))
    assert fit_size_classes(requests, workload="chat") == fit_size_classes(shuffled, workload="chat")


def test_no_more_classes_than_asked_for() -> None:
    assert len(size_classes_from_trace(chat_and_documents(), workload="chat", count=1)) == 1
    with pytest.raises(ValueError, match="expected at least 1"):
        size_classes_from_trace(chat_and_documents(), workload="chat", count=0)


def test_a_trace_without_requests_is_refused() -> None:
    with pytest.raises(ValueError, match="without requests"):
        size_classes_from_trace([], workload="chat")


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    sizes=st.lists(st.tuples(st.integers(1, 100_000), st.integers(1, 10_000)), min_size=1, max_size=60),
    count=st.integers(1, 4),
)
def test_all_tokens_and_requests_are_kept(sizes: list[tuple[int, int]], count: int) -> None:
    requests = [a_request(*size) for size in sizes]
    fit = fit_size_classes(requests, workload="chat", count=count)
    total = len(requests)
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


def test_a_trace_file_is_read_plain_or_compressed(tmp_path: Path) -> None:
    text = "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,4808,10\n"
    plain, packed = tmp_path / "trace.csv", tmp_path / "trace.csv.gz"
    plain.write_text(text, encoding="utf-8")
    packed.write_bytes(gzip.compress(text.encode()))
    assert read_requests(plain) == read_requests(packed)
    (request,) = read_requests(plain)
    assert (request.at.hour, request.input_tokens, request.output_tokens) == (18, 4808, 10)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            "2023-11-16 18:17:03,4808,0",
            "trace.csv:2: GeneratedTokens is '0'; expected a whole number above 0",
        ),
        ("2023-11-16 18:17:03,4.5,1", "trace.csv:2: ContextTokens is '4.5'"),
        ("yesterday,4,1", "trace.csv:2: TIMESTAMP is 'yesterday'; expected a date and time"),
        ("2023-11-16 18:17:03,4", "trace.csv:2: no value in column GeneratedTokens"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(tmp_path: Path, row: str, says: str) -> None:
    path = tmp_path / "trace.csv"
    path.write_text(f"TIMESTAMP,ContextTokens,GeneratedTokens\n{row}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        read_requests(path)


def test_the_series_of_one_model_is_read(tmp_path: Path) -> None:
    path = tmp_path / "hourly.csv"
    path.write_text("model,day_index,hour_of_day,mean_request_rate_per_s\nm-a,0,5,1.5\nm-b,0,5,9\n", encoding="utf-8")
    assert read_hourly_rates(path, model="m-a") == (HourlyRate(0, 5, 1.5),)
    with pytest.raises(ValueError, match="no row has model 'm-c'"):
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
