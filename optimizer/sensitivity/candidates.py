"""Inputs that a planner argues about, each with the lever that moves it and a first estimate of what it moves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from optimizer.plan import Plan
from optimizer.plan_sensitivity import Varied
from optimizer.sensitivity.estimates import NINTH, Estimates
from optimizer.sensitivity.levers import Lever, between, by_a_tenth, decimal

RATE_STEP = Decimal("0.02")
"""A discount rate is argued about in points of a year: two down and two up."""


@dataclass(frozen=True)
class Candidate:
    """One input: what it is, what a planner calls it, and what it is expected to move."""

    varied: Varied
    of: str
    name: str
    lever: Lever
    estimate_usd: float

    @property
    def rank(self) -> tuple[float, int, str]:
        """By what it may move, the most first; alike ones in the order of the kinds and by name."""
        return -self.estimate_usd, list(Varied).index(self.varied), self.name


Source = Callable[[Plan, Estimates], Iterator[Candidate]]


def candidates(plan: Plan, sources: tuple[Source, ...]) -> tuple[Candidate, ...]:
    """All that can be moved at all, by estimate, the largest first."""
    estimates = Estimates(plan)
    found = (row for source in sources for row in source(plan, estimates))
    return tuple(sorted((row for row in found if row.lever.low or row.lever.high), key=lambda row: row.rank))


def settings_of_the_run(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """Usable share, discount rate, and the weight of what lies beyond the horizon."""
    run, valuation = plan.scenario.run, plan.scenario.valuation
    usable = by_a_tenth("run.usable_share", run.usable_share, most=Decimal(1))
    yield Candidate(Varied.USABLE_SHARE, "", "usable share of nodes", usable, NINTH * estimates.of_nodes())
    rate = run.discount_rate_per_year
    low, high = max(Decimal(0), rate - RATE_STEP), min(Decimal(1), rate + RATE_STEP)
    rates = between("run.discount_rate_per_year", rate, low, high)
    moved = [estimates.revalued(replace(valuation, discount_rate_per_year=end)) for end in (low, high)]
    yield Candidate(Varied.DISCOUNT_RATE, "", "discount rate per year", rates, max(moved))
    weight = decimal(run.beyond_horizon_weight)
    weights = between("run.beyond_horizon_weight", weight, Decimal(0), Decimal(1))
    moved = [estimates.revalued(replace(valuation, beyond_horizon_weight=Decimal(end))) for end in (0, 1)]
    yield Candidate(Varied.BEYOND_HORIZON, "", "weight of service after the horizon", weights, max(moved))
