"""What an event takes away and what it leaves: offerings, APIs, nodes under contract, blocks to survive it in."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.accelerators import Silicon
from catalog.footprint import Locality
from catalog.offerings import Offering
from contracts.calendar import Month
from contracts.terms.api import ApiOffer
from contracts.terms.on_demand import OnDemand
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.audit.checks import Checks
from optimizer.audit.deliveries import Active, active_nodes
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import Statements
from scenarios.policy import BlockChoice, Contingency, Lost

EVERY = "*"
LOCAL = "local"
"""Edge and own site together."""


@dataclass(frozen=True)
class Survivors:
    """What a contingency leaves: offerings, APIs, on-demand terms, and nodes under contract by outlook and month."""

    event: Contingency
    offerings: frozenset[str]
    apis: frozenset[str]
    on_demand: dict[str, tuple[OnDemand, ...]]
    firm: dict[tuple[str, str, Month], float]
    """By outlook, offering and month; whole but for what is delivered in part."""
    not_firm: dict[tuple[str, str, Month], float]


def survivors_of(inputs: Inputs, stated: Statements, event: Contingency) -> Survivors:
    """Take away what the event names, from the inputs and the orders alone."""
    offerings = frozenset(name for name, row in inputs.offerings.items() if not _is_lost(inputs, row, event))
    apis = frozenset(name for name, row in inputs.api_offers.items() if not _is_api_lost(inputs, row, event))
    lost_contract = event.name if event.lost is Lost.CONTRACT else None
    firm: dict[tuple[str, str, Month], float] = defaultdict(float)
    not_firm: dict[tuple[str, str, Month], float] = defaultdict(float)
    for (outlook, month), rows in active_nodes(inputs, stated).items():
        for row in rows:
            if _survives(row, offerings, lost_contract):
                there = _share_delivered(inputs, row, event, month) * row.nodes
                (firm if row.firm else not_firm)[outlook, row.offering, month] += there
    on_demand = {
        name: tuple(terms for terms in rows if terms.contract != lost_contract)
        for name, rows in inputs.on_demand_of.items()
        if name in offerings
    }
    return Survivors(event, offerings, apis, on_demand, firm, not_firm)


def _survives(row: Active, offerings: frozenset[str], lost_contract: str | None) -> bool:
    """Left by the event, and there to the last hour of the month."""
    return row.offering in offerings and row.source != lost_contract and row.hours is None


def _share_delivered(inputs: Inputs, row: Active, event: Contingency, month: Month) -> float:
    """All of what is there, but for a late order: its plain nodes in the first months, or in all of them."""
    if event.lost is not Lost.DELIVERY or row.delivered is None:
        return 1.0
    if event.name not in (EVERY, row.source, inputs.offerings[row.offering].provider):
        return 1.0
    is_late = event.late_months is None or month - row.delivered < event.late_months
    return event.delivered_share if is_late else 1.0


def _is_lost(inputs: Inputs, offering: Offering, event: Contingency) -> bool:
    if event.lost is Lost.LOCALITY:
        return event.name in _localities(offering.locality)
    chip = inputs.accelerator(offering)
    geography = inputs.geography(offering)
    named = {
        Lost.PROVIDER: offering.provider,
        Lost.REGION: offering.region,
        Lost.GEOGRAPHY: geography,
        Lost.FAMILY: chip.family,
        Lost.CHIP_VENDOR: chip.chip_vendor,
        Lost.STACK: chip.stack,
        Lost.OFFERING: offering.offering,
    }
    return named.get(event.lost) == event.name and event.in_geography in ("", geography)


def _is_api_lost(inputs: Inputs, api: ApiOffer, event: Contingency) -> bool:
    """An API has no nodes: no family, vendor, stack or offering is lost with it, and it stands in a cloud."""
    if event.lost is Lost.LOCALITY:
        return event.name in _localities(Locality.CLOUD)
    geography = inputs.geographies.get(api.region)
    named = {
        Lost.PROVIDER: api.provider,
        Lost.REGION: api.region,
        Lost.GEOGRAPHY: geography,
        Lost.CONTRACT: api.api,
    }
    return named.get(event.lost) == event.name and event.in_geography in ("", geography)


def _localities(locality: Locality) -> tuple[str, ...]:
    """The names of a locality: its own, and the one it shares."""
    return (locality.value,) if locality is Locality.CLOUD else (locality.value, LOCAL)


def months_in_production(inputs: Inputs, event: Contingency) -> dict[str, int]:
    """Stacks that do not carry a model at once, and the months from its gate on after which they do."""
    if event.lost is not Lost.YOUNG_STACK:
        return {}
    stacks = _custom_stacks(inputs) if event.name == EVERY else {event.name}
    return dict.fromkeys(stacks, event.months_in_production or 0)


def _custom_stacks(inputs: Inputs) -> set[str]:
    return {chip.stack for chip in inputs.accelerators.values() if chip.silicon is Silicon.CUSTOM}


def own_floors(event: Contingency) -> dict[str, float]:
    """Floors that stand in place of the event's."""
    return {row.workload: row.floor_share for row in event.floors}


def checked_blocks(inputs: Inputs, event: Contingency, month: Month) -> tuple[str, ...]:
    """The blocks of a month in which the event must be survived: all, or those that no other block dominates."""
    if event.blocks is BlockChoice.ALL:
        return inputs.blocks
    there = sorted(block for block in inputs.blocks if inputs.block_hours[month][block] > 0)
    asking = [name for name in inputs.workloads if inputs.mean_rate(name, month) > 0]
    asked = {block: [inputs.loads[name].get(block, 0.0) for name in asking] for block in there}
    return tuple(
        block
        for place, block in enumerate(there)
        if not any(
            _dominates(asked[other], asked[block], is_first=at < place)
            for at, other in enumerate(there)
            if other != block
        )
    )


def _dominates(loads: list[float], others: list[float], *, is_first: bool) -> bool:
    """At least as much of every workload; of two that ask the same, the first by name does."""
    return all(a >= b for a, b in zip(loads, others, strict=True)) and (loads != others or is_first)


def judged_outlooks(inputs: Inputs, event: Contingency) -> tuple[str, ...]:
    """The outlooks in which the event must be survived: those it lists, or all."""
    return tuple(outlook for outlook in inputs.probability if not event.outlooks or outlook in event.outlooks)


def check_events(inputs: Inputs, checks: Checks) -> None:
    """What an event names must be there: otherwise nothing is lost, and surviving it proves nothing."""
    for event in inputs.policy.contingencies:
        known = _names(inputs, event.lost)
        checks.true(
            "inputs.events",
            (event.contingency, "name"),
            event.name in known,
            left=event.name,
            operator="one of",
            right=", ".join(sorted(known)),
        )
        if event.in_geography:
            checks.true(
                "inputs.events",
                (event.contingency, "in_geography"),
                _takes_something(inputs, event),
                left=event.in_geography,
                operator="but",
                right=f"nothing of {event.lost.value} {event.name} is there",
            )
        for workload in own_floors(event):
            is_known = workload in inputs.workloads
            at = (event.contingency, "floors", workload)
            checks.true("inputs.events", at, is_known, left=workload, operator="is", right="no workload")


def _takes_something(inputs: Inputs, event: Contingency) -> bool:
    return any(_is_lost(inputs, row, event) for row in inputs.offerings.values()) or any(
        _is_api_lost(inputs, row, event) for row in inputs.api_offers.values()
    )


def _names(inputs: Inputs, lost: Lost) -> set[str]:
    """What can be lost in this way."""
    offerings, apis = inputs.offerings.values(), inputs.api_offers.values()
    chips = [inputs.accelerator(row) for row in offerings]
    regions = {row.region for row in offerings} | {row.region for row in apis}
    places = {row.locality for row in offerings} | ({Locality.CLOUD} if apis else set())
    ordered = {name: row for name, row in inputs.terms.items() if isinstance(row, Reserved | TakeOrPay | Owned)}
    sellers = {inputs.offerings[row.offering].provider for row in ordered.values()}
    led_to = {row.stack for row in inputs.migrations.values()}
    names: dict[Lost, Iterable[str]] = {
        Lost.PROVIDER: {row.provider for row in offerings} | {row.provider for row in apis},
        Lost.REGION: regions,
        Lost.GEOGRAPHY: {inputs.geographies[region] for region in regions if region in inputs.geographies},
        Lost.FAMILY: (chip.family for chip in chips),
        Lost.CHIP_VENDOR: (chip.chip_vendor for chip in chips),
        Lost.STACK: (chip.stack for chip in chips),
        Lost.LOCALITY: (name for place in places for name in _localities(place)),
        Lost.OFFERING: inputs.offerings,
        Lost.CONTRACT: {*inputs.terms, *inputs.held, *inputs.api_offers},
        Lost.SPOT: (EVERY,),
        Lost.DELIVERY: {EVERY, *sellers, *ordered} if ordered else (),
        Lost.YOUNG_STACK: {EVERY, *led_to} if led_to else (),
    }
    return set(names[lost])
