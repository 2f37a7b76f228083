"""Unit_Cost: cost per million accepted output tokens in nine parts; Cost_Split: the rows; Cost_Tags: their tags."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.plan_unit_cost import Part, TaggedCost, UnitCost, UnitCostRow
from reports.facts import Facts
from reports.formulas import Expr, Where
from reports.functions import ratio, sum_where, total
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.unit_costs import (
    UNTAGGED,
    UnitCostLine,
    View,
    column_of,
    lines_of,
    split_of,
    words_for,
    workload_name,
)


@dataclass(frozen=True, slots=True)
class UnitCostSheets:
    """The split as the plan states it, and what it comes to."""

    split: Records[UnitCostRow]
    lines: Records[UnitCostLine]
    tags: Records[TaggedCost] | None
    """None where nothing is tagged."""


def unit_cost_sheets(facts: Facts) -> UnitCostSheets:
    """Both sheets."""
    published = split_of(facts.plan)
    split = _split_sheet(published)
    tags = _tags_sheet(published, split) if published.tags else None
    return UnitCostSheets(split, _lines_sheet(published, split, tags), tags)


def usd_of(part: Part) -> str:
    """Header of a part."""
    return f"{part.words} USD"


def _split_sheet(published: UnitCost) -> Records[UnitCostRow]:
    def part_field(part: Part) -> Field[UnitCostRow]:
        return Field(usd_of(part), lambda r, _: r.of(part), Kind.DECISION, Fmt.CENTS, total=True)

    def whole(_: UnitCostRow, at: Line) -> Expr:
        first, *others = (at[usd_of(part)] for part in Part)
        for other in others:
            first = first + other
        return first

    decided = Kind.DECISION
    return write_records(
        Grid("Cost_Split", "workings"),
        "tblCostSplit",
        [
            Field("Workload", lambda r, _: workload_name(r)),
            Field("Size class", lambda r, _: r.size_class or "-"),
            Field("Served by", lambda r, _: column_of(r).view.value),
            Field("Column", lambda r, _: column_of(r).name),
            *(part_field(part) for part in Part),
            Field("Total USD", whole, Kind.CALC, Fmt.CENTS, total=True),
            Field("Headroom USD", lambda r, _: r.headroom_usd, decided, Fmt.CENTS, total=True),
            Field("Accepted Mtok", lambda r, _: r.accepted_mtok, decided, Fmt.QUANTITY, total=True),
            Field("Accepted requests", lambda r, _: r.accepted_requests, decided, Fmt.WHOLE, total=True),
            *_prices("USD per Mtok", "USD per request"),
        ],
        published.rows,
        "Cost split: who bears which part of the effective cost of the horizon",
        "As the plan states it, expected over the outlooks. Headroom is a part of idle capacity: kept free for bursts."
        " A column is what serves: an offering, an API or a split.",
    )


def _prices(per_mtok: str, per_request: str) -> list[Field[UnitCostRow]]:
    return [
        Field(per_mtok, lambda _, at: ratio(at["Total USD"], at["Accepted Mtok"]), Kind.CALC, Fmt.PRICE),
        Field(per_request, lambda _, at: ratio(at["Total USD"], at["Accepted requests"]), Kind.CALC, Fmt.FACTOR),
    ]


def _tags_sheet(published: UnitCost, split: Records[UnitCostRow]) -> Records[TaggedCost]:
    """Shares of workloads; what is untagged is what the plan says is left."""

    def of_workload(header: str, fmt: Fmt) -> Field[TaggedCost]:
        def share(_: TaggedCost, at: Line) -> Expr:
            workload = Where(split.column("Workload"), "=", at["Workload"])
            return at["Token share"] * sum_where(split.column(header), workload)

        return Field(header, share, Kind.CALC, fmt)

    return write_records(
        Grid("Cost_Tags", "workings"),
        "tblCostTags",
        [
            Field("View", lambda r, _: r.kind.value),
            Field("Of", lambda r, _: r.tag or UNTAGGED),
            Field("Workload", lambda r, _: r.workload),
            Field("Token share", lambda r, _: r.token_share, fmt=Fmt.FACTOR, kind_of=_left_or_typed),
            *(of_workload(usd_of(part), Fmt.CENTS) for part in Part),
            of_workload("Total USD", Fmt.CENTS),
            of_workload("Headroom USD", Fmt.CENTS),
            of_workload("Accepted Mtok", Fmt.QUANTITY),
            of_workload("Accepted requests", Fmt.WHOLE),
        ],
        published.tags,
        "Cost tags: features and customers, workload by workload",
        "A tag has its share of every part of the workload: within a workload all accepted tokens cost the same.",
    )


def _left_or_typed(row: TaggedCost, _: object) -> Kind:
    return Kind.DECISION if row.tag is None else Kind.INPUT


def _lines_sheet(
    published: UnitCost, split: Records[UnitCostRow], tags: Records[TaggedCost] | None
) -> Records[UnitCostLine]:
    calc = Kind.CALC

    def added(header: str, line: UnitCostLine, at: Line) -> Expr:
        column = split.column(header)
        if line.view is View.PLAN:
            return total(column)
        if line.view is View.WORKLOAD:
            return sum_where(column, Where(split.column("Workload"), "=", at["Of"]))
        if tags is not None and line.view in (View.FEATURE, View.CUSTOMER):
            tag = Where(tags.column("Of"), "=", at["Of"])
            return sum_where(tags.column(header), Where(tags.column("View"), "=", at["View"]), tag)
        served_by = Where(split.column("Served by"), "=", at["View"])
        return sum_where(column, served_by, Where(split.column("Column"), "=", at["Of"]))

    def part_field(part: Part) -> Field[UnitCostLine]:
        def amount(line: UnitCostLine, at: Line) -> Expr | str:
            return words_for(published, line, part) or added(usd_of(part), line, at)

        turns = part is Part.ACCELERATOR
        return Field(usd_of(part), amount, Kind.CALC, Fmt.MONEY, kind_of=_said, new_page=turns)

    def of_a_mtok(part: Part) -> Field[UnitCostLine]:
        def price(line: UnitCostLine, at: Line) -> Expr | str:
            said = words_for(published, line, part)
            return said or ratio(added(usd_of(part), line, at), at["Accepted Mtok"])

        return Field(f"{usd_of(part)} per Mtok", price, Kind.CALC, Fmt.PRICE, kind_of=_said)

    def sum_field(header: str, fmt: Fmt) -> Field[UnitCostLine]:
        return Field(header, lambda line, at: added(header, line, at), Kind.CALC, fmt)

    return write_records(
        Grid("Unit_Cost", "read"),
        "tblUnitCost",
        [
            Field("View", lambda r, _: r.view.value),
            Field("Of", lambda r, _: r.name),
            sum_field("Accepted Mtok", Fmt.WHOLE),
            sum_field("Accepted requests", Fmt.WHOLE),
            sum_field("Total USD", Fmt.MONEY),
            Field("USD per Mtok", lambda _, at: ratio(at["Total USD"], at["Accepted Mtok"]), calc, Fmt.PRICE),
            Field("USD per request", lambda _, at: ratio(at["Total USD"], at["Accepted requests"]), calc, Fmt.FACTOR),
            *(of_a_mtok(part) for part in Part),
            *(part_field(part) for part in Part),
            sum_field("Headroom USD", Fmt.MONEY),
        ],
        lines_of(published),
        "Unit cost: what a million accepted output tokens cost, in nine parts",
        "Effective cost of the horizon. included: in the price of the node or the token. not stated: unknown, not free."
        " Idle capacity holds the headroom.",
    )


def _said(_: UnitCostLine, what: object) -> Kind:
    return Kind.NOTE if isinstance(what, str) else Kind.CALC
