"""Api_Offers and Unit_Offers: what could be served by the token, at which prices and limits, and why not."""

from __future__ import annotations

from contracts.terms.api import ApiOffer, Provisioned
from optimizer.api_refusal_words import api_words
from reports.facts import Facts
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Records, write_records

MOST_REFUSALS = 3


def api_offers_sheet(facts: Facts) -> Records[ApiOffer]:
    """One line per API offer."""
    return write_records(
        Grid("Api_Offers", "inputs"),
        "tblApis",
        [*_who(facts), *_prices(), *_limits(), *_origin(facts)],
        sorted(facts.scenario.api_offers, key=lambda row: row.api),
        "API offers: models served by the token",
        "Prices of a million tokens. A price by the token is a price, not a goodput: there is no haircut."
        " After an event they count by the api_share of the event.",
    )


def _who(facts: Facts) -> list[Field[ApiOffer]]:
    taken = {row.api for row in facts.plan.api_placements}
    region = facts.scenario.catalog.region
    return [
        Field("API", lambda r, _: r.api),
        Field("Taken", lambda r, _: r.api in taken, Kind.DECISION),
        Field("Provider", lambda r, _: r.provider, Kind.INPUT),
        Field("Geography", lambda r, _: region[r.region].geography, Kind.INPUT),
        Field("Region", lambda r, _: r.region, Kind.INPUT),
        Field("Model", lambda r, _: r.model, Kind.INPUT),
    ]


def _prices() -> list[Field[ApiOffer]]:
    given, price = Kind.INPUT, Fmt.PRICE
    return [
        Field("Uncached input USD per Mtok", lambda r, _: r.price_usd_per_mtok_input, given, price),
        Field("Cached input USD per Mtok", lambda r, _: r.price_usd_per_mtok_cached_input, given, price),
        Field("Output USD per Mtok", lambda r, _: r.price_usd_per_mtok_output, given, price),
    ]


def _limits() -> list[Field[ApiOffer]]:
    given, number = Kind.INPUT, Fmt.WHOLE
    return [
        Field("Input tok per s at most", lambda r, _: r.input_tok_per_s_limit, given, number),
        Field("Output tok per s at most", lambda r, _: r.output_tok_per_s_limit, given, number),
        Field("TTFT ms", lambda r, _: r.ttft_ms, given, number),
        Field("TPOT ms", lambda r, _: r.tpot_ms, given, Fmt.QUANTITY),
        Field("At percentile", lambda r, _: r.percentile, given, number),
        Field("Longest request tok", lambda r, _: r.longest_request_tok, given, number),
        Field("Quality", lambda r, _: r.quality_score, given, Fmt.QUANTITY),
    ]


def _origin(facts: Facts) -> list[Field[ApiOffer]]:
    given, note = Kind.INPUT, Kind.NOTE
    return [
        Field("Evidence", lambda r, _: r.evidence.value, given),
        Field("As of", lambda r, _: r.as_of, given, Fmt.DATE),
        Field("Quote", lambda r, _: r.quote, given),
        Field("Fictitious", lambda r, _: r.fictitious, given),
        Field("May not serve", lambda r, _: _why_not(facts, r), wrap=True, max_width=60),
        Field("Source", lambda r, _: facts.source_of(r), note),
        Field("Pricing rule", lambda r, _: r.pricing_rule, note, wrap=True, max_width=44),
    ]


def _why_not(facts: Facts, offer: ApiOffer) -> str:
    """The classes of its model that it may not serve, each with the first reason."""
    refused = [row for row in facts.plan.api_refusals if row.api == offer.api]
    if not refused and all(row.model != offer.model for row in facts.scenario.workloads):
        return f"no workload asks for {offer.model}"
    said = [f"{r.workload}, {r.size_class}: {api_words(facts.scenario, r)}" for r in refused[:MOST_REFUSALS]]
    more = len(refused) - len(said)
    return "; ".join([*said, *([f"and {more} more"] if more else [])])


def unit_offers_sheet(facts: Facts) -> Records[Provisioned]:
    """One line per contract of provisioned throughput."""
    offers = {row.api: row for row in facts.scenario.api_offers}
    taken = {row.contract for row in facts.plan.provisioned}
    given, number, note = Kind.INPUT, Fmt.WHOLE, Kind.NOTE
    return write_records(
        Grid("Unit_Offers", "inputs"),
        "tblUnitOffers",
        [
            Field("Contract", lambda r, _: r.contract),
            Field("Taken", lambda r, _: r.contract in taken, Kind.DECISION),
            Field("API", lambda r, _: r.api, given),
            Field("Provider", lambda r, _: offers[r.api].provider, given),
            Field("USD per unit hour", lambda r, _: r.price_usd_per_unit_hour, given, Fmt.PRICE),
            Field("Term months", lambda r, _: r.term_months, given, number),
            Field("Uncached input tok per s per unit", lambda r, _: r.input_tok_per_s_per_unit, given, Fmt.QUANTITY),
            Field("Output tok per s per unit", lambda r, _: r.output_tok_per_s_per_unit, given, Fmt.QUANTITY),
            Field("Step units", lambda r, _: r.step_units, given, number),
            Field("Least units", lambda r, _: r.minimum_units, given, number),
            Field("Most units", lambda r, _: r.maximum_units, given, number),
            Field("Earliest start", lambda r, _: r.earliest_start and r.earliest_start.first_day, given, Fmt.DATE),
            Field("Latest start", lambda r, _: r.latest_start and r.latest_start.first_day, given, Fmt.DATE),
            Field("Starts every months", lambda r, _: r.start_every_months, given, number),
            Field("Quote", lambda r, _: r.quote, given),
            Field("Quote valid until", lambda r, _: r.quote_valid_until, given, Fmt.DATE),
            Field("Evidence", lambda r, _: r.evidence.value, given),
            Field("As of", lambda r, _: r.as_of, given, Fmt.DATE),
            Field("Fictitious", lambda r, _: r.fictitious, given),
            Field("Source", lambda r, _: facts.source_of(r), note),
            Field("Pricing rule", lambda r, _: r.pricing_rule, note, wrap=True, max_width=44),
        ],
        sorted(facts.scenario.provisioned, key=lambda row: row.contract),
        "Unit offers: provisioned throughput by the hour",
        "A unit is paid in every hour of its term, used or not. It carries a mix of uncached input and output tokens;"
        " cached input is free.",
    )
