"""What each migration that is begun saves, and from which month on it has paid for itself."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from contracts.calendar import Month
from contracts.money import to_cents
from optimizer.comparing.weighing import chances
from optimizer.living.conditions import Condition, Measured
from optimizer.plan import Plan
from optimizer.plan_why import CashSoFar, MigrationPayback, WhyOutcome
from optimizer.why.asking import Asker, Unanswered, dearer_by


def begun(plan: Plan) -> tuple[str, ...]:
    """Migrations that are begun in any outlook, sorted."""
    return tuple(sorted({row.migration for row in plan.migrations}))


def paybacks(plan: Plan, asker: Asker) -> tuple[MigrationPayback, ...]:
    """Of every migration that is begun: the plan without it beside this one."""
    return tuple(_of(plan, migration, asker) for migration in begun(plan))


def _of(plan: Plan, migration: str, asker: Asker) -> MigrationPayback:
    not_begun = Condition(migration, Measured.BEGUN, at_most=0.0)
    found = asker.ask(f"without migration {migration}", lambda: plan.scenario, (not_begun,))
    if isinstance(found, Unanswered):
        return MigrationPayback(migration=migration, outcome=found.outcome, reason=found.reason)
    cash = tuple(
        CashSoFar(month=month, with_usd=ours, without_usd=theirs)
        for month, ours, theirs in zip(
            plan.scenario.horizon.months, paid_so_far(plan), paid_so_far(found), strict=True
        )
    )
    return MigrationPayback(
        migration=migration,
        outcome=WhyOutcome.SOLVED,
        without_usd=found.incumbent_usd,
        without_bound_usd=found.bound_usd,
        saves=dearer_by(found, plan),
        cash=cash,
        payback_month=payback_month(cash),
    )


def paid_so_far(plan: Plan) -> tuple[Decimal, ...]:
    """Expected cash by the end of every month of the horizon, in whole cents."""
    weights = chances(plan)
    paid: dict[Month, Decimal] = defaultdict(Decimal)
    for line in plan.cost_lines:
        if line.nature.is_cash:
            paid[line.paid_month] += weights[line.outlook] * line.amount_usd
    first = plan.scenario.horizon.first
    running = sum((usd for month, usd in paid.items() if month < first), Decimal(0))
    told = []
    for month in plan.scenario.horizon.months:
        running += paid[month]
        told.append(to_cents(running))
    return tuple(told)


def payback_month(cash: Sequence[CashSoFar]) -> Month | None:
    """The first month from which on, to the last, no more was paid so far than without it; None where there is none."""
    since = None
    for row in reversed(cash):
        if row.with_usd > row.without_usd:
            break
        since = row.month
    return since
