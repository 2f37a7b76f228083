"""Capacity blocks that can be signed, and owned hardware whose site is there and has room for it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from catalog.findings import Code, Finding, did_you_mean, shown
from catalog.loading import Placed
from catalog.reading_records import TreeReader
from contracts.calendar import Horizon
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.owned import Owned
from scenarios.loading_tables import Tables
from scenarios.policy import Policy
from scenarios.scenario import RunSettings


def check_owned(reader: TreeReader, tables: Tables, findings: list[Finding], warnings: list[Finding]) -> None:
    """Report blocks and hardware that can never be bought as they are written."""
    run, policy = reader.whole.get("run"), reader.whole.get("policy")
    findings += _sites(tables)
    if isinstance(policy, Policy):
        findings += _sizes_above_stock(tables, policy)
    if isinstance(run, RunSettings):
        warnings += _blocks_that_cannot_be_bought(tables, run)


def _sites(tables: Tables) -> Iterator[Finding]:
    """The site of owned hardware must be known, and have power and space for one lot."""
    sites = {row.record.site: row.record for row in tables.sites.placed}
    for row in tables.contracts.placed:
        terms = row.record
        if not isinstance(terms, Owned):
            continue
        if not tables.sites.may_hold("site", terms.site):
            hint = did_you_mean(terms.site, tables.sites.names("site")) or "add the site to sites.csv"
            yield Finding(Code.REFERENCE, row.at("site"), shown(terms.site), "a name in column site of sites", hint)
        elif (site := sites.get(terms.site)) is not None:
            power_kw = float(terms.site_power_kw_per_node)
            yield from _too_large(row, "power_kw_per_node", terms.lot_nodes * power_kw, site.power_kw, "kW")
            units = terms.lot_nodes * terms.rack_units_per_node
            yield from _too_large(row, "rack_units_per_node", units, site.rack_units, "rack units")


def _too_large(row: Placed[Any], column: str, needed: float, there: float, unit: str) -> Iterator[Finding]:
    if needed > there:
        found = f"{needed:g} {unit} for one lot"
        hint = "correct one of the two, or delete the row: it can never be ordered"
        expected = f"at most {there:g} {unit}, all that {row.record.site} has"
        yield Finding(Code.MINIMUM, row.at(column), found, expected, hint)


def _blocks(tables: Tables) -> Iterator[tuple[Placed[Any], CapacityBlock]]:
    return ((row, row.record) for row in tables.contracts.placed if isinstance(row.record, CapacityBlock))


def _sizes_above_stock(tables: Tables, policy: Policy) -> Iterator[Finding]:
    stocks = {row.offering: row.stock_nodes for row in tables.offerings.records}
    for row, terms in _blocks(tables):
        stock = stocks.get(terms.offering)
        stock = policy.unknown_stock_nodes if stock is None else stock
        least = min(terms.sizes_nodes)
        if terms.offering in stocks and stock is not None and least > stock:
            hint = "correct one of the two, or delete the row: it can never be ordered"
            expected = f"at most {stock}, the stock of {terms.offering}"
            yield Finding(Code.MINIMUM, row.at("sizes_nodes"), f"a smallest size of {least} nodes", expected, hint)


def _blocks_that_cannot_be_bought(tables: Tables, run: RunSettings) -> Iterator[Finding]:
    horizon = Horizon(run.first_month, run.months)
    lead_days = {row.offering: row.lead_time_days for row in tables.offerings.records}
    hint = "delete the row, or correct the dates; it is no part of this plan"
    for row, terms in _blocks(tables):
        last = terms.first_day - timedelta(days=1 + lead_days.get(terms.offering, 0))
        if terms.start not in horizon:
            span = f"a day from {horizon.first.first_day} to before {horizon.end.first_day}"
            yield Finding(Code.BLOCK_TOO_LATE, row.at("first_day"), str(terms.first_day), span, hint)
        elif last < run.order_date:
            found = f"{terms.first_day}, to be signed by {last}"
            expected = f"a last day to sign that is not before {run.order_date} (run.order_date)"
            yield Finding(Code.BLOCK_TOO_LATE, row.at("first_day"), found, expected, hint)
