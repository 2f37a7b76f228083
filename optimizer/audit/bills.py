"""The plan's cost lines against those that the terms call for: missing, superfluous, every figure."""

from collections.abc import Iterable
from decimal import Decimal, localcontext

from optimizer.audit.checks import Checks, Place
from optimizer.audit.due import HELD, MONEY, Due, Key, cents, key_of
from optimizer.audit.dues import lines_due
from optimizer.audit.figures import Inputs
from optimizer.audit.matching import match
from optimizer.audit.statements import Statements
from optimizer.plan import CostLine

EMERGENCY_TOLERANCE = Decimal("1e-9")
"""Relative; the expected hours of an emergency are a quotient without a finite decimal form."""


def check_bills(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Compare the plan's lines with those due: missing, superfluous, and every figure."""
    with localcontext(MONEY):
        due = tuple(lines_due(inputs, stated))
        matched = match(due, stated.lines)
        for line in matched.missing:
            _check_missing(line, line.amount == 0, checks)
        for row in matched.superfluous:
            _check_superfluous(row, row.quantity == 0 and row.amount_usd == 0, checks)
        for line, row in matched.pairs:
            _check_missing(line, True, checks)
            _check_superfluous(row, True, checks)
            _check_line(line, row, checks)
        _check_held(inputs, due, stated.lines, checks)


def _place(key: Key) -> Place:
    return tuple(part for part in key if part is not None)


def _check_missing(line: Due, is_there: bool, checks: Checks) -> None:
    """A line of nothing may be left out."""
    checks.true(
        "bill.missing",
        _place(line.key),
        is_there,
        left="no line",
        operator="but",
        right=line.amount,
        unit="usd due",
    )


def _check_superfluous(row: CostLine, is_due: bool, checks: Checks) -> None:
    """A line of nothing does no harm."""
    checks.true(
        "bill.superfluous",
        _place(key_of(row.nature, row.outlook, row.source, row.order, row.offering, row.paid_month)),
        is_due,
        left=row.line,
        operator="but",
        right="nothing is due, or less often",
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
    checks.same("bill.paid", place, line.paid_month, due.paid)
    checks.same("bill.price", place, line.unit, due.unit)
    checks.same("bill.price", place, line.unit_price_usd, due.unit_price, f"usd/{due.unit}")
    if due.is_quotient:
        allowed = EMERGENCY_TOLERANCE * max(Decimal(1), due.quantity)
        checks.within("bill.quantity", place, line.quantity, due.quantity, due.unit, allowed=allowed)
        checks.same("bill.amount", place, line.amount_usd, cents(line.quantity * line.unit_price_usd), "usd")
    else:
        checks.same("bill.quantity", place, line.quantity, due.quantity, due.unit)
        checks.same("bill.amount", place, line.amount_usd, due.amount, "usd")


def _check_held(inputs: Inputs, due: Iterable[Due], stated: Iterable[CostLine], checks: Checks) -> None:
    """The lines of each held contract that still runs add up to what is due."""
    owed: dict[str, Decimal] = {name: Decimal(0) for name, held in inputs.held.items() if held.end > inputs.first}
    billed = dict(owed)
    for line in due:
        if line.nature in HELD:
            owed[line.source] += line.amount
    for row in stated:
        if row.nature in HELD and row.source in billed:
            billed[row.source] += row.amount_usd
    for name, amount in owed.items():
        checks.same("bill.held_carried", ("held", name), billed[name], amount, "usd")
