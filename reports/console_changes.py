"""Changes against the approved orders on the screen: what is new, dropped or resized, and what may be."""

from collections.abc import Iterator
from decimal import Decimal

from optimizer.plan import Plan
from optimizer.plan_changes import OrderChange
from reports.console_tables import Column, table_lines, wrapped
from reports.money_text import dollars, usd

INDENT = "  "
MOST = 12
_COLUMNS = (
    Column("contract"),
    Column("start"),
    Column("approved", right=True),
    Column("planned", right=True),
    Column("changed USD", right=True),
    Column(""),
)


def change_lines(plan: Plan, width: int) -> Iterator[str]:
    """One line for each order that is not as approved; nothing where nothing is compared."""
    changes, stability = plan.changes_of_orders, plan.scenario.policy.stability
    if not changes and stability is None:
        return
    yield ""
    yield "Against the approved orders"
    changed = sorted((row for row in changes if row.is_changed), key=lambda row: (-row.changed_usd, row.contract))
    yield from wrapped(summary(plan), width, first=INDENT, rest=INDENT)
    rows = [
        (row.contract, str(row.start), f"{row.approved:f}", f"{row.planned:f}", dollars(row.changed_usd), what(row))
        for row in changed[:MOST]
    ]
    yield from (INDENT + line for line in (table_lines(_COLUMNS, rows) if rows else ()))
    if len(changed) > MOST:
        yield f"{INDENT}... and {len(changed) - MOST} more (workbook, sheet Changes)"


def what(row: OrderChange) -> str:
    """What became of an order.

    >>> from contracts.calendar import Month
    >>> change = {"contract": "a", "start": Month(2027, 1), "changed_usd": Decimal(1)}
    >>> [what(OrderChange(approved=a, planned=p, **change)) for a, p in ((0, 1), (1, 0), (1, 2))]
    ['new', 'dropped', 'resized']
    """
    if not row.approved:
        return "new"
    return "resized" if row.planned else "dropped"


def summary(plan: Plan) -> str:
    """How much is changed, and how much may be."""
    changes, stability = plan.changes_of_orders, plan.scenario.policy.stability
    count = sum(row.is_changed for row in changes)
    worth = sum((row.changed_usd for row in changes), Decimal(0))
    orders = "1 order differs" if count == 1 else f"{count:,} orders differ"
    said = [f"{orders}, worth {usd(worth)} as signed; {len(changes) - count:,} as approved"]
    if stability is not None:
        limits = [
            *([] if stability.changed_usd_at_most is None else [usd(stability.changed_usd_at_most)]),
            *([] if stability.changed_orders_at_most is None else [f"{stability.changed_orders_at_most:,} orders"]),
        ]
        said += [f"allowed are {' and '.join(limits)}"] if limits else []
        price = stability.price_per_changed_usd
        said += [f"{price:.2%} counted for a changed dollar, {usd(plan.totals.stability_price_usd)}"] if price else []
    return "; ".join(said)
