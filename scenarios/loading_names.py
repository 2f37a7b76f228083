"""Rules that name a group, by provider, by geography ...: the name must be one that exists; and ids used twice."""

from collections.abc import Iterator
from typing import Any

from catalog.findings import Code, Finding, did_you_mean, shown
from catalog.footprint import Locality
from catalog.loading import Table
from catalog.offerings import Offering
from catalog.reading_records import TreeReader
from contracts.terms.api import ApiOffer
from scenarios.footprint import LOCAL, NOT_PORTABLE, PORTABLE
from scenarios.loading_tables import Tables
from scenarios.policy import ConcentrationCap, Grouping, PowerCap, ShareFloor

EVERY = "*"
FIXED_GROUPS = {
    Grouping.PORTABILITY: frozenset({PORTABLE, NOT_PORTABLE}),
    Grouping.LOCALITY: frozenset({*(locality.value for locality in Locality), LOCAL}),
}
"""Groups that have the same names in every scenario."""


def check_names(reader: TreeReader, tables: Tables, findings: list[Finding]) -> None:
    """Report every rule that names what is not there, and every id used twice."""
    for path, record in reader.whole.items():
        if isinstance(record, ConcentrationCap | ShareFloor | PowerCap):
            findings += _unknown_group(path, record, reader, tables)
    findings += _held_named_like_a_contract(tables)


def _unknown_group(
    path: str, rule: ConcentrationCap | ShareFloor | PowerCap, reader: TreeReader, tables: Tables
) -> Iterator[Finding]:
    known = groups(rule.by, tables)
    every = () if isinstance(rule, ShareFloor) else (EVERY,)
    if rule.group in every or known is None or rule.group in known:
        return
    hint = did_you_mean(rule.group, [*known, *every])
    where = reader.where(f"{path}.group")
    expected = ", or ".join((_a_group(rule.by), *every))
    yield Finding(Code.NO_GROUP, where, shown(rule.group), expected, hint)


def _a_group(by: Grouping) -> str:
    if by is Grouping.CONTRACT:
        return "a contract, held contract, API offer or split of this scenario"
    if by in FIXED_GROUPS:
        return f"one of {', '.join(sorted(FIXED_GROUPS[by]))}"
    return f"a {_words(by)} on offer"


def _words(group: Grouping) -> str:
    return group.value.replace("_", " ")


def groups(by: Grouping, tables: Tables) -> frozenset[str] | None:
    """Names of the groups that have an offering or an API; None if rows are refused and it cannot be known."""
    if by in FIXED_GROUPS:
        return FIXED_GROUPS[by]
    if by is Grouping.CONTRACT:
        return _paid_under(tables)
    needed = (tables.offerings, tables.accelerators, tables.regions, tables.api_offers)
    if any(not table.whole or table.refused for table in needed):
        return None
    located: tuple[Offering | ApiOffer, ...] = (*tables.offerings.records, *tables.api_offers.records)
    if by is Grouping.PROVIDER:
        return frozenset(row.provider for row in located)
    if by is Grouping.REGION:
        return frozenset(row.region for row in located)
    if by is Grouping.GEOGRAPHY:
        regions = {row.region for row in located}
        return frozenset(row.geography for row in tables.regions.records if row.region in regions)
    offered = {row.accelerator for row in tables.offerings.records}
    chips = (row for row in tables.accelerators.records if row.accelerator in offered)
    return frozenset(str(getattr(row, by.value)) for row in chips)


def _paid_under(tables: Tables) -> frozenset[str] | None:
    """Ids of all that can be paid under; None if rows are refused."""
    columns: tuple[tuple[Table[Any], str], ...] = (
        (tables.contracts, "contract"),
        (tables.held_contracts, "held"),
        (tables.spend_commitments, "contract"),
        (tables.provisioned, "contract"),
        (tables.api_offers, "api"),
        (tables.splits, "split"),
    )
    if any(not table.whole or table.refused for table, _ in columns):
        return None
    return frozenset().union(*(table.names(column) for table, column in columns))


def _held_named_like_a_contract(tables: Tables) -> Iterator[Finding]:
    """A contingency loses contracts and held contracts by their id, so one name may not mean both."""
    places = tables.contracts.places
    for row in tables.held_contracts.placed:
        if (row.record.held,) in places:
            there = places[row.record.held,]
            found = f"the name of a contract in {there.file}, row {there.row}"
            hint = "give the held contract another name"
            yield Finding(Code.REPEATED, row.at("held"), found, "a name of its own", hint)
