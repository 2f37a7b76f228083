"""Portfolio: what is held when the plan begins: until when, its worth, its rights, and what becomes of it."""

from __future__ import annotations

from contracts.terms.held import HeldContract
from optimizer.plan_contracts import Right
from reports.facts import ALL_OUTLOOKS, Facts
from reports.formulas import ONE, Expr
from reports.functions import greatest, looked_up
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.courses import rights_of
from reports.sheets.inputs import Inputs
from reports.sheets.offers import OfferRow

_DONE = {Right.TERMINATE: "leave", Right.SWAP: "are swapped", Right.RENEW: "are renewed"}


def portfolio_sheet(facts: Facts, inputs: Inputs, offers: Records[OfferRow]) -> Records[HeldContract] | None:
    """One line for each held contract, the first to end first; None where nothing is held."""
    if not facts.held:
        return None
    return write_records(
        Grid("Portfolio", "decisions"),
        "tblPortfolio",
        [*_what(offers), *_worth(inputs), *_rights(facts)],
        sorted(facts.held, key=lambda row: (row.end, row.held)),
        "Portfolio: what is held when the plan begins, what it is still worth, and what becomes of it",
        "Remaining value is nodes x hours to the end of the term x price, whether paid already or not. Fees are sunk;"
        " to use what is held is free. Month by month: sheet Calc_Ladder.",
    )


def _what(offers: Records[OfferRow]) -> list[Field[HeldContract]]:
    def term(header: str, fmt: Fmt = Fmt.TEXT) -> Field[HeldContract]:
        keys, values = offers.column("Contract"), offers.column(header)
        return Field(header, lambda _, at: looked_up(at["Contract"], keys, values), Kind.LINK, fmt)

    return [
        Field("Contract", lambda r, _: r.held),
        term("Provider"),
        Field("Offering", lambda r, _: r.offering),
        Field("Nodes", lambda r, _: r.nodes, Kind.INPUT, Fmt.WHOLE),
        Field("Start", lambda r, _: r.start.first_day, Kind.INPUT, Fmt.DATE),
        Field("End", lambda r, _: r.end.first_day, Kind.INPUT, Fmt.DATE),
        term("Firm"),
        term("Price USD per node hour", Fmt.PRICE),
        term("Upfront share", Fmt.SHARE),
    ]


def _worth(inputs: Inputs) -> list[Field[HeldContract]]:
    def hours(_: HeldContract, at: Line) -> Expr:
        return (at["End"] - greatest(at["Start"], inputs["ModelStart"])) * inputs["HoursPerDay"]

    calc, money = Kind.CALC, Fmt.MONEY
    return [
        Field("Hours left", hours, calc, Fmt.WHOLE),
        Field(
            "Remaining value USD",
            lambda _, at: at["Nodes"] * at["Hours left"] * at["Price USD per node hour"],
            calc,
            money,
            total=True,
        ),
        Field(
            "Of it still to be paid USD",
            lambda _, at: at["Remaining value USD"] * (ONE - at["Upfront share"]),
            calc,
            money,
            total=True,
        ),
    ]


def _rights(facts: Facts) -> list[Field[HeldContract]]:
    def becomes(row: HeldContract, _: Line) -> str:
        used = rights_of(facts, row.held)
        said = [f"{each.nodes} {_DONE[each.right]} from {each.month}{_only(each.outlook)}" for each in used]
        return "; ".join(said) or f"runs to its end, {row.end}"

    return [
        Field("Rights", lambda r, _: _in_words(r), Kind.INPUT, wrap=True, max_width=48),
        Field("In this plan", becomes, Kind.DECISION, wrap=True, max_width=48),
    ]


def _only(outlook: str | None) -> str:
    return "" if outlook in (None, ALL_OUTLOOKS) else f" if {outlook} comes"


def _in_words(row: HeldContract) -> str:
    """Its rights, or that it has none."""
    said = []
    if row.terminable_after_months is not None:
        fee = f"for {row.termination_fee_share:.0%} of the rest" if row.termination_fee_share else "free"
        from_month = row.start + row.terminable_after_months
        said.append(f"terminable from {from_month}, {row.termination_notice_days} days notice, {fee}")
    if row.swap_to is not None and row.swap_after_months is not None:
        said.append(f"swap to {row.swap_to} from {row.start + row.swap_after_months}")
    if row.renewal_months is not None:
        itself = "renews by itself" if row.auto_renews else "renewable"
        said.append(
            f"{itself} {row.renewals_at_most} x {row.renewal_months} months at {row.renewal_price_factor} x the price,"
            f" {row.renewal_notice_days} days before the end"
        )
    return "; ".join(said) or "none"
