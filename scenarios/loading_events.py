"""Contingencies that name what is not there, that could take nothing away, or that ask nothing."""

from collections.abc import Iterable, Iterator

from catalog.accelerators import Silicon
from catalog.findings import Code, Finding, did_you_mean, shown
from catalog.footprint import Locality
from catalog.offerings import Offering
from catalog.reading_records import TreeReader
from contracts.terms.api import ApiOffer
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved
from contracts.terms.take_or_pay import TakeOrPay
from scenarios.footprint import localities_of
from scenarios.loading_names import EVERY, groups
from scenarios.loading_tables import Tables
from scenarios.policy import Contingency, Grouping, Lost

BY_THE_LOT = (Reserved, TakeOrPay, Owned)


def check_events(reader: TreeReader, tables: Tables, findings: list[Finding]) -> None:
    """Report every contingency whose names or workloads are unknown."""
    for path, record in reader.whole.items():
        if isinstance(record, Contingency):
            findings += _unknown_loss(path, record, reader, tables)
            findings += _unknown_workloads(path, record, reader, tables)
            findings += _no_api(path, record, reader, tables)


def _unknown_loss(path: str, event: Contingency, reader: TreeReader, tables: Tables) -> Iterator[Finding]:
    where = reader.where(f"{path}.name")
    if event.lost is Lost.SPOT:
        if event.name != EVERY:
            yield Finding(Code.NO_GROUP, where, shown(event.name), "* (all spot capacity is lost)", 'write name: "*"')
        return
    known = _what_can_be_lost(event.lost, tables)
    if known is None:
        return
    if event.name not in known:
        hint = did_you_mean(event.name, known)
        yield Finding(Code.NO_GROUP, where, shown(event.name), _expected(event.lost), hint)
    elif event.in_geography:
        yield from _nothing_there(path, event, reader, tables)


def _expected(lost: Lost) -> str:
    if lost is Lost.DELIVERY:
        return "a contract that is ordered by the lot, a provider of one, or *"
    if lost is Lost.YOUNG_STACK:
        return "a stack to which a migration leads, or * where one leads to custom silicon"
    if lost is Lost.LOCALITY:
        return "cloud, edge, own_site or local, where something on offer stands there"
    return f"a {lost.value.replace('_', ' ')} of this scenario"


def _what_can_be_lost(lost: Lost, tables: Tables) -> frozenset[str] | None:
    """Names that take something away; None where refused rows leave it unknown."""
    if lost is Lost.OFFERING:
        return tables.offerings.names("offering") if tables.offerings.whole else None
    if lost is Lost.CONTRACT:
        if not (tables.contracts.whole and tables.held_contracts.whole and tables.api_offers.whole):
            return None
        signed = tables.contracts.names("contract") | tables.held_contracts.names("held")
        return signed | tables.api_offers.names("api")
    if lost is Lost.LOCALITY:
        return _localities(tables)
    if lost is Lost.REGION:
        return frozenset(row.region for row in _located(tables)) if _places_are_known(tables) else None
    if lost is Lost.DELIVERY:
        return _delivered(tables)
    if lost is Lost.YOUNG_STACK:
        return _young(tables)
    return groups(Grouping(lost.value), tables)


def _places_are_known(tables: Tables) -> bool:
    needed = (tables.offerings, tables.accelerators, tables.regions, tables.api_offers)
    return all(table.whole and not table.refused for table in needed)


def _located(tables: Tables) -> tuple[Offering | ApiOffer, ...]:
    return (*tables.offerings.records, *tables.api_offers.records)


def _localities(tables: Tables) -> frozenset[str] | None:
    if not _places_are_known(tables):
        return None
    apis = (Locality.CLOUD,) if tables.api_offers.records else ()
    found = {*(row.locality for row in tables.offerings.records), *apis}
    return frozenset(name for locality in found for name in localities_of(locality))


def _delivered(tables: Tables) -> frozenset[str] | None:
    if not (tables.contracts.whole and tables.offerings.whole) or tables.contracts.refused or tables.offerings.refused:
        return None
    providers = {row.offering: row.provider for row in tables.offerings.records}
    ordered = [row for row in tables.contracts.records if isinstance(row, BY_THE_LOT)]
    if not ordered:
        return frozenset()
    sellers = {providers[row.offering] for row in ordered if row.offering in providers}
    return frozenset({EVERY, *sellers, *(row.contract for row in ordered)})


def _young(tables: Tables) -> frozenset[str] | None:
    needed = (tables.migrations, tables.accelerators)
    if any(not table.whole or table.refused for table in needed):
        return None
    led_to = {row.stack for row in tables.migrations.records}
    custom = {row.stack for row in tables.accelerators.records if row.silicon is Silicon.CUSTOM}
    return frozenset(led_to | ({EVERY} if led_to & custom else set()))


def _nothing_there(path: str, event: Contingency, reader: TreeReader, tables: Tables) -> Iterator[Finding]:
    """A geography in which nothing of what is named stands."""
    geography = {row.region: row.geography for row in tables.regions.records}
    there = {geography[row.region] for row in _named(event, tables) if row.region in geography}
    if event.in_geography not in there:
        hint = did_you_mean(event.in_geography, there)
        expected = f"a geography in which {event.lost.value.replace('_', ' ')} {event.name} has something on offer"
        where = reader.where(f"{path}.in_geography")
        yield Finding(Code.NO_GROUP, where, shown(event.in_geography), expected, hint)


def _named(event: Contingency, tables: Tables) -> Iterable[Offering | ApiOffer]:
    if event.lost is Lost.PROVIDER:
        return (row for row in _located(tables) if row.provider == event.name)
    chips = {row.accelerator for row in tables.accelerators.records if getattr(row, event.lost.value) == event.name}
    return (row for row in tables.offerings.records if row.accelerator in chips)


def _unknown_workloads(path: str, event: Contingency, reader: TreeReader, tables: Tables) -> Iterator[Finding]:
    if not tables.workloads.whole:
        return
    known = tables.workloads.names("workload")
    for number, row in enumerate(event.floors):
        if row.workload not in known:
            where = reader.where(f"{path}.floors[{number}].workload")
            hint = did_you_mean(row.workload, known)
            yield Finding(Code.REFERENCE, where, shown(row.workload), "a name in column workload of workloads", hint)


def _no_api(path: str, event: Contingency, reader: TreeReader, tables: Tables) -> Iterator[Finding]:
    """To count on APIs where there are none is a slip: of a table that was not given."""
    if event.api_share > 0 and tables.api_offers.whole and not tables.api_offers.placed:
        where = reader.where(f"{path}.api_share")
        found = f"{event.api_share:g}, and no API offer"
        yield Finding(Code.NO_GROUP, where, found, "API offers in api_offers, or 0", "give api_offers, or leave it out")
