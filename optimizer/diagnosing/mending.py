"""The least change of one number that makes a plan possible: bracketed by tries, proposed on the possible side.

    lost   a change with which no plan exists        0, at first
    won    a change with which one exists            the end of the number, or the first that helps of growing ones

The bracket is halved until won - lost <= WIDTH * won; what is proposed is at most ROOM above won, rounded to as few
decimals as fit there. So the proposal is above the least change by at most half a per cent of it. Whole numbers are
found exactly.
"""

from dataclasses import dataclass
from decimal import Decimal

from contracts.money import EXACT
from optimizer.diagnosing.numbers import Number, typed
from optimizer.diagnosing.records import ChangeOutcome, LeastChange, Unit
from optimizer.diagnosing.tries import Tries, Verdict

WIDTH = Decimal("0.0025")
ROOM = Decimal("0.0024")
GROWTH = 8
MOST_GROWTHS = 16
MOST_HALVINGS = 80
FIRST_STEP = {
    Unit.USD: Decimal(1),
    Unit.MONTHS: Decimal("0.1"),
    Unit.MW: Decimal("0.001"),
    Unit.T_CO2E: Decimal("0.01"),
}
"""The least first step of a number without an end; else 1 % of it."""


@dataclass(frozen=True)
class _Bracket:
    """Changes between which the least one lies; None: no change is known to help."""

    lost: Decimal
    won: Decimal | None
    no_value: bool = False


def least_change(tries: Tries, number: Number, *, ends_help: Verdict | None = None) -> LeastChange:
    """The least change of a number with all else kept; `ends_help`: what is known already of its end."""
    bracket = _outer(tries, number, ends_help)
    if bracket.won is not None:
        bracket = _narrowed(tries, number, bracket.lost, bracket.won)
    return _told(number, bracket)


def _outer(tries: Tries, number: Number, ends_help: Verdict | None) -> _Bracket:
    """A first bracket."""
    nothing = Decimal(0)
    if number.end is None:
        return _grown(tries, number, ends_help)
    all_of_it = abs(number.end - number.value)
    if not all_of_it:
        return _Bracket(nothing, None, no_value=True)
    verdict = ends_help or _tried(tries, number, all_of_it)
    return _Bracket(nothing, all_of_it if verdict is Verdict.POSSIBLE else None, verdict is Verdict.IMPOSSIBLE)


def _grown(tries: Tries, number: Number, ends_help: Verdict | None) -> _Bracket:
    """The first of growing changes that helps."""
    lost = Decimal(0)
    if ends_help is Verdict.IMPOSSIBLE:
        return _Bracket(lost, None, no_value=True)
    step = Decimal(1) if number.is_whole else max(abs(number.value) / 100, FIRST_STEP[number.unit])
    for _ in range(MOST_GROWTHS):
        verdict = _tried(tries, number, step)
        if verdict is not Verdict.IMPOSSIBLE:
            return _Bracket(lost, step if verdict is Verdict.POSSIBLE else None)
        lost, step = step, step * GROWTH
    return _Bracket(lost, None, no_value=True)


def _narrowed(tries: Tries, number: Number, lost: Decimal, won: Decimal) -> _Bracket:
    for _ in range(MOST_HALVINGS):
        if won - lost <= (1 if number.is_whole else WIDTH * won):
            break
        middle = (lost + won) / 2
        if number.is_whole:
            middle = middle.to_integral_value()
            middle = min(max(middle, lost + 1), won - 1)
        verdict = _tried(tries, number, middle)
        if verdict is Verdict.UNDECIDED:
            break
        lost, won = (lost, middle) if verdict is Verdict.POSSIBLE else (middle, won)
    return _Bracket(lost, won)


def _tried(tries: Tries, number: Number, change: Decimal) -> Verdict:
    value = number.after(change)
    return tries.possible(number.put(tries.problem.scenario, value), f"{number.words}: {typed(value)}")


def _told(number: Number, bracket: _Bracket) -> LeastChange:
    tight = bracket.won is not None and bracket.won - bracket.lost <= (1 if number.is_whole else WIDTH * bracket.won)
    outcome = ChangeOutcome.MENDS if tight else ChangeOutcome.NOT_SETTLED
    outcome = ChangeOutcome.NO_VALUE if bracket.no_value else outcome
    after = None
    if bracket.won is not None:
        after = number.after(bracket.won)
        if not number.is_whole:
            after = number.rounded(bracket.won, EXACT.multiply(bracket.won, 1 + ROOM))
    is_factor = number.unit is Unit.FACTOR
    return LeastChange(
        words=number.words,
        paths=number.paths,
        unit=number.unit,
        before="*1" if is_factor else typed(number.value),
        outcome=outcome,
        after=None if after is None else f"*{typed(after)}" if is_factor else typed(after),
        change="" if after is None else f"{typed(EXACT.subtract(after, number.value))}",
        still_impossible=_as_typed(number, number.after(bracket.lost)) if bracket.lost else None,
    )


def _as_typed(number: Number, value: Decimal) -> str:
    return f"*{typed(value)}" if number.unit is Unit.FACTOR else typed(value)
