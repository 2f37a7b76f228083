"""Clauses that lean on another row: a most-favoured price on the on-demand contract that bounds it."""

from collections.abc import Iterator

from catalog.findings import Code, Finding, did_you_mean, shown
from contracts.terms.on_demand import OnDemand
from contracts.terms.reserved import Reserved
from scenarios.loading_tables import Tables


def check_clauses(tables: Tables, findings: list[Finding]) -> None:
    """Report every clause that leans on what is not there."""
    findings += _most_favoured(tables)


def _most_favoured(tables: Tables) -> Iterator[Finding]:
    contracts = {row.record.contract: row.record for row in tables.contracts.placed}
    provider = {row.offering: row.provider for row in tables.offerings.records}
    for row in tables.contracts.placed:
        terms = row.record
        if not isinstance(terms, Reserved) or terms.most_favoured_of is None:
            continue
        named = terms.most_favoured_of
        if not tables.contracts.may_hold("contract", named):
            hint = did_you_mean(named, [k for k, other in contracts.items() if isinstance(other, OnDemand)])
            expected = "a name in column contract of contracts"
            yield Finding(Code.REFERENCE, row.at("most_favoured_of"), shown(named), expected, hint)
        elif (other := contracts.get(named)) is not None:
            found = f"{named}, {other.kind.replace('_', ' ')} of {provider.get(other.offering, 'an unknown provider')}"
            ours = provider.get(terms.offering)
            if not isinstance(other, OnDemand) or provider.get(other.offering) != ours:
                hint = "name the on-demand contract whose price the clause is about, or empty the cell"
                expected = f"an on-demand contract of {ours or 'the same provider'}"
                yield Finding(Code.MOST_FAVOURED, row.at("most_favoured_of"), found, expected, hint)
