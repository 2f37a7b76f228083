"""Stability again: what is told of orders against those approved, its value, and the limits of both."""

from collections import Counter
from decimal import Decimal, localcontext

from contracts.calendar import Month
from optimizer.audit.checks import FLOW_TOLERANCE, Checks, Place
from optimizer.audit.due import MONEY, cents
from optimizer.audit.dues_of_changes import Compared, compared
from optimizer.audit.figures import Inputs, exact
from optimizer.audit.statements import Statements
from optimizer.plan_changes import OrderChange


def check_stability(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Nothing is told where nothing was approved and no change is ruled; else every order, and the limits."""
    approved = Counter((row.contract, row.start) for row in inputs.scenario.approved_orders)
    for key, count in approved.items():
        checks.same("inputs.approved", key, count, 1, "rows")
    is_asked = bool(approved) or inputs.policy.stability is not None
    with localcontext(MONEY):
        own = {(row.contract, row.start): row for row in compared(inputs, stated)} if is_asked else {}
        _check_told(own, stated.changes, checks)
        _check_limits(inputs, tuple(own.values()), checks)


def _check_told(own: dict[tuple[str, Month], Compared], changes: tuple[OrderChange, ...], checks: Checks) -> None:
    told = {(row.contract, row.start): row for row in changes}
    for key in told.keys() - own.keys():
        checks.true("stability.told", key, False, left="told", operator="but", right="nothing to compare")
    for key, due in own.items():
        place: Place = ("order", *key)
        row = told.get(key)
        if not checks.true("stability.told", place, row is not None, left="not told", operator="but", right="due"):
            continue
        assert row is not None
        checks.same("stability.told", (*place, "approved"), row.approved, due.approved)
        checks.same("stability.told", (*place, "planned"), row.planned, due.planned)
        checks.same("stability.value", place, row.changed_usd, cents(due.changed_usd), "usd")


def _check_limits(inputs: Inputs, own: tuple[Compared, ...], checks: Checks) -> None:
    """Whatever is told: the limits hold for the orders themselves."""
    stability = inputs.policy.stability
    if stability is None:
        return
    changed = [row for row in own if row.difference]
    if stability.changed_usd_at_most is not None:
        usd = sum((row.changed_usd for row in changed), Decimal(0))
        allowed = exact(FLOW_TOLERANCE) * usd
        limit = stability.changed_usd_at_most
        checks.at_most_usd("stability.changed_usd", ("plan",), usd, limit, allowed=allowed)
    if stability.changed_orders_at_most is not None:
        most = stability.changed_orders_at_most
        checks.at_most("stability.changed_orders", ("plan",), len(changed), most, "orders", rounded=0)
