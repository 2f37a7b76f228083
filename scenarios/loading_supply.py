"""Offerings and contracts make sense: stock and quota known, quotes alive, starts possible, prices derived."""

from collections.abc import Iterator, Sequence
from typing import Any

from catalog.findings import Code, Finding, Location
from catalog.loading import Placed
from catalog.offerings import Offering
from catalog.reading_records import TreeReader
from contracts.calendar import Horizon, Month, first_service_month
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.on_demand import OnDemand
from contracts.terms.ordering import OrderedTerms
from contracts.terms.volume import VolumePriced
from scenarios.loading_references import is_bundled
from scenarios.loading_tables import SCENARIO_FILE, Tables
from scenarios.policy import Policy
from scenarios.scenario import RunSettings

MOST_GAIN_SHARE = 10
"""Nobody claims eleven times the price-performance; 30 is 30 % in the wrong unit."""


def check_supply(reader: TreeReader, tables: Tables, findings: list[Finding], warnings: list[Finding]) -> None:
    """Report what cannot be bought as it is written."""
    run, policy = reader.whole.get("run"), reader.whole.get("policy")
    findings += without_pricing_rule([*tables.offerings.placed, *tables.contracts.placed])
    findings += _twice_on_demand(tables)
    findings += _claims_without_measure(tables)
    if isinstance(run, RunSettings):
        findings += expired(tables.contracts.placed, run)
        findings += _never_starting(tables, run)
        warnings += _ending_early(tables, run)
    if isinstance(policy, Policy):
        findings += _unknown_bounds(tables, policy, reader)
        findings += _minimum_above_stock(tables, policy)
    warnings += _without_terms(tables)


def _offerings(tables: Tables) -> dict[str, Placed[Offering]]:
    return {row.record.offering: row for row in tables.offerings.placed}


def _ordered(tables: Tables) -> Iterator[tuple[Placed[Any], OrderedTerms]]:
    """Contracts that are ordered by the lot for a term."""
    return ((row, row.record) for row in tables.contracts.placed if isinstance(row.record, OrderedTerms))


def without_pricing_rule(rows: Sequence[Placed[Any]]) -> Iterator[Finding]:
    """Fictitious rows that do not say from what their price is derived."""
    for row in rows:
        if row.record.fictitious and not row.record.pricing_rule.strip():
            hint = "say from which real row the price is derived, and how"
            expected = "a rule, because the row is fictitious"
            yield Finding(Code.NO_RULE, row.at("pricing_rule"), "nothing", expected, hint)


def _twice_on_demand(tables: Tables) -> Iterator[Finding]:
    """Two of them would share one quota, and only the cheaper would ever be used."""
    first: dict[str, Placed[Any]] = {}
    for row in tables.contracts.placed:
        if isinstance(row.record, OnDemand):
            other = first.setdefault(row.record.offering, row)
            if other is not row:
                found = f"a second one beside {other.record.contract} in row {other.row.where.row}"
                hint = "keep one of them, or describe the other as an offering of its own with its own quota"
                yield Finding(Code.TWICE_ON_DEMAND, row.at("kind"), found, "one on-demand contract per offering", hint)


def _claims_without_measure(tables: Tables) -> Iterator[Finding]:
    """A claim is a ratio: both prices and what is gained must leave something to divide by."""
    for row in tables.claims.placed:
        claim = row.record
        for column in ("own_list_price_usd_per_accelerator_hour", "baseline_list_price_usd_per_accelerator_hour"):
            if getattr(claim, column) == 0:
                hint = "name the list price that the claim compares"
                yield Finding(Code.RANGE, row.at(column), "0", "a price above 0", hint)
        if not -1 < claim.gain_share <= MOST_GAIN_SHARE:
            hint = "write 0.30 for 30 % better price-performance"
            expected = f"above -1 and at most {MOST_GAIN_SHARE}"
            yield Finding(Code.RANGE, row.at("gain_share"), f"{claim.gain_share:g}", expected, hint)


def expired(rows: Sequence[Placed[Any]], run: RunSettings) -> Iterator[Finding]:
    """Quotes that can no longer be signed."""
    for row in rows:
        until = row.record.quote_valid_until
        if until is not None and until < run.order_date:
            expected = f"{run.order_date} (run.order_date) or later"
            hint = "ask for a new quote, or delete the row"
            yield Finding(Code.EXPIRED, row.at("quote_valid_until"), str(until), expected, hint)


def _never_starting(tables: Tables, run: RunSettings) -> Iterator[Finding]:
    offerings = _offerings(tables)
    horizon = Horizon(run.first_month, run.months)
    for row, terms in _ordered(tables):
        offering = offerings.get(terms.offering)
        if offering is None:
            continue
        delivered = first_service_month(run.order_date, offering.record.lead_time_days)
        base = terms.earliest_start or horizon.first
        last = min(terms.latest_start or horizon.end + -1, horizon.end + -1)
        if first_start(base, max(delivered, base, horizon.first), terms.start_every_months) <= last:
            continue
        column = "latest_start" if terms.latest_start else "earliest_start" if terms.earliest_start else "offering"
        lattice = f"started from {base} every {terms.start_every_months}, until {last}"
        found = f"no start month: delivered from {delivered}, {lattice}"
        hint = f"order earlier, shorten the lead time of {terms.offering}, widen the start window, or delete the row"
        yield Finding(Code.NO_START, row.at(column), found, "at least one month of the horizon", hint)


def first_start(base: Month, not_before: Month, every: int) -> Month:
    """The first month of the lattice that is not too early.

    >>> str(first_start(Month(2027, 1), Month(2027, 2), 3))
    '2027-04'
    """
    return base + -(-(not_before - base) // every) * every


def _ending_early(tables: Tables, run: RunSettings) -> Iterator[Finding]:
    horizon = Horizon(run.first_month, run.months)
    for row in tables.held_contracts.placed:
        held = row.record
        if held.end <= horizon.first and not held.is_of(horizon):
            expected = f"a month after {horizon.first}"
            hint = "delete the row if the contract has run out; it serves nothing and costs nothing in this plan"
            yield Finding(Code.HELD_ENDS, row.at("end"), f"{held.end}, before the horizon", expected, hint)
        elif held.start >= horizon.end:
            expected = f"a month before {horizon.end}"
            hint = "check the month; nothing of it is served in the horizon"
            yield Finding(Code.HELD_ENDS, row.at("start"), f"{held.start}, after the horizon", expected, hint)


def _unknown_bounds(tables: Tables, policy: Policy, reader: TreeReader) -> Iterator[Finding]:
    """Blank is unknown, not unlimited: the policy must state a bound where it matters."""
    ordered = {terms.offering for _, terms in _ordered(tables)}
    ordered |= {row.record.offering for row in tables.contracts.placed if isinstance(row.record, CapacityBlock)}
    by_the_hour = (row.record for row in tables.contracts.placed if isinstance(row.record, OnDemand | VolumePriced))
    on_demand = {terms.offering for terms in by_the_hour}
    for row in tables.offerings.placed if tables.offerings.header_is_right else ():
        offering = row.record
        for column, bound, needed in (
            ("stock_nodes", policy.unknown_stock_nodes, ordered),
            ("quota_nodes", policy.unknown_quota_nodes, on_demand),
        ):
            if getattr(offering, column) is None and bound is None and offering.offering in needed:
                hint = f"fill in the cell, or state a bound as policy.unknown_{column} in {SCENARIO_FILE}"
                yield Finding(Code.STOCK, row.at(column), "nothing (unknown)", "a number of nodes", hint)


def _minimum_above_stock(tables: Tables, policy: Policy) -> Iterator[Finding]:
    offerings = _offerings(tables)
    for row, terms in _ordered(tables):
        offering = offerings.get(terms.offering)
        stock = policy.unknown_stock_nodes
        if offering is not None and offering.record.stock_nodes is not None:
            stock = offering.record.stock_nodes
        if offering is None or stock is None:
            continue
        lots = max(1, -(-terms.minimum_order_nodes // terms.lot_nodes))
        most = stock if terms.maximum_order_nodes is None else min(stock, terms.maximum_order_nodes)
        if lots * terms.lot_nodes > most:
            column = "minimum_order_nodes" if terms.minimum_order_nodes else "lot_nodes"
            found = f"a smallest order of {lots * terms.lot_nodes} nodes"
            limit = f"stock of {terms.offering}" if most == stock else "maximum order"
            hint = "correct one of the two, or delete the row: it can never be ordered"
            yield Finding(Code.MINIMUM, row.at(column), found, f"at most {most}, the {limit}", hint)


def _without_terms(tables: Tables) -> Iterator[Finding]:
    known = (tables.contracts, tables.held_contracts)
    if any(not table.whole for table in known):
        return
    used = tables.contracts.names("offering") | tables.held_contracts.names("offering")
    used |= tables.contracts.names("swap_to") | tables.held_contracts.names("swap_to")
    for row in tables.offerings.placed:
        if row.record.offering not in used and not is_bundled(row):
            hint = "add a contract for it, or delete the row"
            where = Location(row.row.where.file, row.row.where.row, None, row.record.offering)
            yield Finding(Code.NO_TERMS, where, "no contract", "something to buy or hold", hint)
