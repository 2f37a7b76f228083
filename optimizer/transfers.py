"""Split placements -> the cache that they move, as it is billed."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from contracts.calendar import Month
from contracts.money import exact
from contracts.terms.split import BILLED_GB
from optimizer.keys import ClassKey
from optimizer.plan_splits import SplitPlacement
from optimizer.problem import Problem
from optimizer.split_routes import gb_per_token

SECONDS_PER_HOUR = 3600


def moved_gb(problem: Problem, placements: Iterable[SplitPlacement]) -> dict[tuple[str, str, Month], Decimal]:
    """GB of cache by split, outlook and month, as they are billed, sorted."""
    moved: dict[tuple[str, str, Month], Decimal] = defaultdict(Decimal)
    for row in placements:
        hours = problem.hours[problem.scenario.horizon.index(row.month), row.block]
        tokens = exact(row.accepted_tok_per_s) * hours * SECONDS_PER_HOUR
        moved[row.split, row.outlook, row.month] += tokens * gb_per_token(
            problem, ClassKey(row.workload, row.size_class), row.split
        )
    return {place: gb.quantize(BILLED_GB) for place, gb in sorted(moved.items())}
