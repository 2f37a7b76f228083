"""The node-time law: prefill and decode seconds from measured sizes."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from catalog.serving_law import MeasuredSize, NodeTimeLaw, fit_law

PREFILL_S, DECODE_S = 0.0001, 0.001


def exact(input_tokens: float, output_tokens: float) -> MeasuredSize:
    """A size that obeys 0.1 ms per input and 1 ms per output token."""
    seconds = PREFILL_S * input_tokens + DECODE_S * output_tokens
    return MeasuredSize(input_tokens, output_tokens, seconds)


def test_two_sizes_identify_both_rates() -> None:
    """(100, 100) takes 0.11 s and (1000, 100) takes 0.2 s: 900 tokens more of prompt cost 0.09 s."""
    law = fit_law([MeasuredSize(100, 100, 0.11), MeasuredSize(1000, 100, 0.2)])
    assert not law.single_rate
    assert law.seconds_per_input_token == pytest.approx(0.0001)
    assert law.seconds_per_output_token == pytest.approx(0.001)


def test_the_law_goes_through_two_sizes_exactly() -> None:
    law = fit_law([exact(128, 900), exact(4096, 70)])
    for size in (exact(128, 900), exact(4096, 70)):
        seconds = law.replica_seconds(
            input_tokens=size.input_tokens, output_tokens=size.output_tokens, cache_hit_share=0.0
        )
        assert seconds == pytest.approx(size.replica_seconds)


def test_more_sizes_are_fitted_by_relative_errors() -> None:
    """Prompt only, answer only (nearly) and both, with T = 1, 1, 4: symmetric, so a = d.

    Minimising 2 (a - 1)^2 + (2 a / 4 - 1)^2: 4 (a - 1) + (a / 2 - 1) = 0, a = 5 / 4.5 = 1.111.
    Absolute errors would give 2 (a - 1)^2 + (2 a - 4)^2, a = 10 / 6 = 1.667.
    """
    law = fit_law([MeasuredSize(1, 1e-9, 1), MeasuredSize(1e-9, 1, 1), MeasuredSize(1, 1, 4)])
    assert law.seconds_per_input_token == pytest.approx(5 / 4.5)
    assert law.seconds_per_output_token == pytest.approx(5 / 4.5)


def test_one_size_gives_one_rate_for_all_tokens() -> None:
    """2 s for 100 + 300 tokens: 5 ms each."""
    assert fit_law([MeasuredSize(100, 300, 2.0)]) == NodeTimeLaw(0.005, 0.005, single_rate=True)


def test_sizes_of_one_ratio_give_the_slowest_single_rate() -> None:
    """1:1 throughout: 1 s for 200 tokens is 5 ms, 12 s for 2000 is 6 ms; the slower counts."""
    law = fit_law([MeasuredSize(100, 100, 1.0), MeasuredSize(1000, 1000, 12.0)])
    assert law == NodeTimeLaw(0.006, 0.006, single_rate=True)


@pytest.mark.parametrize(("ratio", "single"), [(1.003, True), (1.006, False)])
def test_a_ratio_counts_as_the_same_within_a_hair(ratio: float, single: bool) -> None:
    """The angle between (1, 1) and (1, r) is about (r - 1) / 2; its squared sine over 4 must reach 1e-6.

    r = 1.003: 0.0015^2 / 4 = 5.6e-7. r = 1.006: 0.003^2 / 4 = 2.2e-6.
    """
    sizes = [MeasuredSize(1000, 1000, 1.1), MeasuredSize(1000, 1000 * ratio, 1.1 + ratio - 1)]
    assert fit_law(sizes).single_rate == single


def test_a_rate_of_zero_identifies_nothing() -> None:
    """A longer prompt that is served faster would make prefill free: the slowest single rate instead.

    0.2 s / 200 tokens = 1 ms; 0.1 s / 1100 tokens = 0.09 ms.
    """
    law = fit_law([MeasuredSize(100, 100, 0.2), MeasuredSize(1000, 100, 0.1)])
    assert law == NodeTimeLaw(0.001, 0.001, single_rate=True)


def test_prefill_that_costs_exactly_nothing_counts_as_zero() -> None:
    """Time proportional to the output alone: rounding must not decide whether the rates are identified."""
    sizes = [MeasuredSize(i, o, o / 700) for i, o in ((128, 1024), (1024, 128), (1024, 1024), (333, 77))]
    assert fit_law(sizes).single_rate


def test_cached_prompt_tokens_need_no_prefill() -> None:
    """1000 in, 100 out, 40 % cached: 600 x 0.1 ms + 100 x 1 ms = 0.16 s."""
    law = fit_law([exact(100, 100), exact(1000, 100)])
    seconds = law.replica_seconds(input_tokens=1000, output_tokens=100, cache_hit_share=0.4)
    assert seconds == pytest.approx(0.16)


TOKENS = st.floats(16.0, 8192.0)
SIZES = st.lists(st.builds(MeasuredSize, TOKENS, TOKENS, st.floats(0.01, 100.0)), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(SIZES)
def test_the_fit_is_the_textbook_solution_of_the_normal_equations(sizes: list[MeasuredSize]) -> None:
    """With x = input / T, y = output / T: a = (Sx Syy - Sy Sxy) / (Sxx Syy - Sxy^2), d likewise."""
    xs = [s.input_tokens / s.replica_seconds for s in sizes]
    ys = [s.output_tokens / s.replica_seconds for s in sizes]
    sxx, syy = sum(x * x for x in xs), sum(y * y for y in ys)
    sxy = sum(x * y for x, y in zip(xs, ys, strict=True))
    determinant = sxx * syy - sxy * sxy
    ratios = [s.input_tokens / s.output_tokens for s in sizes]
    assume(determinant > 1e-4 * sxx * syy and max(ratios) > 1.2 * min(ratios))
    prefill = (sum(xs) * syy - sum(ys) * sxy) / determinant
    decode = (sum(ys) * sxx - sum(xs) * sxy) / determinant
    assume(min(abs(prefill) * max(xs), abs(decode) * max(ys)) > 1e-6)
    law = fit_law(sizes)
    assert law.single_rate == (min(prefill, decode) < 0)
    if not law.single_rate:
        assert law.seconds_per_input_token == pytest.approx(prefill, rel=1e-6)
        assert law.seconds_per_output_token == pytest.approx(decode, rel=1e-6)


@settings(max_examples=100, deadline=None)
@given(SIZES, st.floats(0.1, 10.0))
def test_a_chip_twice_as_fast_needs_half_the_time(sizes: list[MeasuredSize], faster: float) -> None:
    law = fit_law(sizes)
    scaled = fit_law([MeasuredSize(s.input_tokens, s.output_tokens, s.replica_seconds / faster) for s in sizes])
    assume(law.single_rate == scaled.single_rate)
    one = law.replica_seconds(input_tokens=500, output_tokens=200, cache_hit_share=0.0)
    other = scaled.replica_seconds(input_tokens=500, output_tokens=200, cache_hit_share=0.0)
    assert other == pytest.approx(one / faster, rel=1e-6)
