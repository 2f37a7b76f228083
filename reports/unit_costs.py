"""Unit cost for the reader: the plan's rows added up by workload and by column, with what is included said in words."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import StrEnum

from catalog.records import Record
from optimizer.net_cost.splitting import unit_cost
from optimizer.plan import Plan
from optimizer.plan_unit_cost import ColumnParts, CostParts, Part, TaggedCost, UnitCost, UnitCostRow

INCLUDED, NOT_STATED = "included", "not stated"
NO_WORKLOAD, NO_COLUMN, WHOLE, UNTAGGED = "(no workload)", "(no column)", "(the plan)", "(untagged)"
"""No id can be written like this."""
_PRICE = Decimal("0.000001")
_REQUEST_PRICE = Decimal("0.000000001")


class View(StrEnum):
    """By what cost is added up."""

    PLAN = "plan"
    WORKLOAD = "workload"
    OFFERING = "offering"
    API = "api"
    SPLIT = "split"
    FEATURE = "feature"
    CUSTOMER = "customer"
    NO_COLUMN = "none"
    """Work and payments that belong to no column."""


class UnitCostOf(CostParts):
    """Cost of a workload, of a column or of the whole plan in nine parts."""

    view: View
    name: str
    total_usd: Decimal
    headroom_usd: Decimal
    """The part of idle_capacity_usd that is kept free for bursts."""
    accepted_mtok: Decimal
    accepted_requests: Decimal
    usd_per_mtok: Decimal | None
    """None where nothing is served."""
    usd_per_request: Decimal | None
    included: tuple[Part, ...]
    """In the price of every column that serves it, and not told apart there: not 0."""
    not_stated: tuple[Part, ...]
    """Nobody says what it costs in any of these columns: unknown, not free."""


class UnitCostLine(Record):
    """Which rows of the plan's split a line adds up."""

    view: View
    name: str


def split_of(plan: Plan) -> UnitCost:
    """The split that the plan holds, or that a plan of an earlier version would."""
    return plan.unit_cost or unit_cost(plan)


def workload_name(row: UnitCostRow) -> str:
    """The workload of a row, in parentheses where there is none."""
    return row.workload or NO_WORKLOAD


def column_of(row: UnitCostRow | ColumnParts) -> UnitCostLine:
    """The column of a row, as a line."""
    if row.offering is not None:
        return UnitCostLine(view=View.OFFERING, name=row.offering)
    if row.api is not None:
        return UnitCostLine(view=View.API, name=row.api)
    if row.split is not None:
        return UnitCostLine(view=View.SPLIT, name=row.split)
    return UnitCostLine(view=View.NO_COLUMN, name=NO_COLUMN)


def lines_of(split: UnitCost) -> list[UnitCostLine]:
    """The whole plan, every workload, every column, in order."""
    workloads = [UnitCostLine(view=View.WORKLOAD, name=workload_name(row)) for row in split.rows]
    columns = {column_of(row): None for row in split.rows}
    order = list(View)
    ordered = sorted(columns, key=lambda line: (order.index(line.view), line.name))
    tags = dict.fromkeys(tag_of(row) for row in split.tags)
    return [UnitCostLine(view=View.PLAN, name=WHOLE), *dict.fromkeys(workloads), *ordered, *tags]


def tag_of(row: TaggedCost) -> UnitCostLine:
    """The tag of a row, as a line."""
    return UnitCostLine(view=View(row.kind.value), name=row.tag or UNTAGGED)


def rows_of(split: UnitCost, line: UnitCostLine) -> list[UnitCostRow]:
    """The rows that a line adds up, or of which it has a share."""
    if line.view in (View.FEATURE, View.CUSTOMER):
        workloads = {row.workload for row in split.tags if tag_of(row) == line}
        return [row for row in split.rows if row.workload in workloads]
    chosen: dict[View, Callable[[UnitCostRow], bool]] = {
        View.PLAN: lambda _: True,
        View.WORKLOAD: lambda row: workload_name(row) == line.name,
    }
    return list(filter(chosen.get(line.view, lambda row: column_of(row) == line), split.rows))


def words_for(split: UnitCost, line: UnitCostLine, part: Part) -> str | None:
    """What to say of a part instead of 0; None where it is an amount."""
    rows = rows_of(split, line)
    if any(row.of(part) for row in rows):
        return None
    columns = {column_of(row) for row in rows}
    said = [column for column in split.columns if column_of(column) in columns]
    if said and all(part in column.included for column in said):
        return INCLUDED
    if said and all(part in column.included or part in column.not_stated for column in said):
        return NOT_STATED
    return None


def unit_costs(plan: Plan) -> tuple[UnitCostOf, ...]:
    """Every line with its sums."""
    split = split_of(plan)
    return tuple(_summed(split, line) for line in lines_of(split))


def _summed(split: UnitCost, line: UnitCostLine) -> UnitCostOf:
    tagged = [row for row in split.tags if tag_of(row) == line]
    rows: Sequence[UnitCostRow | TaggedCost] = tagged or rows_of(split, line)
    total = _sum(row.all_parts_usd for row in rows)
    mtok, requests = _sum(row.accepted_mtok for row in rows), _sum(row.accepted_requests for row in rows)
    said = {part: words_for(split, line, part) for part in Part}
    parts = CostParts.made_of({part: _sum(row.of(part) for row in rows) for part in Part})
    return UnitCostOf(
        **parts.model_dump(),
        view=line.view,
        name=line.name,
        total_usd=total,
        headroom_usd=_sum(row.headroom_usd for row in rows),
        accepted_mtok=mtok,
        accepted_requests=requests,
        usd_per_mtok=(total / mtok).quantize(_PRICE) if mtok else None,
        usd_per_request=(total / requests).quantize(_REQUEST_PRICE) if requests else None,
        included=tuple(part for part in Part if said[part] == INCLUDED),
        not_stated=tuple(part for part in Part if said[part] == NOT_STATED),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
