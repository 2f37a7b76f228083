"""Net cost on the screen: what a million accepted output tokens of each workload cost, part by part."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from optimizer.plan import Plan
from optimizer.plan_unit_cost import Part
from reports.console_tables import Column, table_lines, table_width, wrapped
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
    yield "Net cost of a million accepted output tokens, USD; its parts add up"
    dearest = sorted(lines[1:], key=lambda row: (-row.total_usd, row.name))
    shown = (whole, *dearest[:MOST])
    columns, rows = _table(shown, parts, ())
    folded: list[Part] = []
    while table_width(columns, rows) + len(INDENT) > width and len(parts) > len(folded) + 1:
        folded.append(min((part for part in parts if part not in folded), key=whole.of))
        columns, rows = _table(shown, [part for part in parts if part not in folded], folded)
    yield from (INDENT + line for line in table_lines(columns, rows))
    if len(dearest) > MOST:
        yield f"{INDENT}... and {len(dearest) - MOST} more (workbook, sheet Unit_Cost)"
    yield from wrapped(_said(whole), width, first=INDENT, rest=INDENT)


def _table(
    shown: Sequence[UnitCostOf], parts: Sequence[Part], folded: Sequence[Part]
) -> tuple[list[Column], list[tuple[str, ...]]]:
    """A column for every part, and one for those that are folded together because the screen is narrow."""
    groups = {part.words.lower(): (part,) for part in parts} | ({"the rest": tuple(folded)} if folded else {})
    columns = [Column("workload"), Column("all", right=True), *(Column(name, right=True) for name in groups)]
    rows = [
        (row.name, mtok_price(row.usd_per_mtok), *(_price(row, group) for group in groups.values())) for row in shown
    ]
    return columns, rows


def _price(row: UnitCostOf, parts: Sequence[Part]) -> str:
    usd = sum((row.of(part) for part in parts), Decimal(0))
    return mtok_price(usd / row.accepted_mtok if row.accepted_mtok else None)


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
