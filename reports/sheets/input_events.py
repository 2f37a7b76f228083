"""Inputs of the fallback: floors, shares of late orders and of rate limits, by event."""

from __future__ import annotations

from dataclasses import dataclass

from reports.facts import Facts
from reports.formulas import Expr
from reports.layout import Fmt
from reports.sheets.input_writer import SHARE, InputWriter
from scenarios.policy import Contingency


@dataclass(frozen=True, slots=True)
class EventInputs:
    """References to what is stated of each event."""

    floors: dict[str, Expr]
    own_floors: dict[tuple[str, str], Expr]
    """By event and workload, where the workload has a floor of its own."""
    delivered: dict[str, Expr]
    """Of deliveries: the share of a late order that is there."""
    late_months: dict[str, Expr]
    """Of deliveries that are late by so many months, not for the whole term."""
    api_shares: dict[str, Expr]
    """Where APIs may be counted on."""

    def floor(self, event: str, workload: str) -> Expr:
        """The floor of a workload."""
        return self.own_floors.get((event, workload), self.floors[event])


def in_words(event: Contingency) -> str:
    """What is lost, in a few words."""
    where = f" in {event.in_geography}" if event.in_geography else ""
    return f"{event.lost.value.replace('_', ' ')} {event.name}{where}"


def write_events(write: InputWriter, facts: Facts) -> EventInputs:
    """A section with a line for every number of every event."""
    events = facts.scenario.policy.contingencies
    write.section("Fallback: what must still be served after an event" + ("" if events else " (no event stated)"))
    found = EventInputs({}, {}, {}, {}, {})
    for event in events:
        name, path = event.contingency, f"policy.contingencies[{event.contingency}]"

        def share(words: str, value: float, unit: str, key: str, name: str = name, path: str = path) -> Expr:
            return write.add(f"{name}: {words}", value, unit, f"{path}.{key}", fmt=Fmt.SHARE, check=SHARE)

        lost = f"loss of {in_words(event)}"
        found.floors[name] = share(lost, event.floor_share, "share of every workload", "floor_share")
        for own in event.floors:
            key = f"floors.{own.workload}"
            found.own_floors[name, own.workload] = share(own.workload, own.floor_share, "share of the workload", key)
        if event.late_months is not None or event.delivered_share:
            there = "of late orders is there"
            found.delivered[name] = share(there, event.delivered_share, "share of nodes", "delivered_share")
        if event.late_months is not None:
            found.late_months[name] = write.add(
                f"{name}: orders are late by", event.late_months, "months", f"{path}.late_months", fmt=Fmt.WHOLE
            )
        if event.api_share:
            limits = "of the rate limits of APIs"
            found.api_shares[name] = share(limits, event.api_share, "share of each limit", "api_share")
    return found
