"""Kind `litellm`: model_prices_and_context_window.json of litellm -> API offers.

The file lists prices by the token. Where an offer is, how fast it answers, how much it lets through and how good it is
are not public: a table says so for each entry that is wanted, and nothing is imported that it does not name.
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal

from catalog.findings import Code, Finding, InputRejected, did_you_mean, shown
from catalog.loading import Placed, TableSpec, read_table
from catalog.reading_csv import RawRow
from catalog.reading_text import Source
from catalog.records import Evidence, Id, NonNegative, Positive, Record, Text
from catalog.slugs import slug
from contracts.terms.api import ApiOffer
from scenarios.importing.given import Given
from scenarios.importing.harvest import Harvest, NewRow
from scenarios.importing.source import Cells, json_rows, wanted
from scenarios.inputs import Inputs

TOKENS = 1_000_000
_ANSWERING = ("chat", "completion", "responses")
_THOUSANDS_ABOVE = re.compile(r"(?:input|output)_cost_per_token_above_([0-9]+)k_tokens")


class OfferGiven(Record):
    """What the price list does not say of an entry; the columns mean what they mean in api_offers."""

    listed_as: Text
    """Name of the entry in the price list."""
    api: Id
    """Name that the offer gets."""
    provider: Id | None = None
    """Blank: the provider that the price list names."""
    region: Id
    model: Id
    quality_score: NonNegative
    input_tok_per_s_limit: Positive
    output_tok_per_s_limit: Positive
    ttft_ms: Positive
    tpot_ms: Positive
    percentile: Literal[50, 90, 95, 99]
    longest_request_tok: Positive | None = None
    """Blank: max_input_tokens of the price list."""


OFFERS = TableSpec("offers", (OfferGiven,), ("listed_as", "region"))


def read_litellm(inputs: Inputs, given: Given, offers: Path) -> Harvest:
    """The entries that `offers` names, as API offers; InputRejected if either file cannot be read."""
    findings: list[Finding] = []
    table, _ = read_table(OFFERS, [Source(offers, offers.name)], findings)
    if findings:
        raise InputRejected(findings)
    refused: list[Finding] = []
    rows = json_rows(given.file, refused)
    given.day()
    fitting, left_out = wanted(rows, given.where)
    entries = {row.where.subject or "": row for row in fitting}
    new: list[NewRow] = []
    for placed in table.placed:
        entry = entries.get(placed.record.listed_as)
        if entry is None:
            refused.append(_not_listed(placed, entries, given))
        elif (offer := _offer(placed.record, Cells(entry, refused), given)) is not None:
            new.append(NewRow("api_offers", offer, entry.where))
    named = {placed.record.listed_as for placed in table.placed}
    return Harvest(len(rows), tuple(new), tuple(refused), left_out + len(entries.keys() - named))


def _not_listed(placed: Placed[OfferGiven], entries: Mapping[str, RawRow], given: Given) -> Finding:
    name = placed.record.listed_as
    return Finding(
        Code.REFERENCE,
        placed.at("listed_as"),
        shown(name),
        f"an entry of {given.file.name}",
        did_you_mean(name, entries),
    )


def _offer(stated: OfferGiven, cells: Cells, given: Given) -> ApiOffer | None:
    """An entry with what is stated of it; None, with findings, if it is no offer that can be planned with."""
    before = len(cells.findings)
    input_usd, output_usd = (cells.usd(f"{name}_cost_per_token", TOKENS) for name in ("input", "output"))
    cached = "cache_read_input_token_cost"
    cached_usd = cells.usd(cached, TOKENS) if cells.has(cached) else input_usd
    longest = stated.longest_request_tok or cells.positive("max_input_tokens")
    provider = stated.provider or slug(cells.text("litellm_provider"))
    if cells.text_or("", "mode") not in _ANSWERING:
        cells.wrong("mode", f"one of: {', '.join(_ANSWERING)}", "only models that answer in tokens are planned with")
    if cached_usd > input_usd:
        cells.wrong(cached, "no more than input_cost_per_token", "check the entry", Code.CONTRADICTION)
    _refuse_withdrawn(cells, given.day())
    _refuse_dearer_when_long(cells, longest)
    if len(cells.findings) > before:
        return None
    return ApiOffer(
        api=stated.api,
        provider=provider,
        region=stated.region,
        model=stated.model,
        quality_score=stated.quality_score,
        price_usd_per_mtok_input=input_usd,
        price_usd_per_mtok_cached_input=cached_usd,
        price_usd_per_mtok_output=output_usd,
        input_tok_per_s_limit=stated.input_tok_per_s_limit,
        output_tok_per_s_limit=stated.output_tok_per_s_limit,
        ttft_ms=stated.ttft_ms,
        tpot_ms=stated.tpot_ms,
        percentile=stated.percentile,
        longest_request_tok=longest,
        source=given.origin("litellm price list", stated.listed_as, cells.text_or("", "source")),
        as_of=given.day(),
        evidence=Evidence.INDEPENDENT,
        licence=given.licence or "MIT",
    )


def _refuse_withdrawn(cells: Cells, day: date) -> None:
    if cells.has("deprecation_date"):
        until = cells.day("deprecation_date")
        if until is not None and until <= day:
            cells.wrong("deprecation_date", f"a day after {day}", "the model has been withdrawn; choose another entry")


def _refuse_dearer_when_long(cells: Cells, longest_tok: float) -> None:
    """An offer has one price; where long requests cost more, it must end before they begin."""
    for column in cells.row.cells:
        above = _THOUSANDS_ABOVE.fullmatch(column)
        if above and cells.has(column) and longest_tok > int(above[1]) * 1000:
            hint = f"state longest_request_tok of at most {int(above[1]) * 1000} for it"
            cells.wrong(column, "one price for every request", hint, Code.CONTRADICTION)
