"""Purchases under volume tiers on the screen: what is used, what is bought, and why more."""

from collections.abc import Iterator
from decimal import Decimal

from contracts.terms.common import Nature
from optimizer.plan import Plan
from reports.console_tables import Column, table_lines
from reports.money_text import dollars

INDENT = "  "
MOST = 8
_COLUMNS = (
    Column("contract"),
    Column("outlook"),
    Column("window"),
    Column("used h", right=True),
    Column("bought h", right=True),
    Column("USD", right=True),
)


LEAST_NODE_HOURS = Decimal("0.5")
"""A window with less bought has what rounding leaves; it stands in the workbook."""


def volume_lines(plan: Plan) -> Iterator[str]:
    """One line for each window in which something is bought; nothing where nothing is."""
    bought_windows = [window for window in plan.volume if window.bought_node_hours >= LEAST_NODE_HOURS]
    if not bought_windows:
        return
    yield ""
    yield "Bought under volume tiers (more than is used where that is cheaper)"
    rows = []
    for row in sorted(bought_windows, key=lambda w: (w.contract, w.first, w.outlook)):
        lines = (
            line.amount_usd
            for line in plan.cost_lines
            if line.nature is Nature.VOLUME_USAGE
            and (line.source, line.outlook, line.service_first) == (row.contract, row.outlook, row.first)
        )
        used, bought = f"{row.used_node_hours:,.0f}", f"{row.bought_node_hours:,.0f}"
        window = f"{row.first} to {row.end + -1}"
        rows.append((row.contract, row.outlook, window, used, bought, dollars(sum(lines, Decimal(0)))))
    yield from (INDENT + line for line in table_lines(_COLUMNS, rows[:MOST]))
    if len(rows) > MOST:
        yield f"{INDENT}... and {len(rows) - MOST} more (workbook, sheet Volume)"
