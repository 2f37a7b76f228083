"""The plan's cost lines against those that the terms call for: missing, superfluous, every figure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal, localcontext

from optimizer.audit.checks import Checks, Place
from optimizer.audit.due import HELD, MONEY, Due, Key, cents, key_of
from optimizer.audit.dues import lines_due
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import Statements
from optimizer.plan import CostLine

EMERGENCY_TOLERANCE = Decimal("1e-9")
"""Relative; the expected hours of an emergency are a quotient without a finite decimal form."""


def check_bills(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Compare the plan's lines with those due: missing, superfluous, and every figure."""
    with localcontext(MONEY):
        due = {line.key: line for line in lines_due(inputs, stated)}
        found: dict[Key, list[CostLine]] = defaultdict(list)
        for row in stated.lines:
            at = key_of(row.nature, row.outlook, row.source, row.order, row.offering, row.paid_month)
            found[at].append(row)
        _check_missing(due, found, checks)
        _check_superfluous(due, found, checks)
        for key in due.keys() & found.keys():
            _check_line(due[key], found[key][0], checks)
        _check_held(inputs, due, found, checks)


def _place(key: Key) -> Place:
    return tuple(part for part in key if part is not None)


def _check_missing(due: dict[Key, Due], found: dict[Key, list[CostLine]], checks: Checks) -> None:
    """A line of nothing may be left out."""
    for key, line in due.items():
        checks.true(
            "bill.missing",
            _place(key),
            key in found or line.amount == 0,
            left="no line",
            operator="but",
            right=line.amount,
            unit="usd due",
        )


def _check_superfluous(due: dict[Key, Due], found: dict[Key, list[CostLine]], checks: Checks) -> None:
    """A line of nothing does no harm."""
    for key, rows in found.items():
        nothing = all(row.quantity == 0 and row.amount_usd == 0 for row in rows)
        checks.true(
            "bill.superfluous",
            _place(key),
            len(rows) == 1 if key in due else nothing,
            left=", ".join(row.line for row in rows),
            operator="but",
            right="one line is due" if key in due else "nothing is due",
        )


def _check_line(due: Due, line: CostLine, checks: Checks) -> None:
    place: Place = (line.line, *_place(due.key))
    checks.same("bill.payee", place, (line.payee, line.offering), (due.payee, due.offering))
    checks.same(
        "bill.service",
        place,
        f"{line.service_first} to {line.service_end}",
        f"{due.service_first} to {due.service_end}",
    )
    checks.same("bill.price", place, line.unit, due.unit)
    checks.same("bill.price", place, line.unit_price_usd, due.unit_price, f"usd/{due.unit}")
    if due.is_quotient:
        allowed = EMERGENCY_TOLERANCE * max(Decimal(1), due.quantity)
        checks.within("bill.quantity", place, line.quantity, due.quantity, due.unit, allowed=allowed)
        checks.same("bill.amount", place, line.amount_usd, cents(line.quantity * line.unit_price_usd), "usd")
    else:
        checks.same("bill.quantity", place, line.quantity, due.quantity, due.unit)
        checks.same("bill.amount", place, line.amount_usd, due.amount, "usd")


def _check_held(inputs: Inputs, due: dict[Key, Due], found: dict[Key, list[CostLine]], checks: Checks) -> None:
    """The lines of each held contract that still runs add up to what is due."""
    owed: dict[str, Decimal] = {name: Decimal(0) for name, held in inputs.held.items() if held.end > inputs.first}
    billed = dict(owed)
    for line in due.values():
        if line.nature in HELD:
            owed[line.source] += line.amount
    for row in _flat(found.values()):
        if row.nature in HELD and row.source in billed:
            billed[row.source] += row.amount_usd
    for name, amount in owed.items():
        checks.same("bill.held_carried", ("held", name), billed[name], amount, "usd")


def _flat(groups: Iterable[list[CostLine]]) -> Iterator[CostLine]:
    for rows in groups:
        yield from rows
