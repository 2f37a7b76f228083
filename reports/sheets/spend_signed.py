"""Buy_Spend and Buy_Spend_Later: commitments of dollars an hour to sign, soonest deadline first."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.terms.common import Nature
from contracts.terms.spend_commitment import SpendCommitment
from optimizer.plan import CostLine
from optimizer.plan_contracts import CommittedSpend
from reports.facts import ALL_OUTLOOKS, Facts
from reports.formulas import ONE, Expr
from reports.functions import looked_up, months_later
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.charge_bills import BillCells, Bills
from reports.sheets.inputs import Inputs
from reports.sheets.signing import expected_value, forms, probability
from reports.sheets.spend_offers import RateRow


@dataclass(frozen=True, slots=True)
class SpendLists:
    """What is signed now, and what waits for its outlook (None where nothing waits)."""

    now: Records[CommittedSpend]
    later: Records[CommittedSpend] | None

    @property
    def all(self) -> tuple[Records[CommittedSpend], ...]:
        """The lists that are there."""
        return (self.now,) if self.later is None else (self.now, self.later)

    def _list_of(self, order: str) -> Records[CommittedSpend]:
        return next(records for records in self.all if any(row.order == order for row in records.rows))

    def bills(self) -> Bills:
        """Fees: dollars an hour x hours of the service, at the share that is paid then."""

        def term(row: CostLine, at: Line, header: str) -> Expr:
            records = self._list_of(row.order or "")
            return looked_up(at["Commitment"], records.column("Order"), records.column(header))

        def hours(row: CostLine, at: Line) -> Expr:
            return term(row, at, "USD per hour") * at["Service hours"]

        def upfront(row: CostLine, at: Line) -> Expr:
            return term(row, at, "Upfront share")

        def rest(row: CostLine, at: Line) -> Expr:
            return ONE - term(row, at, "Upfront share")

        return {
            Nature.SPEND_COMMITMENT_UPFRONT: BillCells(hours, upfront),
            Nature.SPEND_COMMITMENT_RECURRING: BillCells(hours, rest),
        }


def spend_lists(facts: Facts, inputs: Inputs, offers: Records[RateRow]) -> SpendLists:
    """One line per commitment; dollars and start are decisions, all else follows from the contract."""
    rows = sorted(facts.plan.committed_spend, key=lambda row: (row.order_by, row.order))
    later = [row for row in rows if row.outlook is not None and facts.several]
    more = f"Do NOT sign the {len(later)} commitments on sheet Buy_Spend_Later yet. " if later else ""
    now = write_records(
        Grid("Buy_Spend", "decisions"),
        "tblSpend",
        [*_which(), *_terms(offers), *_money(inputs), *forms(_quotes(facts))],
        [row for row in rows if row not in later],
        "Spend to commit: dollars an hour to sign, soonest deadline first",
        f"{more}Orange cells are the decisions. They are paid in every hour of the term, used or not; what they"
        " cover is on sheet Coverage, how well they are used on sheet Spend_Use.",
    )
    return SpendLists(now, _later(facts, inputs, offers, later) if later else None)


def _later(
    facts: Facts, inputs: Inputs, offers: Records[RateRow], rows: list[CommittedSpend]
) -> Records[CommittedSpend]:
    return write_records(
        Grid("Buy_Spend_Later", "decisions"),
        "tblSpendLater",
        [*_which(), *_terms(offers), *_money(inputs), *forms(_quotes(facts))],
        rows,
        "Spend to commit later: DO NOT sign before the outlook is known",
        "Each commitment is signed only if its outlook comes; those of different outlooks exclude each other.",
    )


def _quotes(facts: Facts) -> dict[str, SpendCommitment]:
    return {row.contract: row for row in facts.scenario.spend_commitments}


def _which() -> list[Field[CommittedSpend]]:
    return [
        Field("Order", lambda r, _: r.order),
        Field("Only if", lambda r, _: r.outlook or ALL_OUTLOOKS, Kind.DECISION),
        Field("Order by", lambda r, _: r.order_by, Kind.DECISION, Fmt.DATE),
        Field("Contract", lambda r, _: r.contract),
        Field("USD per hour", lambda r, _: r.usd_per_hour, Kind.DECISION, Fmt.PRICE),
        Field("Start", lambda r, _: r.start.first_day, Kind.DECISION, Fmt.DATE),
    ]


def _terms(offers: Records[RateRow]) -> list[Field[CommittedSpend]]:
    contract = offers.column("Contract")

    def term(header: str, fmt: Fmt = Fmt.TEXT) -> Field[CommittedSpend]:
        values = offers.column(header)
        return Field(header, lambda _, at: looked_up(at["Contract"], contract, values), Kind.LINK, fmt)

    return [
        term("Provider"),
        term("Flexible"),
        term("Term months", Fmt.WHOLE),
        Field("End", lambda _, at: months_later(at["Start"], at["Term months"]), Kind.CALC, Fmt.DATE),
        term("Upfront share", Fmt.SHARE),
    ]


def _money(inputs: Inputs) -> list[Field[CommittedSpend]]:
    def value(_: CommittedSpend, at: Line) -> Expr:
        return at["USD per hour"] * (at["End"] - at["Start"]) * inputs["HoursPerDay"]

    def monthly(_: CommittedSpend, at: Line) -> Expr:
        return (at["Order value USD"] - at["Upfront due USD"]) / at["Term months"]

    calc, money = Kind.CALC, Fmt.MONEY
    return [
        Field("Order value USD", value, calc, money),
        Field("Upfront due USD", lambda _, at: at["Order value USD"] * at["Upfront share"], calc, money),
        Field("Monthly on average USD", monthly, calc, money),
        probability(inputs),
        expected_value(),
    ]
