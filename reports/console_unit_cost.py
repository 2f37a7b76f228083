"""Net cost on the screen: what a million accepted output tokens of each workload cost, part by part."""

from collections.abc import Iterator
from decimal import Decimal

from optimizer.plan import Plan
from optimizer.plan_unit_cost import Part
from reports.console_tables import Column, table_lines, wrapped
from reports.money_text import mtok_price
from reports.unit_costs import UnitCostOf, View, unit_costs

INDENT = "  "
MOST = 10


def unit_cost_lines(plan: Plan, width: int) -> Iterator[str]:
    """Dollars for a million tokens, workload by workload; nothing where nothing is served."""
    lines = [row for row in unit_costs(plan) if row.view in (View.PLAN, View.WORKLOAD)]
    whole = lines[0]
    if not whole.accepted_mtok:
        return
    parts = [part for part in Part if any(row.of(part) for row in lines)]
    yield ""
    yield "Net cost of a million accepted output tokens, USD, in parts that add up to the plan"
    columns = [
        Column("workload"),
        Column("all", right=True),
        *(Column(part.words.lower(), right=True) for part in parts),
    ]
    dearest = sorted(lines[1:], key=lambda row: (-row.total_usd, row.name))
    rows = [_row(row, parts) for row in (whole, *dearest[:MOST])]
    yield from (INDENT + line for line in table_lines(columns, rows))
    if len(dearest) > MOST:
        yield f"{INDENT}... and {len(dearest) - MOST} more (workbook, sheet Unit_Cost)"
    yield from wrapped(_said(whole), width, first=INDENT, rest=INDENT)


def _row(row: UnitCostOf, parts: list[Part]) -> tuple[str, ...]:
    return (row.name, mtok_price(row.usd_per_mtok), *(_price(row, part) for part in parts))


def _price(row: UnitCostOf, part: Part) -> str:
    return mtok_price(row.of(part) / row.accepted_mtok if row.accepted_mtok else None)


def _said(whole: UnitCostOf) -> str:
    """How much is idle, and what stands in no column of the table."""
    idle = whole.idle_capacity_usd / whole.total_usd if whole.total_usd else Decimal(0)
    headroom = whole.headroom_usd / whole.total_usd if whole.total_usd else Decimal(0)
    words = f"Idle capacity is {idle:.1%} of the cost; {headroom:.1%} of the cost is kept free for bursts."
    if whole.included:
        words += f" Included in prices: {_names(whole.included)}."
    if whole.not_stated:
        words += f" Not stated, so unknown: {_names(whole.not_stated)}."
    return words


def _names(parts: tuple[Part, ...]) -> str:
    return ", ".join(part.words.lower() for part in parts)
