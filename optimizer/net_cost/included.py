"""Which parts the price of a column includes, and which nobody has stated."""

from collections.abc import Mapping
from decimal import Decimal

from contracts.terms.common import Nature
from optimizer.net_cost.bookings import NO_COLUMN, Cell, Column
from optimizer.net_cost.natures import BEGINS, Rule
from optimizer.plan import Plan
from optimizer.plan_unit_cost import ColumnParts, Part

OF_A_NODE = frozenset({Part.HOST, Part.NETWORK, Part.STORAGE_AND_CACHE, Part.POWER_OR_OVERHEAD})
"""What the rent of a node includes."""
OF_OWNED = OF_A_NODE - {Part.POWER_OR_OVERHEAD}
"""What the purchase of a node includes; power is billed apart."""
OF_A_TOKEN = OF_A_NODE | {Part.ORCHESTRATION}
TOLD_APART = (*sorted(OF_A_NODE, key=list(Part).index), Part.ORCHESTRATION)
"""The parts of which it can be said; the others are always amounts."""
OWNED = frozenset({Nature.OWNED_CAPEX, Nature.OWNED_RESIDUAL, Nature.OWNED_UPKEEP, Nature.OWNED_POWER})
PAYS_FOR_NODES = frozenset({Rule.NODES_BY_HOURS, Rule.NODES_BY_USE, Rule.COVERED})


def column_parts(plan: Plan, cells: Mapping[Cell, Decimal]) -> tuple[ColumnParts, ...]:
    """What is included in each column that has a cost, and what is not stated."""
    columns = {cell.user.column for cell in cells} - {NO_COLUMN}
    stated = {(cell.user.column, cell.part) for cell in cells}
    found = []
    for column in sorted(columns, key=lambda column: column.order):
        amounts = {part for part in TOLD_APART if (column, part) in stated}
        included = _in_the_price(plan, column)
        found.append(
            ColumnParts(
                offering=column.offering,
                api=column.api,
                split=column.split,
                included=tuple(part for part in TOLD_APART if part in included - amounts),
                not_stated=tuple(part for part in TOLD_APART if part not in included | amounts),
            )
        )
    return tuple(found)


def _in_the_price(plan: Plan, column: Column) -> frozenset[Part]:
    if column.api is not None:
        return OF_A_TOKEN
    if column.split is not None:
        (row,) = (row for row in plan.scenario.splits if row.split == column.split)
        prefill, decode = (_in_the_price(plan, Column(offering=o)) for o in (row.prefill_offering, row.decode_offering))
        return prefill & decode
    natures = {line.nature for line in plan.cost_lines if line.offering == column.offering}
    of_nodes = {nature for nature in natures if BEGINS[nature].rule in PAYS_FOR_NODES}
    return OF_OWNED if of_nodes and of_nodes <= OWNED else OF_A_NODE
