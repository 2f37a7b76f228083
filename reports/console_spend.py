"""Spend commitments on the screen: what is signed by when, how well it is used, and what the provider bills instead."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from contracts.terms.spend_commitment import charged_usd_per_node_hour
from optimizer.plan import Plan
from optimizer.plan_contracts import CommittedSpend
from reports.console_tables import Column, table_lines, wrapped
from reports.money_text import dollars

INDENT = "  "
MOST = 10
_COLUMNS = (
    Column("sign by"),
    Column("only if"),
    Column("contract"),
    Column("USD/h", right=True),
    Column("starts"),
    Column("ends"),
    Column("commitment USD", right=True),
    Column("used", right=True),
)


def spend_lines(plan: Plan, width: int) -> Iterator[str]:
    """What is committed an hour; nothing where nothing is."""
    signed = plan.committed_spend
    if not signed:
        return
    yield ""
    yield "Dollars an hour to commit, paid in every hour, used or not (on-demand use at lower rates is charged to them)"
    used = _used_share(plan)
    rows = [_row(plan, row, used.get(row.contract)) for row in sorted(signed, key=lambda r: (r.order_by, r.order))]
    columns = list(_COLUMNS)
    if all(row.outlook is None for row in signed):
        columns.pop(1)
        rows = [(first, *rest) for first, _, *rest in rows]
    yield from (INDENT + line for line in table_lines(columns, rows[:MOST]))
    if len(rows) > MOST:
        yield f"{INDENT}... and {len(rows) - MOST} more (workbook, sheet Buy_Spend)"
    if any(row.outlook for row in signed):
        words = "those with an outlook are NOT to be signed before it is known"
        yield from wrapped(words, width, first=INDENT, rest=INDENT)


def _row(plan: Plan, row: CommittedSpend, used: float | None) -> tuple[str, ...]:
    fees = (line.amount_usd for line in plan.cost_lines if line.order == row.order)
    share = "-" if used is None else f"{used:.0%}"
    amount = dollars(sum(fees, Decimal(0)))
    start, end = str(row.start), str(row.end)
    return (str(row.order_by), row.outlook or "-", row.contract, f"{row.usd_per_hour:,.2f}", start, end, amount, share)


def _used_share(plan: Plan) -> dict[str, float]:
    """Expected share of the dollars of each contract that is used in the horizon."""
    scenario = plan.scenario
    chance = {row.outlook: row.probability for row in scenario.outlooks}
    hours = {(b.block, month): b.hours_in(month) for b in scenario.blocks.blocks for month in scenario.horizon.months}
    on_demand = {terms.contract: terms for terms in scenario.on_demand}
    charged = {
        (rate.contract, rate.covers): float(charged_usd_per_node_hour(rate, on_demand[rate.covers]))
        for rate in scenario.covered_rates
    }
    used: dict[str, float] = defaultdict(float)
    for row in plan.coverage:
        node_hours = row.nodes * hours[row.block, row.month]
        used[row.contract] += chance[row.outlook] * node_hours * charged[row.contract, row.covers]
    committed: dict[str, float] = defaultdict(float)
    for order in plan.committed_spend:
        months = [month for month in scenario.horizon.months if order.start <= month < order.end]
        weight = chance[order.outlook] if order.outlook else 1.0
        committed[order.contract] += weight * float(order.usd_per_hour) * sum(month.hours for month in months)
    return {contract: used[contract] / usd for contract, usd in committed.items() if usd}
