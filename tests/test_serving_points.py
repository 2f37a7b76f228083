"""The best operating point of one measured size inside an SLO."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.goodput import GoodputPoint
from catalog.records import ByEvidence, Evidence
from catalog.serving import Slo
from catalog.serving_points import OperatingPoint, best_point
from tests.builders import a_point, by_evidence

NO_FACTOR = by_evidence(1.0)
DOUBLED = by_evidence(2.0)


def slo(ttft_ms: float | None = None, tpot_ms: float | None = None, percentile: int = 99) -> Slo:
    return Slo(ttft_limit_ms=ttft_ms, tpot_limit_ms=tpot_ms, percentile=percentile)


def load(concurrency: float | None, tok_per_s: float, tpot_ms: float | None, **overrides: Any) -> GoodputPoint:
    """A point named by its concurrency; TTFT 100 ms."""
    fields: dict[str, Any] = {
        "concurrency": concurrency,
        "output_tok_per_s": tok_per_s,
        "tpot_ms": tpot_ms,
        "tpot_percentile": None if tpot_ms is None else 99,
    }
    return a_point(f"c{concurrency or tok_per_s:g}", **(fields | overrides))


def best(*points: GoodputPoint, inside: Slo, factor: ByEvidence = NO_FACTOR) -> OperatingPoint:
    found = best_point(points, inside, factor)
    assert found is not None
    return found


def test_the_passing_point_with_the_most_output_is_best() -> None:
    found = best(load(8, 800, 10), load(16, 1400, 20), inside=slo(tpot_ms=25))
    assert (found.output_tok_per_s, found.points, found.tpot_ms) == (1400, ("c16",), 20)


def test_interpolation_hits_the_limit_exactly() -> None:
    """c16 at 20 ms passes, c32 at 40 ms does not; 25 ms is a quarter of the way: 1400 + 600 / 4 = 1550."""
    found = best(load(8, 800, 10), load(16, 1400, 20), load(32, 2000, 40), inside=slo(tpot_ms=25))
    assert found.output_tok_per_s == pytest.approx(1550)
    assert found.tpot_ms == 25
    assert found.points == ("c16", "c32")


def test_the_first_limit_stops_the_interpolation() -> None:
    """TPOT allows half of the way, TTFT (100 to 500 ms, limit 200) only a quarter: 1000 + 1000 / 4 = 1250."""
    points = load(16, 1000, 20), load(32, 2000, 40, ttft_ms=500.0)
    found = best(*points, inside=slo(ttft_ms=200, tpot_ms=30))
    assert found.output_tok_per_s == pytest.approx(1250)
    assert found.ttft_ms == 200
    assert found.tpot_ms == pytest.approx(25)


def test_a_failing_load_below_a_passing_one_is_interpolated_too() -> None:
    """Between c8 (40 ms, 1200 tok/s) and c16 (20 ms, 1000 tok/s) 30 ms gives 1100."""
    found = best(load(8, 1200, 40), load(16, 1000, 20), inside=slo(tpot_ms=30))
    assert found.output_tok_per_s == pytest.approx(1100)


def test_nothing_is_extrapolated_beyond_the_measured_loads() -> None:
    assert best(load(8, 800, 10), load(16, 1400, 20), inside=slo(tpot_ms=1000)).output_tok_per_s == 1400
    assert best_point([load(8, 800, 10), load(16, 1400, 20)], slo(tpot_ms=9.99), NO_FACTOR) is None


def test_an_interpolated_point_that_is_slower_than_the_measured_one_is_not_taken() -> None:
    found = best(load(16, 1400, 20), load(32, 1300, 40), inside=slo(tpot_ms=30))
    assert (found.output_tok_per_s, found.points) == (1400, ("c16",))


def test_a_point_exactly_at_the_limit_passes_as_measured() -> None:
    found = best(load(16, 1400, 20), load(32, 2000, 40), inside=slo(tpot_ms=20))
    assert (found.output_tok_per_s, found.points) == (1400, ("c16",))


def test_without_a_concurrency_at_every_point_nothing_is_interpolated() -> None:
    points = load(16, 1400, 20), load(32, 2000, 40), load(None, 300, 5)
    assert best(*points, inside=slo(tpot_ms=30)).output_tok_per_s == 1400


def test_a_neighbour_without_the_limited_latency_ends_the_line() -> None:
    found = best(load(16, 1400, 20), load(32, 2000, None), inside=slo(tpot_ms=30))
    assert (found.output_tok_per_s, found.points) == (1400, ("c16",))


def test_a_latency_without_a_limit_does_not_matter() -> None:
    found = best(load(32, 2000, None), inside=slo(ttft_ms=150))
    assert (found.ttft_ms, found.tpot_ms) == (100, None)
    assert best(load(32, 2000, None), inside=slo()).ttft_ms is None


def test_of_equal_concurrency_the_better_passing_point_is_the_neighbour() -> None:
    """Two runs at c16; the line to c32 starts at the one with more output: 1400 + 600 / 2 = 1700."""
    twin = load(16, 1200, 10, point="c16-twin")
    found = best(load(16, 1400, 20), twin, load(32, 2000, 40), inside=slo(tpot_ms=30))
    assert found.output_tok_per_s == pytest.approx(1700)


def test_of_equal_concurrency_that_fails_the_first_by_id_is_the_neighbour() -> None:
    """c32 (2000 tok/s) comes before c32-twin (3000): halfway from 1400 to 2000 is 1700."""
    twin = load(32, 3000, 40, point="c32-twin")
    found = best(twin, load(16, 1400, 20), load(32, 2000, 40), inside=slo(tpot_ms=30))
    assert found.output_tok_per_s == pytest.approx(1700)


def test_a_median_is_multiplied_by_the_factor_of_its_grade() -> None:
    """15 ms at p50 counts as 30 ms at p99: it fails 25 and passes 30."""
    point = load(8, 800, 15, tpot_percentile=50)
    assert best_point([point], slo(tpot_ms=25), DOUBLED) is None
    found = best(point, inside=slo(tpot_ms=30), factor=DOUBLED)
    assert (found.tpot_ms, found.percentile_factor) == (30, 2)


@pytest.mark.parametrize("percentile", [50, 90, 95, 99])
def test_a_latency_at_the_asked_percentile_or_above_is_taken_as_it_is(percentile: int) -> None:
    found = best(load(8, 800, 15), inside=slo(tpot_ms=15, percentile=percentile), factor=DOUBLED)
    assert (found.tpot_ms, found.percentile_factor) == (15, 1)


def test_the_factor_is_that_of_the_points_own_grade() -> None:
    factors = NO_FACTOR.model_copy(update={"vendor": 3.0})
    median = load(8, 800, 10, tpot_percentile=50)
    claimed = median.model_copy(update={"evidence": Evidence.VENDOR})
    assert best(median, inside=slo(tpot_ms=30), factor=factors).tpot_ms == 10
    assert best(claimed, inside=slo(tpot_ms=30), factor=factors).tpot_ms == 30


def test_the_factor_comes_before_the_interpolation() -> None:
    """Medians 10 and 20 ms count as 20 and 40; 30 is halfway: 1000 + 1000 / 2 = 1500."""
    medians = [load(c, tok, ms, tpot_percentile=50) for c, tok, ms in ((8, 1000, 10), (16, 2000, 20))]
    assert best(*medians, inside=slo(tpot_ms=30), factor=DOUBLED).output_tok_per_s == pytest.approx(1500)


def test_an_interpolated_point_is_as_good_as_its_worse_end() -> None:
    modelled = load(32, 2000, 40, evidence=Evidence.MODELLED)
    assert best(load(16, 1400, 20), modelled, inside=slo(tpot_ms=30)).evidence == Evidence.MODELLED


# ------------------------------------------------------------------------------------- relations

LATENCY = st.none() | st.floats(1.0, 100.0)
LIMIT = st.none() | st.floats(1.0, 120.0)
PERCENTILE = st.sampled_from((50, 90, 95, 99))


@st.composite
def curves(draw: st.DrawFn) -> list[GoodputPoint]:
    """Up to six loads of one size at different concurrencies, in any shape, some latencies unknown."""
    points = []
    for concurrency in draw(st.lists(st.integers(1, 64), min_size=1, max_size=6, unique=True)):
        ttft_ms, tpot_ms = draw(LATENCY), draw(LATENCY)
        points.append(
            load(
                concurrency,
                draw(st.floats(10.0, 5000.0)),
                tpot_ms,
                tpot_percentile=None if tpot_ms is None else draw(PERCENTILE),
                ttft_ms=ttft_ms,
                ttft_percentile=None if ttft_ms is None else draw(PERCENTILE),
                evidence=draw(st.sampled_from(Evidence)),
            )
        )
    return points


def tighter(limit: float | None, other: float | None) -> float | None:
    stated = [value for value in (limit, other) if value is not None]
    return min(stated, default=None)


@settings(max_examples=150, deadline=None)
@given(curves(), LIMIT, LIMIT, LIMIT, LIMIT, PERCENTILE, PERCENTILE)
def test_a_tighter_slo_never_raises_the_output_at_a_size(
    points: list[GoodputPoint],
    ttft: float | None,
    tpot: float | None,
    other_ttft: float | None,
    other_tpot: float | None,
    percentile: int,
    other_percentile: int,
) -> None:
    """With one point per concurrency: shorter limits, more limits or a higher percentile allow no more."""
    loose = best_point(points, slo(ttft, tpot, percentile), DOUBLED)
    strict = slo(tighter(ttft, other_ttft), tighter(tpot, other_tpot), max(percentile, other_percentile))
    tight = best_point(points, strict, DOUBLED)
    if tight is not None:
        assert loose is not None
        assert tight.output_tok_per_s <= loose.output_tok_per_s * (1 + 1e-9)


@settings(max_examples=150, deadline=None)
@given(curves(), LIMIT, LIMIT, PERCENTILE)
def test_the_best_point_keeps_the_limits_inside_the_measured_range(
    points: list[GoodputPoint], ttft: float | None, tpot: float | None, percentile: int
) -> None:
    found = best_point(points, slo(ttft, tpot, percentile), DOUBLED)
    if found is None:
        return
    assert ttft is None or (found.ttft_ms is not None and found.ttft_ms <= ttft)
    assert tpot is None or (found.tpot_ms is not None and found.tpot_ms <= tpot)
    used = [point.output_tok_per_s for point in points if point.point in found.points]
    assert min(used) * (1 - 1e-12) <= found.output_tok_per_s <= max(used) * (1 + 1e-12)
