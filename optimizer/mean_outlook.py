"""One outlook taken out of several, and the outlook that is their mean (docs/decisions/0008)."""

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal

from optimizer.futures import Names
from optimizer.problem import Problem
from scenarios.outlooks import Effect, Outlook, OutlookEffect, Subject
from scenarios.policy import Contingency
from scenarios.scenario import Scenario

MEAN = "mean"
PASSED = 0.5
"""A gate that is passed with at least this probability is passed in the mean."""


def foreseen(scenario: Scenario, outlook: str) -> Scenario:
    """The scenario with one outlook that is known from the start."""
    effects = tuple(row for row in scenario.outlook_effects if row.outlook == outlook)
    return _alone(scenario, outlook, effects, lambda event: not event.outlooks or outlook in event.outlooks)


def at_the_mean(problem: Problem) -> Scenario:
    """The scenario with one outlook in which every factor has its expected value."""
    effects = (*_demand(problem), *_offerings(problem), *_gates(problem))
    return _alone(problem.scenario, MEAN, effects, lambda event: True)


def _alone(
    scenario: Scenario, outlook: str, effects: tuple[OutlookEffect, ...], keeps: Callable[[Contingency], bool]
) -> Scenario:
    events = tuple(event.model_copy(update={"outlooks": ()}) for event in scenario.policy.contingencies if keeps(event))
    return scenario.model_copy(
        update={
            "outlooks": (Outlook(outlook=outlook, probability=1.0),),
            "outlook_effects": effects,
            "run": scenario.run.model_copy(update={"reveal_month": None}),
            "policy": scenario.policy.model_copy(update={"contingencies": events}),
        }
    )


def _demand(problem: Problem) -> Iterator[OutlookEffect]:
    for workload in sorted(problem.workload):
        names: Names = ((Subject.ALL, "*"), (Subject.WORKLOAD, workload))
        yield from _rows(
            problem, Effect.DEMAND, Subject.WORKLOAD, workload, _mean_factor(problem, Effect.DEMAND, names)
        )


def _offerings(problem: Problem) -> Iterator[OutlookEffect]:
    for offering in problem.offering:
        names = problem.futures.offering_names[offering]
        for effect in (Effect.ON_DEMAND_PRICE, Effect.SPOT_PRICE, Effect.SPOT_DEPTH, Effect.GOODPUT):
            mean = _mean_factor(problem, effect, names)
            yield from _rows(problem, effect, Subject.OFFERING, offering, mean)
        yield from _rows(problem, Effect.DELIVERY_DELAY, Subject.OFFERING, offering, _mean_delay(problem, names))


def _gates(problem: Problem) -> Iterator[OutlookEffect]:
    for migration in problem.migrations.migration:
        chance = sum(p for s, p in problem.probability.items() if problem.futures.passes(migration, s))
        if chance < PASSED:
            yield OutlookEffect(outlook=MEAN, effect=Effect.GATE, of=Subject.MIGRATION, name=migration, value=0)


def _mean_factor(problem: Problem, effect: Effect, names: Names) -> list[float]:
    return [
        sum(p * float(problem.futures.factor(effect, s, month, names)) for s, p in problem.probability.items())
        for month in problem.months
    ]


def _mean_delay(problem: Problem, names: Names) -> list[float]:
    means = [
        sum(p * problem.futures.delay_months(s, month, names) for s, p in problem.probability.items())
        for month in problem.months
    ]
    return [float(Decimal(repr(round(mean, 9))).quantize(Decimal(1), rounding=ROUND_HALF_UP)) for mean in means]


def _rows(problem: Problem, effect: Effect, of: Subject, name: str, by_month: list[float]) -> Iterator[OutlookEffect]:
    """A row for every month in which the value changes; none where it never is anything but neutral."""
    neutral = 0.0 if effect is Effect.DELIVERY_DELAY else 1.0
    before = neutral
    for month, value in zip(problem.months, by_month, strict=True):
        value = round(value, 12)
        if value != before:
            yield OutlookEffect(outlook=MEAN, effect=effect, of=of, name=name, first_month=month, value=value)
        before = value
