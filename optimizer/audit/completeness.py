"""What the arithmetic needs of the inputs: whole weeks, loads, demand, probabilities, one row for each thing."""

from collections import Counter
from decimal import Decimal

from optimizer.audit.checks import Checks
from optimizer.audit.figures import HOURS_OF_WEEK, Inputs

CERTAIN = Decimal("1e-9")
"""By how much probabilities typed as decimals may miss 1."""


def check_inputs(inputs: Inputs, checks: Checks) -> None:
    """The arithmetic of time needs blocks that part the week, and a load and a demand everywhere."""
    _check_outlooks(inputs, checks)
    _check_migrations(inputs, checks)
    hours = sorted(hour for block in inputs.scenario.blocks.blocks for hour in block.hours_of_week)
    checks.true(
        "inputs.complete",
        ("blocks",),
        hours == list(range(HOURS_OF_WEEK)),
        left=f"{len(hours)} hours",
        operator="=",
        right="every hour of the week once",
    )
    for workload in inputs.workloads:
        for block in inputs.blocks:
            checks.true(
                "inputs.complete",
                (workload, block),
                block in inputs.loads[workload],
                left="no load",
                operator="but",
                right="every block needs one",
            )
        for month in inputs.months:
            checks.true(
                "inputs.complete",
                (workload, month),
                (workload, month) in inputs.demand,
                left="no demand",
                operator="but",
                right="every month needs one",
            )


def _check_outlooks(inputs: Inputs, checks: Checks) -> None:
    checks.within(
        "inputs.outlooks",
        ("probabilities",),
        sum(inputs.probability.values(), Decimal(0)),
        Decimal(1),
        "",
        allowed=CERTAIN,
    )
    outlooks = Counter(row.outlook for row in inputs.scenario.outlooks)
    effects = Counter(
        (row.outlook, row.effect, row.of, row.name, row.first_month) for row in inputs.scenario.outlook_effects
    )
    for outlook, count in outlooks.items():
        checks.same("inputs.outlooks", (outlook,), count, 1, "rows")
    for key, count in effects.items():
        is_clear = count == 1 and key[0] in inputs.probability
        checks.true("inputs.outlooks", key, is_clear, left=count, operator="=", right="once, of a known outlook")
    for event in inputs.policy.contingencies:
        unknown = sorted(set(event.outlooks) - set(inputs.probability))
        checks.same("inputs.outlooks", (event.contingency, "outlooks that are not known"), unknown, [])


def _check_migrations(inputs: Inputs, checks: Checks) -> None:
    pairs = Counter((row.model, row.stack) for row in inputs.scenario.migrations)
    for pair, count in pairs.items():
        checks.same("inputs.migrations", pair, count, 1, "rows")
