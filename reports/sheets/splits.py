"""Split_Offers and Splits: which offerings can hand over, and what prefill on one and decode on another serves.

attempts = accepted tokens / output tokens / accepted per attempt      GB moved = attempts x GB per attempt
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.terms.common import Nature
from contracts.terms.split import Split
from optimizer.plan import CostLine
from optimizer.plan_splits import SplitPlacement, SplitServing
from reports.facts import Facts
from reports.formulas import Expr, Where
from reports.functions import looked_up, sum_where
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.calendar import Calendar
from reports.sheets.charge_bills import BillCells, Bills
from reports.sheets.inputs import Inputs
from reports.sheets.lock_in_parts import ON_CAPS
from reports.sheets.workloads import Class
from scenarios.policy import Grouping, ShareMeasure


@dataclass(frozen=True, slots=True)
class SplitSheets:
    """What was considered, what is served so, and how its lines are billed."""

    offers: Records[Split]
    served: Records[SplitPlacement] | None
    """None where the plan serves nothing by a split."""
    bills: Bills


def split_sheets(facts: Facts, inputs: Inputs, calendar: Calendar, workloads: Records[Class]) -> SplitSheets | None:
    """The sheets of a plan; none where no split was considered."""
    if not facts.split:
        return None
    offers = _offers_sheet(facts)
    if not facts.plan.split_placements:
        return SplitSheets(offers, None, {})
    served = _served_sheet(facts, inputs, calendar, workloads, offers)
    return SplitSheets(offers, served, _bills(offers, served))


def _offers_sheet(facts: Facts) -> Records[Split]:
    def why_not(split: str) -> str:
        rows = [row for row in facts.plan.split_refusals if row.split == split]
        return "; ".join(f"{r.workload} {r.size_class}{f' ({r.role})' if r.role else ''}: {r.text}" for r in rows)[:900]

    return write_records(
        Grid("Split_Offers", "inputs"),
        "tblSplitOffers",
        [
            Field("Split", lambda r, _: r.split),
            Field("Model", lambda r, _: r.model),
            Field("Precision", lambda r, _: r.precision),
            Field("Prefill offering", lambda r, _: r.prefill_offering),
            Field("Decode offering", lambda r, _: r.decode_offering),
            Field("USD per GB", lambda r, _: r.transfer_usd_per_gb, Kind.INPUT, Fmt.PRICE),
            Field("GB per s", lambda r, _: r.transfer_gb_per_s, Kind.NOTE, Fmt.QUANTITY),
            Field("Other handover ms", lambda r, _: r.handover_ms, Kind.NOTE, Fmt.QUANTITY),
            Field("Evidence", lambda r, _: r.evidence.value),
            Field("Source", lambda r, _: facts.source_of(r)),
            Field("What it may not serve", lambda r, _: why_not(r.split), wrap=True, max_width=60),
        ],
        list(facts.split.values()),
        "Split offers: prefill on one offering, decode on another",
        "The price per GB of cache is an input; the other figures decide what may be served so, and were fixed when the"
        " plan was made.",
    )


def _served_sheet(
    facts: Facts, inputs: Inputs, calendar: Calendar, workloads: Records[Class], offers: Records[Split]
) -> Records[SplitPlacement]:
    order = {block: i for i, block in enumerate(facts.blocks)}
    return write_records(
        Grid("Splits", "decisions"),
        "tblSplits",
        [
            *_decided(facts),
            *_moved(inputs, calendar, workloads, offers),
            *_expected(inputs),
            *_serving(facts),
            *_groups(facts),
        ],
        sorted(
            facts.plan.split_placements,
            key=lambda r: (r.split, r.workload, r.size_class, r.month, order[r.block], r.outlook, r.prefill_pool),
        ),
        "Splits: what is read on one offering and written on another",
        "Every attempt moves the cache of its whole prompt. On Calc_Routing the nodes of both roles stand with their"
        " offerings, the tokens with the one that writes.",
    )


def _decided(facts: Facts) -> list[Field[SplitPlacement]]:
    decision, number = Kind.DECISION, Fmt.QUANTITY
    return [
        Field("Split", lambda r, _: r.split),
        Field("Workload", lambda r, _: r.workload),
        Field("Size class", lambda r, _: r.size_class),
        Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.DATE),
        Field("Block", lambda r, _: r.block),
        Field("Outlook", lambda r, _: r.outlook),
        Field("Prefill offering", lambda r, _: facts.split[r.split].prefill_offering),
        Field("Prefill pool", lambda r, _: r.prefill_pool.value),
        Field("Decode offering", lambda r, _: facts.split[r.split].decode_offering),
        Field("Decode pool", lambda r, _: r.decode_pool.value),
        Field("Accepted tok per s", lambda r, _: r.accepted_tok_per_s, decision, number),
        Field("Prefill nodes", lambda r, _: r.prefill_nodes, decision, number),
        Field("Decode nodes", lambda r, _: r.decode_nodes, decision, number),
    ]


def _moved(
    inputs: Inputs, calendar: Calendar, workloads: Records[Class], offers: Records[Split]
) -> list[Field[SplitPlacement]]:
    def of_class(header: str, fmt: Fmt) -> Field[SplitPlacement]:
        def read(_: SplitPlacement, at: Line) -> Expr:
            return sum_where(
                workloads.column(header),
                Where(workloads.column("Workload"), "=", at["Workload"]),
                Where(workloads.column("Size class"), "=", at["Size class"]),
            )

        return Field(header, read, Kind.LINK, fmt)

    def tokens(_: SplitPlacement, at: Line) -> Expr:
        return at["Accepted tok per s"] * at["Hours of the block"] * inputs["SecondsPerHour"] / inputs["TokensPerMtok"]

    def attempts(_: SplitPlacement, at: Line) -> Expr:
        return at["Accepted Mtok"] * inputs["TokensPerMtok"] / at["Output tokens"] / at["Accepted per attempt"]

    prices = offers.column("Split"), offers.column("USD per GB")
    calc, number = Kind.CALC, Fmt.QUANTITY
    return [
        Field("Hours of the block", lambda _, at: calendar.hours_in(at["Block"], at["Month"]), Kind.LINK, Fmt.WHOLE),
        Field("Accepted Mtok", tokens, calc, number, total=True),
        of_class("Output tokens", Fmt.WHOLE),
        of_class("Accepted per attempt", Fmt.SHARE),
        Field("Attempts", attempts, calc, Fmt.WHOLE, total=True),
        Field("USD per GB", lambda _, at: looked_up(at["Split"], *prices), Kind.LINK, Fmt.PRICE),
    ]


def _expected(inputs: Inputs) -> list[Field[SplitPlacement]]:
    chances = inputs.outlooks, inputs.probabilities
    return [
        Field("Probability", lambda _, at: looked_up(at["Outlook"], *chances), Kind.LINK, Fmt.SHARE),
        Field(
            "Expected Mtok", lambda _, at: at["Accepted Mtok"] * at["Probability"], Kind.CALC, Fmt.QUANTITY, total=True
        ),
    ]


def _serving(facts: Facts) -> list[Field[SplitPlacement]]:
    figures = {
        (row.workload, row.size_class, row.split): row.serving
        for row in facts.plan.split_goodput
        if row.contingency is None
    }

    def of(row: SplitPlacement) -> SplitServing:
        return figures[row.workload, row.size_class, row.split]

    note, number = Kind.NOTE, Fmt.QUANTITY
    return [
        Field("GB per attempt", lambda r, _: of(r).kv_gb_per_attempt, Kind.DECISION, Fmt.FACTOR),
        Field("GB moved", lambda _, at: at["Attempts"] * at["GB per attempt"], Kind.CALC, number, total=True),
        Field("Transfer USD", lambda _, at: at["GB moved"] * at["USD per GB"], Kind.CALC, Fmt.CENTS, total=True),
        Field("Transfer ms", lambda r, _: of(r).transfer_ms, note, number),
        Field("TTFT left to prefill ms", lambda r, _: _told(of(r).ttft_left_ms), note, number),
        Field("Prefill TTFT ms", lambda r, _: _told(of(r).prefill.ttft_ms), note, number),
        Field("Decode TPOT ms", lambda r, _: _told(of(r).decode.tpot_ms), note, number),
        Field("Prefill node seconds", lambda r, _: of(r).prefill.node_seconds_per_attempt, note, Fmt.FACTOR),
        Field("Prefill evidence", lambda r, _: of(r).prefill.evidence.value),
        Field("Prefill haircut", lambda r, _: of(r).prefill.haircut_share, note, Fmt.SHARE),
        Field("Prefill percentile factor", lambda r, _: of(r).prefill.percentile_factor, note, number),
        Field("Decode node seconds", lambda r, _: of(r).decode.node_seconds_per_attempt, note, Fmt.FACTOR),
        Field("Decode evidence", lambda r, _: of(r).decode.evidence.value),
        Field("Decode haircut", lambda r, _: of(r).decode.haircut_share, note, Fmt.SHARE),
        Field("Decode percentile factor", lambda r, _: of(r).decode.percentile_factor, note, number),
    ]


def _told(ms: float | None) -> float | str:
    return "no limit" if ms is None else ms


def only_reads(by: Grouping) -> str:
    """The column with the group of the prefill offering, where the decode offering is in another."""
    return f"Reads for {by.value.replace('_', ' ')}"


def _groups(facts: Facts) -> list[Field[SplitPlacement]]:
    """For caps on tokens: a token counts for the group that reads, too."""
    rules = facts.scenario.policy.concentration
    return [_group(facts, by) for by in ON_CAPS if any((r.measure, r.by) == (ShareMeasure.TOKENS, by) for r in rules)]


def _group(facts: Facts, by: Grouping) -> Field[SplitPlacement]:
    def group(row: SplitPlacement, _: Line) -> str:
        split = facts.split[row.split]
        reads, writes = (facts.group_of(o, by) for o in (split.prefill_offering, split.decode_offering))
        return "" if reads == writes else reads

    return Field(only_reads(by), group)


def _bills(offers: Records[Split], served: Records[SplitPlacement]) -> Bills:
    """What moves in a month and outlook, at the price of the split."""

    def quantity(_: CostLine, at: Line) -> Expr:
        return sum_where(
            served.column("GB moved"),
            Where(served.column("Split"), "=", at["Contract"]),
            Where(served.column("Month"), "=", at["Service from"]),
            Where(served.column("Outlook"), "=", at["Outlook"]),
        )

    def price(_: CostLine, at: Line) -> Expr:
        return looked_up(at["Contract"], offers.column("Split"), offers.column("USD per GB"))

    return {Nature.KV_TRANSFER: BillCells(quantity, price)}
