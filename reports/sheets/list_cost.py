"""Calc_List: capacity at public list prices and at negotiated on-demand prices: the yardsticks of savings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from catalog.offerings import Offering
from reports.facts import Facts
from reports.formulas import Expr, Where
from reports.functions import looked_up, sum_where
from reports.layout import Fmt, Sheet
from reports.records import Records
from reports.sheets.calendar import Calendar
from reports.sheets.capacity import NodeHours, kinds_of
from reports.sheets.offers import OfferRow
from reports.timeline import ITEM, POOL, At, Band, Key, TimeSheet


@dataclass(frozen=True)
class ListCost:
    """The sheet and its bands."""

    sheet: Sheet
    paid_by_kind: Band
    paid_by_offering: Band
    paid_total: Band
    needed: Band
    needed_total: Band
    negotiated_total: Band


def list_sheet(
    facts: Facts,
    calendar: Calendar,
    offerings: Records[Offering],
    offers: Records[OfferRow],
    hours: NodeHours,
) -> ListCost:
    """Needed and paid capacity, valued."""
    time = TimeSheet("Calc_List", facts.months)
    time.open(
        (
            "Capacity valued at list and at negotiated prices",
            "Nodes of different offerings add up only in money. Negotiated = the lowest on-demand offer, else list.",
        ),
        keys=("Item", "Provider", "Kind", "Block"),
        calendar=calendar.time,
    )
    keys = [Key(o, facts.provider(o)) for o in facts.in_plan]
    write = _Writer(time, offerings)
    needed = write.at_list("Needed, at list price", keys, hours.needed)
    needed_total = time.sum_row("All offerings", needed, unit="USD", fmt=Fmt.MONEY)
    prices = [_negotiated(facts, offerings, offers, o) for o in facts.in_plan]
    negotiated = time.band(
        "Needed, at the negotiated on-demand price",
        keys,
        lambda i, at: hours.needed.at(i, at.month) * prices[i],
        unit="USD",
        fmt=Fmt.MONEY,
    )
    negotiated_total = time.sum_row("All offerings", negotiated, unit="USD", fmt=Fmt.MONEY)
    paid = write.at_list(
        "Paid for, at list price", [Key(k.item, k.group, kind) for k in keys for kind in kinds_of(facts)], hours.paid
    )
    time.gap()
    by_kind = time.band(
        "Paid for, at list price, by purchase kind",
        [Key(k) for k in kinds_of(facts)],
        _sums(paid, POOL),
        unit="USD",
        fmt=Fmt.MONEY,
    )
    time.gap()
    by_offering = time.band("Paid for, at list price, by offering", keys, _sums(paid, ITEM), unit="USD", fmt=Fmt.MONEY)
    paid_total = time.sum_row("All offerings", by_offering, unit="USD", fmt=Fmt.MONEY)
    return ListCost(time.sheet(), by_kind, by_offering, paid_total, needed, needed_total, negotiated_total)


class _Writer:
    """Values node-hours at the list price of the row's offering."""

    def __init__(self, time: TimeSheet, offerings: Records[Offering]) -> None:
        self._time = time
        self._keys = offerings.column("Offering")
        self._prices = offerings.column("List USD per node hour")

    def at_list(self, title: str, keys: list[Key], hours: Band) -> Band:
        """node-hours x list price."""
        return self._time.band(
            title,
            keys,
            lambda i, at: hours.at(i, at.month) * looked_up(at.item, self._keys, self._prices),
            unit="USD",
            fmt=Fmt.MONEY,
        )


def _sums(band: Band, col: int) -> Callable[[int, At], Expr]:
    return lambda _, at: sum_where(band.month(at.month), Where(band.keys(col), "=", at.item))


def _negotiated(facts: Facts, offerings: Records[Offering], offers: Records[OfferRow], offering: str) -> Expr:
    """The cell with the lowest on-demand price of an offering; its list price where there is none."""
    found = [
        (offer.terms.price_usd_per_node_hour, position)
        for position, offer in enumerate(offers.rows)
        if offer.kind == "on_demand" and offer.terms.offering == offering
    ]
    if not found:
        return offerings.fixed(facts.in_plan.index(offering), "List USD per node hour")
    return offers.fixed(min(found)[1], "Price USD per node hour")
