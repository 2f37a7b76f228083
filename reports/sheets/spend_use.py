"""Coverage and Spend_Use: which on-demand use commitments pay for, and what of their dollars is used or lost."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan import CostLine, Usage
from optimizer.plan_contracts import CommittedSpend, Coverage
from reports.facts import ALL_OUTLOOKS, Facts
from reports.formulas import ONE, ZERO, Expr, Where
from reports.functions import looked_up, months_later, quoted, ratio, sum_where
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.calendar import Calendar
from reports.sheets.charge_bills import BillCells, Bills, in_outlook
from reports.sheets.inputs import Inputs
from reports.sheets.spend_offers import RateRow
from reports.sheets.spend_signed import SpendLists


def coverage_sheet(facts: Facts, inputs: Inputs, calendar: Calendar, offers: Records[RateRow]) -> Records[Coverage]:
    """One line per outlook, commitment contract, on-demand contract, month and block."""
    offering = {row.contract: row.offering for row in facts.scenario.on_demand}
    order = {block: i for i, block in enumerate(facts.blocks)}
    rows = sorted(facts.plan.coverage, key=lambda r: (r.contract, r.covers, r.month, order[r.block], r.outlook))

    def rate(_: Coverage, at: Line) -> Expr:
        return sum_where(
            offers.column("Covered rate USD"),
            Where(offers.column("Contract"), "=", at["Contract"]),
            Where(offers.column("Covers"), "=", at["Covers"]),
        )

    covers, uplift = offers.column("Covers"), offers.column("Startup uplift")
    link, calc, number = Kind.LINK, Kind.CALC, Fmt.QUANTITY
    return write_records(
        Grid("Coverage", "decisions"),
        "tblCover",
        [
            Field("Contract", lambda r, _: r.contract),
            Field("Covers", lambda r, _: r.covers),
            Field("Offering", lambda r, _: offering[r.covers]),
            Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.DATE),
            Field("Block", lambda r, _: r.block),
            Field("Outlook", lambda r, _: r.outlook),
            Field("Nodes", lambda r, _: r.nodes, Kind.DECISION, number),
            Field("Hours of the block", lambda _, at: calendar.hours_in(at["Block"], at["Month"]), link, Fmt.WHOLE),
            Field("Node hours", lambda _, at: at["Nodes"] * at["Hours of the block"], calc, number),
            Field(
                "Probability",
                lambda _, at: looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities),
                link,
                Fmt.SHARE,
            ),
            Field("Expected node hours", lambda _, at: at["Node hours"] * at["Probability"], calc, number),
            Field("Startup uplift", lambda _, at: looked_up(at["Covers"], covers, uplift), link, Fmt.SHARE),
            Field(
                "Billed node hours",
                lambda _, at: at["Node hours"] * (ONE + at["Startup uplift"]),
                calc,
                number,
                total=True,
            ),
            Field("Covered rate USD", rate, link, Fmt.PRICE),
            Field(
                "Charged to the commitment USD",
                lambda _, at: at["Billed node hours"] * at["Covered rate USD"],
                calc,
                Fmt.CENTS,
            ),
        ],
        rows,
        "Coverage: on-demand use that spend commitments pay for",
        "Average nodes over the hours of a load block, of those on sheet Usage. Use is billed in full there, and what"
        " is covered is taken off again on Payments.",
    )


def coverage_bills(facts: Facts, inputs: Inputs, offers: Records[RateRow], coverage: Records[Coverage]) -> Bills:
    """What is covered, at the on-demand price of its month and outlook, below zero."""

    def hours(_: CostLine, at: Line) -> Expr:
        return sum_where(
            coverage.column("Billed node hours"),
            Where(coverage.column("Contract"), "=", at["Contract"]),
            Where(coverage.column("Offering"), "=", at["Offering"]),
            Where(coverage.column("Month"), "=", at["Service from"]),
            Where(coverage.column("Outlook"), "=", at["Outlook"]),
        )

    def signed(_: CostLine, at: Line) -> Expr:
        return looked_up(at["Offering"], offers.column("Offering"), offers.column("On demand USD"))

    def taken_off(row: CostLine, at: Line) -> Expr:
        return ZERO - in_outlook(facts, inputs, row, at)

    return {Nature.SPEND_COMMITMENT_COVERED: BillCells(hours, taken_off, signed)}


@dataclass(frozen=True, slots=True)
class MonthOfSpend:
    """A month in which something is committed under a contract, in one outlook."""

    contract: str
    outlook: str
    month: Month


def spend_use_sheet(
    facts: Facts, inputs: Inputs, lists: SpendLists, coverage: Records[Coverage], usage: Records[Usage]
) -> Records[MonthOfSpend]:
    """One line per contract, outlook and month of the horizon."""
    return write_records(
        Grid("Spend_Use", "decisions"),
        "tblSpendUse",
        [*_identity(), *_dollars(inputs, lists, coverage), *_shares(inputs, coverage, usage)],
        _months(facts),
        "Spend use: what of the committed dollars is used, and what is lost",
        "Used = covered use at its covered rates. What an hour does not use is lost. Coverage = covered share of"
        " all on-demand node-hours of the month.",
    )


def _months(facts: Facts) -> list[MonthOfSpend]:
    found = {
        MonthOfSpend(row.contract, outlook, month)
        for row in facts.plan.committed_spend
        for outlook in ([row.outlook] if row.outlook else facts.probability)
        for month in facts.months
        if row.start <= month < row.end
    }
    return sorted(found, key=lambda r: (r.contract, r.outlook, r.month))


def _identity() -> list[Field[MonthOfSpend]]:
    return [
        Field("Contract", lambda r, _: r.contract),
        Field("Outlook", lambda r, _: r.outlook),
        Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.MONTH),
    ]


def _dollars(inputs: Inputs, lists: SpendLists, coverage: Records[Coverage]) -> list[Field[MonthOfSpend]]:
    def signed(records: Records[CommittedSpend], at: Line, whose: Expr) -> Expr:
        return sum_where(
            records.column("USD per hour"),
            Where(records.column("Contract"), "=", at["Contract"]),
            Where(records.column("Only if"), "=", whose),
            Where(records.column("Start"), "<=", at["Month"]),
            Where(records.column("End"), ">", at["Month"]),
        )

    def later(_: MonthOfSpend, at: Line) -> Expr:
        return ZERO if lists.later is None else signed(lists.later, at, at["Outlook"])

    def active(_: MonthOfSpend, at: Line) -> Expr:
        return at["Signed now USD per hour"] + at["Signed later USD per hour"]

    def hours(_: MonthOfSpend, at: Line) -> Expr:
        return (months_later(at["Month"], ONE) - at["Month"]) * inputs["HoursPerDay"]

    def used(_: MonthOfSpend, at: Line) -> Expr:
        return _sum(coverage, "Charged to the commitment USD", at)

    calc, money = Kind.CALC, Fmt.CENTS
    return [
        Field("Signed now USD per hour", lambda _, at: signed(lists.now, at, quoted(ALL_OUTLOOKS)), calc, Fmt.PRICE),
        Field("Signed later USD per hour", later, calc, Fmt.PRICE),
        Field("Active USD per hour", active, calc, Fmt.PRICE),
        Field("Hours", hours, calc, Fmt.WHOLE),
        Field("Committed USD", lambda _, at: at["Active USD per hour"] * at["Hours"], calc, money),
        Field("Used USD", used, calc, money),
        Field("Lost USD", lambda _, at: at["Committed USD"] - at["Used USD"], calc, money),
        Field("Utilisation", lambda _, at: ratio(at["Used USD"], at["Committed USD"]), calc, Fmt.SHARE),
    ]


def _shares(inputs: Inputs, coverage: Records[Coverage], usage: Records[Usage]) -> list[Field[MonthOfSpend]]:
    def expected(header: str) -> Field[MonthOfSpend]:
        return Field(
            f"Expected {header[0].lower()}{header[1:]}",
            lambda _, at: at[header] * at["Probability"],
            Kind.CALC,
            Fmt.CENTS,
            total=True,
        )

    def on_demand(_: MonthOfSpend, at: Line) -> Expr:
        return sum_where(
            usage.column("Node hours"),
            Where(usage.column("Purchase kind"), "=", quoted("on_demand")),
            Where(usage.column("Month"), "=", at["Month"]),
            Where(usage.column("Outlook"), "=", at["Outlook"]),
        )

    calc, number = Kind.CALC, Fmt.QUANTITY
    return [
        Field("Covered node hours", lambda _, at: _sum(coverage, "Node hours", at), calc, number),
        Field("On demand node hours", on_demand, calc, number),
        Field("Coverage", lambda _, at: ratio(at["Covered node hours"], at["On demand node hours"]), calc, Fmt.SHARE),
        Field(
            "Probability",
            lambda _, at: looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities),
            Kind.LINK,
            Fmt.SHARE,
        ),
        expected("Committed USD"),
        expected("Used USD"),
        expected("Lost USD"),
    ]


def _sum(coverage: Records[Coverage], header: str, at: Line) -> Expr:
    return sum_where(
        coverage.column(header),
        Where(coverage.column("Contract"), "=", at["Contract"]),
        Where(coverage.column("Outlook"), "=", at["Outlook"]),
        Where(coverage.column("Month"), "=", at["Month"]),
    )
