"""Kind `skypilot`: vms.csv of a SkyPilot catalog -> offerings and their on-demand contracts.

One offering for each instance type and region that has an accelerator, at its price by the node-hour. Stock, quota and
lead time are not in the file and stay unknown. Spot prices are not taken: depth and interruptions are not in it either.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from catalog.findings import Code, Finding, InputRejected, Location, shown
from catalog.offerings import Offering
from catalog.reading_csv import RawRow
from catalog.records import ID_PATTERN, Evidence
from catalog.slugs import MOST_CHARACTERS, short_slug
from contracts.terms.on_demand import OnDemand
from scenarios.importing.given import Given
from scenarios.importing.harvest import Harvest, NewRow
from scenarios.importing.names import Names
from scenarios.importing.source import Cells, csv_rows, wanted
from scenarios.inputs import Inputs

REQUIRED = ("InstanceType", "AcceleratorName", "AcceleratorCount", "Price", "Region")
KIND = "skypilot"
_ON_DEMAND = "-od"
Node = tuple[str, str, str, int]
"""Provider, region, chip and number of chips."""


def read_skypilot(inputs: Inputs, given: Given, provider: str) -> Harvest:
    """The rows of the file as offerings with a contract; InputRejected if it is no such catalog."""
    refused: list[Finding] = []
    _refuse_no_id(provider)
    rows = csv_rows(given.file, REQUIRED, refused)
    given.day()
    fitting, left_out = wanted(rows, given.where)
    with_chips = [row for row in fitting if Cells(row, []).has("AcceleratorName")]
    names, typed = Names(inputs, given.names), _typed(inputs)
    new: list[NewRow] = []
    repeated = 0
    for machine in _by_machine(with_chips):
        offering = _offering(machine, provider, names, given, typed, refused)
        if offering is not None:
            repeated += len(machine) - 1
            new += _with_contract(offering, machine[0].where)
    notes = tuple(_notes(fitting, with_chips))
    return Harvest(len(rows), tuple(new), tuple(refused), left_out, repeated, notes)


def _refuse_no_id(provider: str) -> None:
    if not re.fullmatch(ID_PATTERN, provider):
        hint = "write it as the offerings of the scenario do"
        expected = "an id of 1 to 64 characters [A-Za-z0-9._-]"
        raise InputRejected([Finding(Code.ID, Location("--provider"), shown(provider), expected, hint)])


def _notes(fitting: Sequence[RawRow], with_chips: Sequence[RawRow]) -> Iterator[str]:
    if len(with_chips) < len(fitting):
        yield f"{len(fitting) - len(with_chips):,} rows are machines without an accelerator"
    if spot := sum(Cells(row, []).has("SpotPrice") for row in with_chips):
        unknown = "how many nodes there are, and how often they are taken back, is not in the file"
        yield f"{spot:,} rows state a spot price, which is not imported: {unknown}"


def _typed(inputs: Inputs) -> dict[Node, tuple[str, Location]]:
    """The nodes that the scenario offers already, but for what was imported before."""
    return {
        (row.record.provider, row.record.region, row.record.accelerator, row.record.accelerators_per_node): (
            row.record.offering,
            row.at(),
        )
        for row in inputs.table("offerings").placed
        if row.row.where.file != f"offerings.{KIND}.csv"
    }


def _by_machine(rows: Sequence[RawRow]) -> Iterator[list[RawRow]]:
    """Rows of one instance type in one region: its zones."""

    def machine(row: RawRow) -> tuple[str, str]:
        return row.cells["Region"], row.cells["InstanceType"]

    for _, zones in groupby(sorted(rows, key=machine), key=machine):
        yield list(zones)


def _offering(
    zones: Sequence[RawRow],
    provider: str,
    names: Names,
    given: Given,
    typed: Mapping[Node, tuple[str, Location]],
    refused: list[Finding],
) -> Offering | None:
    """The machine as an offering; None, with findings, if it is none that can be planned with."""
    cells, before = Cells(zones[0], refused), len(refused)
    machine, region = cells.text("InstanceType"), cells.text("Region")
    accelerator = names.of("accelerator", cells.text("AcceleratorName"), cells, "AcceleratorName")
    place = names.of("region", region, cells, "Region", also=f"{provider}-{region}")
    count, price_usd = cells.count("AcceleratorCount"), cells.usd("Price")
    prices = sorted({zone.cells["Price"].strip() for zone in zones})
    if len(prices) > 1:
        found = f"{' and '.join(prices)} for {machine} in {region}"
        hint = "choose a zone with --where AvailabilityZone=..."
        refused += [Finding(Code.CONTRADICTION, zone.at("Price"), found, "one price", hint) for zone in zones]
    if len(refused) > before or accelerator is None or place is None:
        return None
    if (known := typed.get((provider, place, accelerator, count))) is not None:
        there = f"{known[0]} in {known[1].file}, row {known[1].row}"
        found = f"{machine}: {count} x {accelerator} in {place}, which is {there}"
        hint = f"set the price of {known[0]} there, or delete it"
        refused.append(Finding(Code.REPEATED, cells.at("InstanceType"), found, "a node that the scenario lacks", hint))
        return None
    return Offering(
        offering=short_slug(f"{place}-{machine}", MOST_CHARACTERS - len(_ON_DEMAND)),
        provider=provider,
        region=place,
        accelerator=accelerator,
        accelerators_per_node=count,
        list_price_usd_per_node_hour=price_usd,
        source=given.origin("SkyPilot catalog", f"{machine} in {region}"),
        as_of=given.day(),
        evidence=Evidence.INDEPENDENT,
        licence=given.licence,
    )


def _with_contract(offering: Offering, where: Location) -> list[NewRow]:
    """The offering, and that it can be had by the hour at its list price."""
    contract = OnDemand(
        contract=offering.offering + _ON_DEMAND,
        offering=offering.offering,
        price_usd_per_node_hour=offering.list_price_usd_per_node_hour,
        source=offering.source,
        as_of=offering.as_of,
        evidence=offering.evidence,
        licence=offering.licence,
    )
    return [NewRow("offerings", offering, where), NewRow("contracts", contract, where)]
