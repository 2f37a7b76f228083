"""The checks before any solve, in the order in which they are told; whatever they find is told at once."""

from collections.abc import Callable, Iterator

from optimizer.diagnosing.checks.after_events import lost_without_fallback
from optimizer.diagnosing.checks.capacity import too_much
from optimizer.diagnosing.checks.footprint import drawn_by_held
from optimizer.diagnosing.checks.held import held_alone
from optimizer.diagnosing.checks.providers import too_few_providers
from optimizer.diagnosing.checks.serving import before_the_gate, unservable
from optimizer.diagnosing.checks.shares import contradicting_shares
from optimizer.diagnosing.records import SeenBefore, WhyImpossible
from optimizer.diagnosing.words import reasons_of
from optimizer.faults import Impossible
from optimizer.problem import Problem

Check = Callable[[Problem], Iterator[SeenBefore]]

CHECKS: tuple[Check, ...] = (
    unservable,
    before_the_gate,
    too_much,
    lost_without_fallback,
    too_few_providers,
    contradicting_shares,
    held_alone,
    drawn_by_held,
)


def refuse_impossible(problem: Problem) -> None:
    """Raise Impossible for what can be seen without solving."""
    seen = tuple(found for check in CHECKS for found in check(problem))
    if seen:
        why = WhyImpossible(seen_before=seen)
        raise Impossible(reasons_of(why), why)
