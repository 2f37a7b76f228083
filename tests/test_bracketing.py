"""The search for a bracket, without a solver: costs are formulas, and what a solve proves is stated."""

from collections.abc import Callable
from decimal import Decimal
from math import inf

import pytest

from optimizer.negotiating.bracketing import Ended, Found, Search, Try, search
from optimizer.negotiating.proofs import IMPOSSIBLE, Proven, Sign, Trial

A_PRICE = Search(
    asked=Decimal(60), lowest=Decimal(0), highest=Decimal(240), tolerance=Decimal("0.6"), step=Decimal("0.01")
)
Cost = Callable[[float], float]


def solver(with_it: Cost, without: float, *, gap: float = 0.0, least_gap: float = 0.0) -> Callable[[Try], Trial]:
    """Proofs around known costs: the gap is quartered each time, but never below `least_gap`."""

    def ask(step: Try) -> Trial:
        open_usd = max(gap / 4**step.sharpness, least_gap)
        cost = with_it(float(step.value))
        return Trial(
            step.value, Proven(cost - open_usd, cost), Proven(without - open_usd, without), step.sharpness, 1000.0
        )

    return ask


def values(found: Found) -> tuple[Decimal | None, Decimal | None]:
    inside, outside = found.proven_in, found.proven_out
    return inside and inside.value, outside and outside.value


@pytest.mark.parametrize("meets", [0.5, 12.0, 59.9, 60.2, 75.0, 200.0])
@pytest.mark.parametrize("gap", [0.0, 50.0, 3000.0])
def test_the_bracket_holds_the_price_at_which_costs_meet(meets: float, gap: float) -> None:
    found = search(A_PRICE, solver(lambda price: 1000.0 * price, 1000.0 * meets, gap=gap))
    inside, outside = values(found)
    assert inside is not None
    assert outside is not None
    assert float(inside) < meets < float(outside)
    assert found.ended is Ended.narrow
    assert outside - inside <= A_PRICE.tolerance
    assert len(found.trials) <= 14


def test_a_cost_that_bends_takes_no_more_than_a_few_steps_more() -> None:
    """Fewer nodes are ordered as the price rises: the slope falls from 3,000 to 1,000 USD."""
    found = search(A_PRICE, solver(lambda p: min(3000 * p, 20_000 + 1000 * p), 45_000.0, gap=10.0))
    inside, outside = values(found)
    assert inside is not None
    assert outside is not None
    assert inside < 25 < outside
    assert len(found.trials) <= 8


def test_out_even_for_nothing_is_an_answer() -> None:
    found = search(A_PRICE, solver(lambda price: 5000.0 + 1000.0 * price, 4000.0))
    assert found.ended is Ended.out_at_lowest
    assert values(found) == (None, Decimal(0))


def test_in_at_any_price_is_an_answer() -> None:
    found = search(A_PRICE, lambda step: Trial(step.value, Proven(9.0, 10.0), IMPOSSIBLE))
    assert found.ended is Ended.in_at_highest
    assert [trial.value for trial in found.trials] == [60, 240]


def test_no_plan_with_it_goes_to_the_lowest_value_at_once() -> None:
    found = search(A_PRICE, lambda step: Trial(step.value, IMPOSSIBLE, Proven(9.0, 10.0)))
    assert found.ended is Ended.out_at_lowest
    assert [trial.value for trial in found.trials] == [60, 0]


def test_incumbents_alone_never_move_an_end() -> None:
    """Incumbents say in below 30 and out above it, in every trial; bounds say nothing: so nothing is claimed."""

    def ask(step: Try) -> Trial:
        return Trial(step.value, Proven(-inf, 1000.0 * float(step.value)), Proven(-inf, 30_000.0), step.sharpness)

    found = search(A_PRICE, ask)
    assert values(found) == (None, None)
    assert {trial.sign for trial in found.trials} == {Sign.UNDECIDED}
    assert found.ended is Ended.hidden


def test_a_planted_incumbent_that_is_too_good_to_be_true_for_its_bound_is_not_enough() -> None:
    """At 30 the plan found without the offer is worse than need be; only its bound decides, so 30 is not proven in."""

    def ask(step: Try) -> Trial:
        cost = 1000.0 * float(step.value)
        return Trial(step.value, Proven(cost - 1, cost), Proven(25_000.0, 31_000.0), step.sharpness, 1000.0)

    found = search(A_PRICE, ask)
    inside, outside = values(found)
    assert inside is not None
    assert inside < 25
    assert outside is not None
    assert outside > 31
    assert found.ended is Ended.hidden


def test_what_gaps_hide_is_looked_at_more_closely_only_there() -> None:
    found = search(A_PRICE, solver(lambda price: 1000.0 * price, 30_000.0, gap=3000.0))
    assert found.ended is Ended.narrow
    assert max(trial.sharpness for trial in found.trials) >= 1
    assert all(abs(float(trial.value) - 30) < 4 for trial in found.trials if trial.sharpness)


def test_a_gap_that_cannot_be_tightened_leaves_the_bracket_as_wide_as_it_must_be() -> None:
    found = search(A_PRICE, solver(lambda price: 1000.0 * price, 30_000.0, gap=3000.0, least_gap=2000.0))
    inside, outside = values(found)
    assert inside is not None
    assert outside is not None
    assert inside < 30 < outside
    assert found.ended is Ended.hidden


def test_stopped_keeps_the_bracket_so_far() -> None:
    ask = solver(lambda price: 1000.0 * price, 30_000.0)
    asked: list[Try] = []

    def twice(step: Try) -> Trial | None:
        asked.append(step)
        return ask(step) if len(asked) <= 2 else None

    found = search(A_PRICE, twice)
    inside, outside = values(found)
    assert found.ended is Ended.stopped
    assert outside == 60
    assert inside is not None
    assert inside < 30


def test_values_are_such_as_can_be_written_into_an_offer() -> None:
    found = search(A_PRICE, solver(lambda price: 1000.0 * price, 33_333.0))
    assert all(trial.value == round(trial.value, 2) for trial in found.trials)


@pytest.mark.parametrize(
    ("with_it", "without", "sign"),
    [
        (Proven(8.0, 9.0), Proven(10.0, 12.0), Sign.IN),
        (Proven(8.0, 9.0), Proven(8.5, 12.0), Sign.UNDECIDED),
        (Proven(8.0, 9.0), Proven(5.0, 7.0), Sign.OUT),
        (Proven(9.0, 9.0), Proven(9.0, 9.0), Sign.UNDECIDED),
        (IMPOSSIBLE, Proven(5.0, 7.0), Sign.OUT),
        (Proven(5.0, 7.0), IMPOSSIBLE, Sign.IN),
        (IMPOSSIBLE, IMPOSSIBLE, Sign.OUT),
    ],
)
def test_a_sign_is_an_incumbent_against_a_bound(with_it: Proven, without: Proven, sign: Sign) -> None:
    assert Trial(Decimal(1), with_it, without).sign is sign
