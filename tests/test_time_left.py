"""The guess of the time left: worked trends, sizes that were measured, and what a guess may never do."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.phase_times import USUAL, usual_s
from reports.progress import ORDER
from reports.time_left import (
    SLOWNESS,
    GapReading,
    Guess,
    Standing,
    SteadyGuess,
    guess,
    left_by_trend,
    slowness,
    time_left_words,
)

REALISTIC_NONZEROS = 798_169


def a_trend(halves_every_s: float, *, first: float = 0.08, last_s: float = 90.0) -> tuple[GapReading, ...]:
    """A gap that halves again and again, read every two seconds."""
    return tuple(GapReading(2.0 * i, first / 2 ** (2.0 * i / halves_every_s)) for i in range(int(last_s / 2) + 1))


def searching(**known: object) -> Standing:
    fields: dict[str, object] = {
        "phase": "branch and bound",
        "in_phase_s": 90.0,
        "nonzeros": REALISTIC_NONZEROS,
        "asked_gap_share": 0.005,
        "search_left_s": 600.0,
    }
    return Standing(**(fields | known))  # type: ignore[arg-type]


def test_a_gap_that_halves_every_half_minute_goes_from_1_to_half_a_percent_in_half_a_minute() -> None:
    """After 90 s the gap of 8 % has been halved three times, to 1 %; half a percent is asked."""
    assert left_by_trend(a_trend(30.0), 0.005) == pytest.approx(30.0)
    assert guess(searching(gaps=a_trend(30.0))) == Guess(pytest.approx(30.0), 600.0)


def test_only_the_later_half_of_the_search_counts() -> None:
    """A plunge from 50 to 2 % in the first seconds says nothing about a gap that has halved once a minute since."""
    plunge = tuple(GapReading(float(i), 0.5 - 0.045 * i) for i in range(10))
    calm = tuple(GapReading(10.0 + i, 0.02 / 2 ** (i / 60)) for i in range(90))
    assert left_by_trend(plunge + calm, 0.005) == pytest.approx(31.0, abs=0.01)


@pytest.mark.parametrize(
    ("gaps", "asked"),
    [
        pytest.param(tuple(GapReading(float(i), 0.03) for i in range(100)), 0.005, id="the gap stands still"),
        pytest.param(a_trend(30.0, last_s=8.0), 0.005, id="too short to tell"),
        pytest.param(a_trend(30.0), 0.0, id="nothing but a gap of 0 will do"),
        pytest.param(a_trend(3600.0 * 24, last_s=3000.0), 0.0001, id="not within a day"),
        pytest.param((), 0.005, id="no reading"),
    ],
)
def test_without_a_trend_there_is_no_guess_but_the_time_limit(gaps: tuple[GapReading, ...], asked: float) -> None:
    assert left_by_trend(gaps, asked) is None
    assert guess(searching(gaps=gaps or a_trend(30.0, last_s=2.0), asked_gap_share=asked)) == Guess(None, 600.0)


def test_the_search_never_outlasts_its_time_limit() -> None:
    slow = guess(searching(gaps=a_trend(600.0), search_left_s=40.0))
    assert slow.left_s == pytest.approx(40.0)
    assert guess(searching(gaps=a_trend(600.0), search_left_s=-3.0)).left_s == 0.0


def test_before_there_is_a_gap_the_size_of_the_model_tells() -> None:
    """The realistic example: what its relaxation and dive took, and then what comes after the search."""
    standing = Standing("relaxation", 0.0, coming=ORDER[4:], nonzeros=REALISTIC_NONZEROS, search_left_s=1200.0)
    phases = [usual_s(phase, REALISTIC_NONZEROS) for phase in ORDER[3:]]
    left = guess(standing).left_s
    assert left == pytest.approx(sum(seconds for seconds in phases if seconds is not None))
    assert left is not None
    assert guess(Standing("relaxation", 30.0, ORDER[4:], REALISTIC_NONZEROS, search_left_s=1200.0)).left_s == (
        pytest.approx(left - 30.0)
    )


def test_a_machine_that_builds_at_half_the_speed_is_taken_to_solve_at_half_the_speed() -> None:
    usual = usual_s("build", REALISTIC_NONZEROS)
    assert usual is not None
    assert slowness(2 * usual, REALISTIC_NONZEROS) == pytest.approx(2.0)
    assert slowness(100 * usual, REALISTIC_NONZEROS) == SLOWNESS[1]
    standing = Standing("dive", 0.0, nonzeros=REALISTIC_NONZEROS)
    slow = Standing("dive", 0.0, nonzeros=REALISTIC_NONZEROS, slowness=2.0)
    one, two = guess(standing).left_s, guess(slow).left_s
    assert one is not None
    assert two == pytest.approx(2 * one)


def test_a_model_built_in_no_time_says_nothing_about_the_machine() -> None:
    assert slowness(0.2, 100) == 1.0


def test_a_phase_that_takes_twice_what_is_usual_is_not_guessed_any_more() -> None:
    usual = usual_s("dive", REALISTIC_NONZEROS)
    assert usual is not None
    late = guess(Standing("dive", 1.5 * usual, nonzeros=REALISTIC_NONZEROS)).left_s
    assert late is not None
    assert 0 < late < usual
    assert guess(Standing("dive", 2.5 * usual, nonzeros=REALISTIC_NONZEROS)).left_s is None


def test_a_busy_machine_may_stretch_a_short_phase() -> None:
    assert guess(Standing("audit", 4.0, nonzeros=300)).left_s == pytest.approx(0.0, abs=0.1)
    assert guess(Standing("audit", 14.0, nonzeros=300)).left_s is None


def test_before_the_model_is_built_and_in_phases_never_measured_there_is_no_guess() -> None:
    assert guess(Standing("read", 0.1)).left_s is None
    assert guess(Standing("explain", 1.0, nonzeros=1000)).left_s is None


def test_every_measured_phase_is_a_phase_of_a_run_and_larger_models_take_longer() -> None:
    assert {usual.phase for usual in USUAL} <= set(ORDER)
    for usual in USUAL:
        sizes = [row.nonzeros for row in usual.measured]
        assert sizes == sorted(set(sizes)), usual.phase
        assert all(left.seconds <= right.seconds for left, right in pairwise(usual.measured)), usual.phase


GAPS = st.lists(st.floats(0.0, 10.0), max_size=40).map(
    lambda shares: tuple(GapReading(1.7 * i, share) for i, share in enumerate(shares))
)


@given(GAPS, st.floats(0.0, 1.0), st.floats(-10.0, 1e4), st.sampled_from(ORDER), st.integers(1, 10**9))
def test_a_guess_is_never_negative_and_a_search_never_outlasts_the_limit(
    gaps: tuple[GapReading, ...], asked: float, limit_s: float, phase: str, nonzeros: int
) -> None:
    left = guess(Standing(phase, 5.0, (), nonzeros, 1.0, gaps, asked, limit_s)).left_s
    assert left is None or left >= 0
    if phase in ("relaxation", "dive"):
        assert left is None or left <= max(limit_s, 0.0)


@given(st.lists(st.floats(0.0, 1e5), min_size=2, max_size=50))
def test_a_countdown_moves_by_less_than_the_guesses_do(fresh: list[float]) -> None:
    steady = SteadyGuess()
    shown = [steady.at(float(now), left) for now, left in enumerate(fresh)]
    for before, now, left in zip(shown, shown[1:], fresh[1:], strict=False):
        assert before is not None
        assert now is not None
        low, high = sorted((max(before - 1.0, 0.0), left))
        assert low - 1e-6 <= now <= high + 1e-6


def test_a_right_guess_counts_down_without_a_jump() -> None:
    steady = SteadyGuess()
    assert [steady.at(now, 100.0 - now) for now in (0.0, 30.0, 99.0, 100.0)] == [100.0, 70.0, 1.0, 0.0]


def test_a_guess_that_wavers_by_a_fifth_is_not_shown_wavering() -> None:
    steady = SteadyGuess()
    wavering = [1.0, *(1.2 if second % 2 else 0.8 for second in range(59))]
    shown = [steady.at(float(now), (100.0 - now) * factor) for now, factor in enumerate(wavering)]
    assert all(later is not None and earlier is not None and later <= earlier for earlier, later in pairwise(shown))


@given(st.floats(0.0, 1e6))
def test_words_never_promise_less_than_the_guess_nor_seconds_of_a_long_one(left_s: float) -> None:
    words = time_left_words(left_s)
    if words == "some seconds left":
        assert left_s < 10
        return
    about, number, unit, left = words.split()
    assert (about, left) == ("about", "left")
    seconds = int(number) * {"s": 1, "min": 60, "h": 3600}[unit]
    assert seconds >= left_s
    assert seconds <= max(2 * left_s, 20)
