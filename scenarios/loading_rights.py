"""Rights to swap lead somewhere: another offering of the same provider, of which the stock is known."""

from collections.abc import Iterator
from typing import Any

from catalog.findings import Code, Finding, did_you_mean, shown
from catalog.loading import Placed
from catalog.reading_records import TreeReader
from contracts.clauses import Rights
from contracts.terms.ordering import OrderedTerms
from scenarios.loading_tables import SCENARIO_FILE, Tables
from scenarios.policy import Policy


def check_rights(reader: TreeReader, tables: Tables, findings: list[Finding]) -> None:
    """Report swaps to what is not there, to the same offering, or to another provider."""
    policy = reader.whole.get("policy")
    for row, rights in _swaps(tables):
        findings += _unknown(tables, row, rights)
        findings += _elsewhere(tables, row, rights)
        if isinstance(policy, Policy):
            findings += _without_stock(tables, row, rights, policy)


def _swaps(tables: Tables) -> Iterator[tuple[Placed[Any], Rights]]:
    """Rows of contracts and held contracts that name an offering to swap to."""
    for row in (*tables.contracts.placed, *tables.held_contracts.placed):
        if isinstance(row.record, Rights) and row.record.swap_to is not None:
            yield row, row.record


def _unknown(tables: Tables, row: Placed[Any], rights: Rights) -> Iterator[Finding]:
    if not tables.offerings.may_hold("offering", rights.swap_to or ""):
        hint = did_you_mean(rights.swap_to or "", tables.offerings.names("offering"))
        expected = "a name in column offering of offerings"
        yield Finding(Code.REFERENCE, row.at("swap_to"), shown(rights.swap_to or ""), expected, hint)


def _elsewhere(tables: Tables, row: Placed[Any], rights: Rights) -> Iterator[Finding]:
    providers = {offering.offering: offering.provider for offering in tables.offerings.records}
    own, other = providers.get(row.record.offering), providers.get(rights.swap_to or "")
    if rights.swap_to == row.record.offering:
        hint = "name another offering, or leave the three swap columns blank"
        yield Finding(Code.SWAP, row.at("swap_to"), f"{rights.swap_to}, the same offering", "another offering", hint)
    elif own is not None and other is not None and own != other:
        hint = "a contract is swapped within its provider; to change the provider, terminate it and sign another"
        found = f"{rights.swap_to}, which {other} offers"
        yield Finding(Code.SWAP, row.at("swap_to"), found, f"an offering of {own}", hint)


def _without_stock(tables: Tables, row: Placed[Any], rights: Rights, policy: Policy) -> Iterator[Finding]:
    """Swapped nodes come out of the stock: blank is unknown, not unlimited."""
    ordered = (each.record for each in tables.contracts.placed if isinstance(each.record, OrderedTerms))
    if policy.unknown_stock_nodes is not None or any(terms.offering == rights.swap_to for terms in ordered):
        return
    for offering in tables.offerings.placed:
        if offering.record.offering == rights.swap_to and offering.record.stock_nodes is None:
            hint = f"fill in the cell, or state a bound as policy.unknown_stock_nodes in {SCENARIO_FILE}"
            found = f"nothing (unknown), and {row.record.offering} may be swapped to it"
            yield Finding(Code.STOCK, offering.at("stock_nodes"), found, "a number of nodes", hint)
