"""Calc_List: capacity at public list prices and at negotiated on-demand prices: the yardsticks of savings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from catalog.offerings import Offering
from optimizer.plan_contracts import ApiPlacement
from reports.facts import Facts
from reports.formulas import Expr, Where
from reports.functions import looked_up, sum_where, total
from reports.layout import Fmt, Kind, Sheet
from reports.records import Records
from reports.sheets.calendar import Calendar
from reports.sheets.capacity import NodeHours, kinds_of
from reports.sheets.offers import OfferRow
from reports.sheets.tokens_bought import by_api_and_month
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
    by_api: Band | None
    """Served by the token, at the prices of its API; None where nothing is."""
    list_total: Band
    """What is needed, at list prices: nodes, and tokens at the prices of their APIs."""
    negotiated: Band
    negotiated_total: Band
    """The same with nodes at negotiated prices."""


def list_sheet(
    facts: Facts,
    calendar: Calendar,
    offerings: Records[Offering],
    offers: Records[OfferRow],
    hours: NodeHours,
    bought: Records[ApiPlacement] | None,
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
    prices = [negotiated_price(facts, offerings, offers, o) for o in facts.in_plan]
    negotiated = time.band(
        "Needed, at the negotiated on-demand price",
        keys,
        lambda i, at: hours.needed.at(i, at.month) * prices[i],
        unit="USD",
        fmt=Fmt.MONEY,
    )
    negotiated_total = time.sum_row("All offerings", negotiated, unit="USD", fmt=Fmt.MONEY)
    by_api, at_list, at_negotiated = _with_tokens(time, facts, bought, needed_total, negotiated_total)
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
    return ListCost(
        sheet=time.sheet(),
        paid_by_kind=by_kind,
        paid_by_offering=by_offering,
        paid_total=paid_total,
        needed=needed,
        needed_total=needed_total,
        by_api=by_api,
        list_total=at_list,
        negotiated=negotiated,
        negotiated_total=at_negotiated,
    )


def _with_tokens(
    time: TimeSheet, facts: Facts, bought: Records[ApiPlacement] | None, listed: Band, negotiated: Band
) -> tuple[Band | None, Band, Band]:
    """Tokens at the prices of their APIs, and both totals with them."""
    if bought is None:
        return None, listed, negotiated
    by_api = time.band(
        "Served by the token, at the prices of its API",
        [Key(row.api, row.provider) for row in facts.apis],
        lambda _, at: by_api_and_month(bought, "Expected USD", at.item, at.day),
        unit="USD",
        fmt=Fmt.MONEY,
    )
    time.gap()

    def both(label: str, nodes: Band) -> Band:
        return time.band(
            "",
            [Key(label)],
            lambda _, at: nodes.at(0, at.month) + total(by_api.month(at.month)),
            unit="USD",
            fmt=Fmt.MONEY,
            kind=Kind.TOTAL,
            title_row=False,
        )

    totals = both("Nodes and tokens, at list price", listed), both("Nodes and tokens, negotiated", negotiated)
    time.gap()
    return by_api, *totals


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


def negotiated_price(facts: Facts, offerings: Records[Offering], offers: Records[OfferRow], offering: str) -> Expr:
    """The cell with the lowest on-demand price of an offering; its list price where there is none."""
    found = [
        (offer.terms.price_usd_per_node_hour, position)
        for position, offer in enumerate(offers.rows)
        if offer.kind == "on_demand" and offer.terms.offering == offering
    ]
    if not found:
        return offerings.fixed(facts.in_plan.index(offering), "List USD per node hour")
    return offers.fixed(min(found)[1], "Price USD per node hour")
