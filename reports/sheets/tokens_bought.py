"""Tokens_Bought and Rate_Limits: what is served by the token, block by block, and how near the limits it comes.

output Mtok = accepted Mtok / accepted per attempt      input Mtok = output Mtok x input tokens / output tokens
cached input = input x cache hit share                  dollars = each kind of token at its price
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.calendar import Month
from contracts.terms.api import ApiOffer
from contracts.terms.common import Nature
from optimizer.plan import CostLine
from optimizer.plan_contracts import ApiPlacement
from reports.facts import BY_THE_TOKEN, KINDS_OF_TOKENS, Facts
from reports.formulas import Area, Expr, Where
from reports.functions import looked_up, quoted, ratio, sum_where
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.calendar import Calendar
from reports.sheets.charge_bills import BillCells, Bills
from reports.sheets.inputs import Inputs
from reports.sheets.workloads import Class


def tokens_bought_sheet(
    facts: Facts, inputs: Inputs, calendar: Calendar, workloads: Records[Class], offers: Records[ApiOffer]
) -> Records[ApiPlacement]:
    """One line per outlook, offer, contract, size class, month and block."""
    order = {block: i for i, block in enumerate(facts.blocks)}
    rows = sorted(
        facts.plan.api_placements,
        key=lambda r: (r.api, r.contract or "", r.workload, r.size_class, r.month, order[r.block], r.outlook),
    )
    return write_records(
        Grid("Tokens_Bought", "decisions"),
        "tblTok",
        [*_decided(facts), *_gross(inputs, calendar, workloads), *_dollars(inputs, offers)],
        rows,
        "Tokens bought: what is served by the token",
        "Every attempt pays for all of its tokens. What units carry stands here too, at the prices of its API, which is"
        " its list price; it is billed by the unit.",
    )


def _decided(facts: Facts) -> list[Field[ApiPlacement]]:
    provider = {row.api: row.provider for row in facts.scenario.api_offers}
    return [
        Field("API", lambda r, _: r.api),
        Field("Provider", lambda r, _: provider[r.api]),
        Field("Carried by", lambda r, _: r.contract or BY_THE_TOKEN),
        Field("Workload", lambda r, _: r.workload),
        Field("Size class", lambda r, _: r.size_class),
        Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.DATE),
        Field("Block", lambda r, _: r.block),
        Field("Outlook", lambda r, _: r.outlook),
        Field("Accepted tok per s", lambda r, _: r.accepted_tok_per_s, Kind.DECISION, Fmt.QUANTITY),
    ]


def _gross(inputs: Inputs, calendar: Calendar, workloads: Records[Class]) -> list[Field[ApiPlacement]]:
    def of_class(header: str, fmt: Fmt) -> Field[ApiPlacement]:
        def read(_: ApiPlacement, at: Line) -> Expr:
            return sum_where(
                workloads.column(header),
                Where(workloads.column("Workload"), "=", at["Workload"]),
                Where(workloads.column("Size class"), "=", at["Size class"]),
            )

        return Field(header, read, Kind.LINK, fmt)

    def rate(header: str, of: str) -> Field[ApiPlacement]:
        return Field(
            header, lambda _, at: at[of] / at["Hours of the block"] / _mtok_per_s(inputs), Kind.CALC, Fmt.QUANTITY
        )

    calc, number = Kind.CALC, Fmt.QUANTITY
    return [
        Field("Hours of the block", lambda _, at: calendar.hours_in(at["Block"], at["Month"]), Kind.LINK, Fmt.WHOLE),
        Field(
            "Accepted Mtok",
            lambda _, at: at["Accepted tok per s"] * at["Hours of the block"] * _mtok_per_s(inputs),
            calc,
            number,
            total=True,
        ),
        of_class("Input tokens", Fmt.WHOLE),
        of_class("Output tokens", Fmt.WHOLE),
        of_class("Cache hit share", Fmt.SHARE),
        of_class("Accepted per attempt", Fmt.SHARE),
        Field("Output Mtok", lambda _, at: at["Accepted Mtok"] / at["Accepted per attempt"], calc, number, total=True),
        Field("Input Mtok", lambda _, at: at["Output Mtok"] * at["Input tokens"] / at["Output tokens"], calc, number),
        Field("Cached input Mtok", lambda _, at: at["Input Mtok"] * at["Cache hit share"], calc, number, total=True),
        Field(
            "Uncached input Mtok", lambda _, at: at["Input Mtok"] - at["Cached input Mtok"], calc, number, total=True
        ),
        rate("Input tok per s", "Input Mtok"),
        rate("Uncached input tok per s", "Uncached input Mtok"),
        rate("Output tok per s", "Output Mtok"),
    ]


def _mtok_per_s(inputs: Inputs) -> Expr:
    """Mtok of an hour at one token per second."""
    return inputs["SecondsPerHour"] / inputs["TokensPerMtok"]


def _dollars(inputs: Inputs, offers: Records[ApiOffer]) -> list[Field[ApiPlacement]]:
    def price(kind: str) -> Field[ApiPlacement]:
        header = f"{kind} USD per Mtok"
        keys, prices = offers.column("API"), offers.column(header)
        return Field(header, lambda _, at: looked_up(at["API"], keys, prices), Kind.LINK, Fmt.PRICE)

    def at_prices(_: ApiPlacement, at: Line) -> Expr:
        first, *others = (at[f"{kind} Mtok"] * at[f"{kind} USD per Mtok"] for kind in KINDS_OF_TOKENS)
        whole = first
        for part in others:
            whole = whole + part
        return whole

    chances = inputs.outlooks, inputs.probabilities
    calc = Kind.CALC
    return [
        *(price(kind) for kind in KINDS_OF_TOKENS),
        Field("At API prices USD", at_prices, calc, Fmt.CENTS),
        Field(
            "USD per accepted Mtok", lambda _, at: ratio(at["At API prices USD"], at["Accepted Mtok"]), calc, Fmt.PRICE
        ),
        Field("Probability", lambda _, at: looked_up(at["Outlook"], *chances), Kind.LINK, Fmt.SHARE),
        Field("Expected Mtok", lambda _, at: at["Accepted Mtok"] * at["Probability"], calc, Fmt.QUANTITY, total=True),
        Field("Expected USD", lambda _, at: at["At API prices USD"] * at["Probability"], calc, Fmt.CENTS, total=True),
    ]


def token_bills(facts: Facts, bought: Records[ApiPlacement], offers: Records[ApiOffer]) -> Bills:
    """Tokens of a month and outlook that are paid by the token, each kind at its price."""

    def header(row: CostLine, what: str) -> str:
        return f"{facts.token_parts[row.line]} {what}"

    def quantity(row: CostLine, at: Line) -> Expr:
        return sum_where(
            bought.column(header(row, "Mtok")),
            Where(bought.column("API"), "=", at["Contract"]),
            Where(bought.column("Carried by"), "=", quoted(BY_THE_TOKEN)),
            Where(bought.column("Month"), "=", at["Service from"]),
            Where(bought.column("Outlook"), "=", at["Outlook"]),
        )

    def price(row: CostLine, at: Line) -> Expr:
        return looked_up(at["Contract"], offers.column("API"), offers.column(header(row, "USD per Mtok")))

    return {Nature.API_USAGE: BillCells(quantity, price)}


@dataclass(frozen=True, slots=True)
class Limited:
    """An API offer in a block in which something is paid by the token."""

    api: str
    month: Month
    block: str
    outlook: str


def rate_limits_sheet(facts: Facts, bought: Records[ApiPlacement], offers: Records[ApiOffer]) -> Records[Limited]:
    """One line per outlook, offer, month and block: tokens per second against both limits."""
    order = {block: i for i, block in enumerate(facts.blocks)}
    rows = sorted(
        {Limited(r.api, r.month, r.block, r.outlook) for r in facts.plan.api_placements if r.contract is None},
        key=lambda r: (r.api, r.month, order[r.block], r.outlook),
    )

    def rate(kind: str) -> Field[Limited]:
        header = f"{kind} tok per s"

        def added(_: Limited, at: Line) -> Expr:
            return sum_where(
                bought.column(header),
                Where(bought.column("API"), "=", at["API"]),
                Where(bought.column("Carried by"), "=", at["Carried by"]),
                Where(bought.column("Month"), "=", at["Month"]),
                Where(bought.column("Block"), "=", at["Block"]),
                Where(bought.column("Outlook"), "=", at["Outlook"]),
            )

        return Field(header, added, Kind.CALC, Fmt.QUANTITY)

    def limit(kind: str) -> Field[Limited]:
        header = f"{kind} tok per s at most"
        keys, values = offers.column("API"), offers.column(header)
        return Field(header, lambda _, at: looked_up(at["API"], keys, values), Kind.LINK, Fmt.WHOLE)

    def used(kind: str) -> Field[Limited]:
        return Field(
            f"{kind} limit used",
            lambda _, at: ratio(at[f"{kind} tok per s"], at[f"{kind} tok per s at most"]),
            Kind.CALC,
            Fmt.SHARE,
        )

    return write_records(
        Grid("Rate_Limits", "workings"),
        "tblLimits",
        [
            Field("API", lambda r, _: r.api),
            Field("Carried by", lambda *_: BY_THE_TOKEN),
            Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.DATE),
            Field("Block", lambda r, _: r.block),
            Field("Outlook", lambda r, _: r.outlook),
            *(make(kind) for kind in ("Input", "Output") for make in (rate, limit, used)),
        ],
        rows,
        "Rate limits: tokens per second against what the API allows",
        "Cached input counts in the limit for input. What units carry is not under these limits.",
    )


def by_api_and_month(bought: Records[ApiPlacement], header: str, api: Expr, day: Expr) -> Expr:
    """A column of an API in a month, all outlooks as expected."""
    keys: list[tuple[Area, Expr]] = [(bought.column("API"), api), (bought.column("Month"), day)]
    return sum_where(bought.column(header), *(Where(area, "=", key) for area, key in keys))
