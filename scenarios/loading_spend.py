"""Spend commitments make sense: they cover on-demand use of their provider at no more than its price, and can start."""

from collections.abc import Iterator
from typing import Any

from catalog.findings import Code, Finding, shown
from catalog.loading import Placed
from catalog.reading_records import TreeReader
from contracts.calendar import Horizon, first_service_month
from contracts.terms.on_demand import OnDemand
from contracts.terms.spend_commitment import CoveredRate, SpendCommitment
from scenarios.loading_supply import expired, first_start, without_pricing_rule
from scenarios.loading_tables import Tables
from scenarios.scenario import RunSettings


def check_spend(reader: TreeReader, tables: Tables, findings: list[Finding]) -> None:
    """Report commitments that cannot be signed as they are written, or that cover nothing."""
    run = reader.whole.get("run")
    findings += without_pricing_rule(tables.spend_commitments.placed)
    findings += _named_like_a_contract(tables)
    findings += _covering_nothing(tables)
    findings += _unknown_provider(tables)
    for row in tables.covered_rates.placed:
        findings += _wrong_rate(row, tables)
    if isinstance(run, RunSettings):
        findings += expired(tables.spend_commitments.placed, run)
        findings += _never_starting(tables, run)


def _named_like_a_contract(tables: Tables) -> Iterator[Finding]:
    """Lines of cost name the contract alone, whatever its table."""
    for other in (tables.contracts, tables.held_contracts):
        for row in tables.spend_commitments.placed:
            if there := other.places.get((row.record.contract,)):
                found = f"the name of a contract in {there.file}, row {there.row}"
                hint = "give the spend commitment another name"
                yield Finding(Code.REPEATED, row.at("contract"), found, "a name of its own", hint)


def _covering_nothing(tables: Tables) -> Iterator[Finding]:
    for row in tables.spend_commitments.placed:
        if not tables.covered_rates.may_hold("contract", row.record.contract):
            hint = "add its rates to covered_rates, or delete the row: it would be paid and never used"
            yield Finding(Code.COVERS_NOTHING, row.at("contract"), "no rate", "a row of covered_rates", hint)


def _unknown_provider(tables: Tables) -> Iterator[Finding]:
    for row in tables.spend_commitments.placed:
        if not tables.offerings.may_hold("provider", row.record.provider):
            expected = "a provider of offerings"
            hint = "write the provider as offerings has it"
            yield Finding(Code.REFERENCE, row.at("provider"), shown(row.record.provider), expected, hint)


def _wrong_rate(row: Placed[CoveredRate], tables: Tables) -> Iterator[Finding]:
    rate = row.record
    covered = next((c.record for c in tables.contracts.placed if c.record.contract == rate.covers), None)
    if covered is None:
        return
    if not isinstance(covered, OnDemand):
        hint = "spend commitments cover on-demand use only; name an on-demand contract, or delete the row"
        expected = "an on-demand contract"
        yield Finding(Code.NOT_COVERABLE, row.at("covers"), f"a contract of kind {covered.kind}", expected, hint)
        return
    yield from _other_provider(row, covered, tables)
    if rate.price_usd_per_node_hour > covered.price_usd_per_node_hour:
        expected = f"at most {covered.price_usd_per_node_hour:f}, the price of {covered.contract}"
        hint = "correct the rate, or delete the row: covered use would cost more than on demand"
        found = f"{rate.price_usd_per_node_hour:f}"
        yield Finding(Code.ABOVE_ON_DEMAND, row.at("price_usd_per_node_hour"), found, expected, hint)


def _other_provider(row: Placed[CoveredRate], covered: OnDemand, tables: Tables) -> Iterator[Finding]:
    commitments = {c.record.contract: c.record for c in tables.spend_commitments.placed}
    providers = {o.record.offering: o.record.provider for o in tables.offerings.placed}
    commitment, provider = commitments.get(row.record.contract), providers.get(covered.offering)
    if commitment is not None and provider is not None and provider != commitment.provider:
        found = f"{covered.contract}, on demand with {provider}"
        hint = "a commitment to one provider covers nothing of another; correct the name, or delete the row"
        yield Finding(Code.NOT_COVERABLE, row.at("covers"), found, f"a contract with {commitment.provider}", hint)


def _never_starting(tables: Tables, run: RunSettings) -> Iterator[Finding]:
    horizon = Horizon(run.first_month, run.months)
    for row in tables.spend_commitments.placed:
        terms: SpendCommitment = row.record
        earliest = first_service_month(run.order_date, 0)
        base = terms.earliest_start or horizon.first
        last = min(terms.latest_start or horizon.end + -1, horizon.end + -1)
        if first_start(base, max(earliest, base, horizon.first), terms.start_every_months) <= last:
            continue
        column: Any = "latest_start" if terms.latest_start else "earliest_start" if terms.earliest_start else "contract"
        found = f"no start month from {max(earliest, base)} every {terms.start_every_months}, until {last}"
        hint = "widen the start window, or delete the row"
        yield Finding(Code.NO_START, row.at(column), found, "at least one month of the horizon", hint)
