"""Migrations: when they start, how many at once, and that nothing is served through a gate that is not open."""

from collections import defaultdict

from contracts.calendar import Month
from optimizer.audit.checks import Checks, Place
from optimizer.audit.deliveries import outlooks_of
from optimizer.audit.figures import Inputs
from optimizer.audit.gates import Gates, Routed
from optimizer.audit.orders import check_stage
from optimizer.audit.splits import stacks_of
from optimizer.audit.statements import Statements
from optimizer.plan import MigrationStart


def check_migrations(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Every start against its row, all of them against the limit, and normal operation against the gates."""
    starts: dict[tuple[str, str], int] = defaultdict(int)
    for row in stated.migrations:
        place: Place = ("migration", row.migration, row.outlook or "all outlooks")
        _check_start(inputs, row, place, checks)
        check_stage(inputs, ("migrations.stage", place), row.outlook, row.start.first_day, checks)
        for outlook in outlooks_of(inputs, row.outlook):
            starts[row.migration, outlook] += 1
    for once, count in starts.items():
        checks.true("migrations.once", once, count == 1, left=count, operator="<=", right=1, unit="starts")
    _check_at_once(inputs, stated, checks)
    _check_normal_operation(inputs, stated, checks)


def _check_start(inputs: Inputs, row: MigrationStart, place: Place, checks: Checks) -> None:
    migration = inputs.migrations[row.migration]
    first = max(inputs.first, migration.earliest_start or inputs.first)
    last = min(inputs.end + -1, migration.latest_start or inputs.end + -1)
    checks.true(
        "migrations.window",
        place,
        first <= row.start <= last,
        left=row.start,
        operator="within",
        right=f"{first} to {last}",
    )
    checks.same("migrations.gate", place, row.gate, row.start + migration.lead_months)


def _check_at_once(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Between start and gate in a month, whether the gate will be passed or not."""
    most = inputs.policy.migrations_at_once
    if most is None:
        return
    under_way: dict[tuple[str, Month], int] = defaultdict(int)
    for row in stated.migrations:
        lead = inputs.migrations[row.migration].lead_months
        for outlook in outlooks_of(inputs, row.outlook):
            for months in range(lead):
                under_way[outlook, row.start + months] += 1
    for (outlook, month), count in under_way.items():
        if month in inputs.hours:
            checks.at_most("migrations.at_once", (outlook, month), count, most, "migrations", rounded=0)


def _check_normal_operation(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Base and spot together, all offerings of a stack together."""
    gates = Gates(inputs, stated)
    routed: dict[tuple[str, Month, str], Routed] = defaultdict(lambda: defaultdict(list))
    for row in stated.placements:
        through = (row.workload, row.size_class, inputs.stack(row.offering))
        routed[row.outlook, row.month, row.block][through].append(row.accepted_tok_per_s)
    for split in stated.bought.split_placements:
        for stack in stacks_of(inputs, split.split):
            through = (split.workload, split.size_class, stack)
            routed[split.outlook, split.month, split.block][through].append(split.accepted_tok_per_s)
    for moment, rates in routed.items():
        gates.check(moment, rates, ("migrations.served", "migrations.ramp"), moment, checks)
