"""Spend_Offers: spend commitments considered, with what they cover, at which rates, and what that saves."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.terms.spend_commitment import CoveredRate, SpendCommitment
from reports.facts import Facts
from reports.functions import looked_up, ratio
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Records, write_records
from reports.sheets.offers import OfferRow


@dataclass(frozen=True, slots=True)
class RateRow:
    """What a commitment takes for a node-hour of one on-demand contract."""

    terms: SpendCommitment
    rate: CoveredRate
    offering: str
    taken: bool


def spend_offers_sheet(facts: Facts, offers: Records[OfferRow]) -> Records[RateRow]:
    """One line per commitment and on-demand contract that it covers."""
    return write_records(
        Grid("Spend_Offers", "inputs"),
        "tblRates",
        [*_which(), *_prices(offers), *_terms(facts)],
        _rows(facts),
        "Spend offers: commitments of dollars an hour, and what they cover",
        "A commitment is paid in every hour of its term, used or not, and holds no capacity. Covered on-demand use is"
        " charged against it at the covered rate.",
    )


def _rows(facts: Facts) -> list[RateRow]:
    terms = {row.contract: row for row in facts.scenario.spend_commitments}
    offering = {row.contract: row.offering for row in facts.scenario.on_demand}
    taken = {row.contract for row in facts.plan.committed_spend}
    rates = sorted(facts.scenario.covered_rates, key=lambda r: (r.contract, r.covers))
    return [RateRow(terms[r.contract], r, offering[r.covers], r.contract in taken) for r in rates]


def _which() -> list[Field[RateRow]]:
    return [
        Field("Contract", lambda r, _: r.terms.contract),
        Field("Provider", lambda r, _: r.terms.provider),
        Field("Covers", lambda r, _: r.rate.covers),
        Field("Offering", lambda r, _: r.offering),
        Field("Flexible", lambda r, _: r.terms.flexible, Kind.INPUT),
        Field("Taken", lambda r, _: r.taken, Kind.DECISION),
    ]


def _prices(offers: Records[OfferRow]) -> list[Field[RateRow]]:
    keys, prices = offers.column("Contract"), offers.column("Price USD per node hour")
    uplift = offers.column("Startup uplift")
    return [
        Field("On demand USD", lambda _, at: looked_up(at["Covers"], keys, prices), Kind.LINK, Fmt.PRICE),
        Field("Covered rate USD", lambda r, _: r.rate.price_usd_per_node_hour, Kind.INPUT, Fmt.PRICE),
        Field(
            "Saves while used",
            lambda _, at: ratio(at["On demand USD"] - at["Covered rate USD"], at["On demand USD"]),
            Kind.CALC,
            Fmt.SHARE,
        ),
        Field("Startup uplift", lambda _, at: looked_up(at["Covers"], keys, uplift), Kind.LINK, Fmt.SHARE),
    ]


def _terms(facts: Facts) -> list[Field[RateRow]]:
    given = Kind.INPUT

    def day(month: object) -> object:
        return None if month is None else month.first_day  # type: ignore[attr-defined]

    return [
        Field("Term months", lambda r, _: r.terms.term_months, given, Fmt.WHOLE),
        Field("Upfront share", lambda r, _: r.terms.upfront_share, given, Fmt.SHARE),
        Field("Step USD per hour", lambda r, _: r.terms.step_usd_per_hour, given, Fmt.PRICE),
        Field("Least USD per hour", lambda r, _: r.terms.minimum_usd_per_hour, given, Fmt.PRICE),
        Field("Most USD per hour", lambda r, _: r.terms.maximum_usd_per_hour, given, Fmt.PRICE),
        Field("Earliest start", lambda r, _: day(r.terms.earliest_start), given, Fmt.DATE),
        Field("Latest start", lambda r, _: day(r.terms.latest_start), given, Fmt.DATE),
        Field("Starts every months", lambda r, _: r.terms.start_every_months, given, Fmt.WHOLE),
        Field("Quote", lambda r, _: r.terms.quote, given),
        Field("Quote valid until", lambda r, _: r.terms.quote_valid_until, given, Fmt.DATE),
        Field("Evidence", lambda r, _: r.rate.evidence.value, given),
        Field("As of", lambda r, _: r.rate.as_of, given, Fmt.DATE),
        Field("Fictitious", lambda r, _: r.terms.fictitious, given),
        Field("Source", lambda r, _: facts.source_of(r.rate), Kind.NOTE),
        Field("Pricing rule", lambda r, _: r.terms.pricing_rule, Kind.NOTE, wrap=True, max_width=44),
    ]
