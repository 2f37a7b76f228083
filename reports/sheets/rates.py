"""Calc_Rates: three price levels, what commitments cover, how much of them is used, and what all this saves.

needed          node-hours kept busy in the base pool (spot can be under no commitment)
by the hour     bought on demand or under volume tiers; taken as used
committed       under contract, used or not
used            min(committed, max(0, needed - by the hour))
utilisation     used / committed
coverage        (used + on demand that spend commitments pay for) / needed
savings rate    1 - effective cost / what the same use costs at list, or at negotiated prices

Offerings add up at list price. Meanings: docs/decisions/0020.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from catalog.offerings import Offering
from optimizer.plan import CostLine
from optimizer.plan_contracts import Coverage
from reports.facts import Facts
from reports.formulas import ZERO, Expr, Where
from reports.functions import greatest, least, looked_up, quoted, ratio, sum_where
from reports.layout import Fmt, Sheet
from reports.records import Records
from reports.sheets.calendar import Calendar
from reports.sheets.capacity import ON_DEMAND, SPOT, NodeHours, kinds_of
from reports.sheets.effective import Effective
from reports.sheets.list_cost import ListCost, negotiated_price
from reports.sheets.offers import OfferRow
from reports.sheets.routing import Routing
from reports.timeline import GROUP, ITEM, POOL, At, Band, Key, TimeSheet

VOLUME = "volume"
BY_THE_HOUR = (ON_DEMAND, SPOT, VOLUME)
"""Purchase kinds that are no commitment."""
_ALL = "All offerings"


@dataclass(frozen=True)
class Valued:
    """What the rates are made of."""

    hours: NodeHours
    listed: ListCost
    effective: Effective
    payments: Records[CostLine]
    covered: Records[Coverage] | None
    """On-demand use that spend commitments pay for; None where there is none."""


@dataclass(frozen=True)
class Rates:
    """The sheet and the bands that others refer to."""

    sheet: Sheet
    negotiated: Band
    utilisation: Band
    utilisation_all: Band
    coverage_all: Band
    over_list_all: Band
    over_negotiated_all: Band


def rates_sheet(
    facts: Facts,
    calendar: Calendar,
    offerings: Records[Offering],
    offers: Records[OfferRow],
    routing: Routing,
    valued: Valued,
) -> Rates:
    """Prices, node-hours, shares; the shares by offering, by provider and in all."""
    time = TimeSheet("Calc_Rates", facts.months)
    time.open(
        (
            "Price levels, coverage, utilisation and effective savings rate",
            "Coverage and utilisation are no savings: read them with the savings rate. Offerings add up at list price."
            + (" Expected over the outlooks." if facts.several else ""),
        ),
        keys=("Item", "Provider", "Kind", "Block"),
        calendar=calendar.time,
    )
    write = _Writer(facts, time, valued)
    names, prices = offerings.column("Offering"), offerings.column("List USD per node hour")
    listed = write.prices("List price", lambda _, at: looked_up(at.item, names, prices))
    cells = [negotiated_price(facts, offerings, offers, o) for o in facts.in_plan]
    negotiated = write.prices("Negotiated price: the lowest on-demand offer, else list", lambda i, _: cells[i])
    committed = write.committed()
    needed, used = write.needed_and_used(routing, committed)
    utilisation = write.shares("Utilisation of commitments: used / under contract", used, committed)
    under = write.with_spend(used)
    write.shares("Coverage: used under commitment / needed", under, needed)
    at_list = [
        write.at_list("Needed, at list price (spot apart)", needed, listed),
        write.at_list("Under contract, at list price", committed, listed),
        write.at_list("Used under contract, at list price", used, listed),
        *([] if under is used else [write.at_list("Used under any commitment, at list price", under, listed)]),
    ]
    of_needed, of_committed, of_used, *_ = totals = [total for _, total in at_list]
    in_need, in_contract, in_use, *_ = bands = [band for band, _ in at_list]
    write.by_provider("Utilisation, by provider", in_use, in_contract)
    write.by_provider("Coverage, by provider", bands[-1], in_need)
    utilisation_all = write.all_of("Utilisation, all offerings", of_used, of_committed)
    coverage_all = write.all_of("Coverage, all offerings", totals[-1], of_needed)
    paid = valued.effective
    write.savings("Effective savings rate over list", paid.by_offering, valued.listed.needed)
    write.savings("Effective savings rate over negotiated", paid.by_offering, valued.listed.negotiated)
    over_list = write.saved_in_all("... over list, all offerings", valued.listed.list_total)
    over_negotiated = write.saved_in_all("... over negotiated, all offerings", valued.listed.negotiated_total)
    return Rates(
        negotiated=negotiated,
        utilisation=utilisation,
        utilisation_all=utilisation_all,
        coverage_all=coverage_all,
        over_list_all=over_list,
        over_negotiated_all=over_negotiated,
        sheet=time.sheet(),
    )


class _Writer:
    """The bands of the sheet, one after the other."""

    def __init__(self, facts: Facts, time: TimeSheet, valued: Valued) -> None:
        self.facts, self.time, self.valued = facts, time, valued
        self.keys = [Key(o, facts.provider(o)) for o in facts.in_plan]
        self.all_kinds = kinds_of(facts)
        self.kinds = [kind for kind in self.all_kinds if kind not in BY_THE_HOUR]

    def prices(self, title: str, fill: Callable[[int, At], Expr]) -> Band:
        """USD per node-hour, offering by offering."""
        return self._band(title, fill, unit="USD/node-hour", fmt=Fmt.PRICE, row_total="none")

    def _band(
        self,
        title: str,
        fill: Callable[[int, At], Expr],
        *,
        unit: str,
        fmt: Fmt,
        row_total: Literal["sum", "none"] | Callable[[int], Expr] = "sum",
    ) -> Band:
        band = self.time.band(title, self.keys, fill, unit=unit, fmt=fmt, row_total=row_total)
        self.time.gap()
        return band

    def committed(self) -> Band:
        """Node-hours under contract by offering, and what one of them costs: the third price level."""
        pairs = [Key(k.item, k.group, kind) for k in self.keys for kind in self.kinds]
        rows = [self._paid_row(i, kind) for i in range(len(self.keys)) for kind in self.kinds]
        paid = self.valued.hours.paid
        by_kind = self.time.band(
            "Node-hours under contract, by kind, used or not",
            pairs,
            lambda i, at: paid.at(rows[i], at.month),
            unit="node-hours",
            fmt=Fmt.WHOLE,
        )
        self.time.gap()
        cost = self.time.band(
            "Effective cost under contract, by kind",
            pairs,
            lambda _, at: at.hours * self._hourly(at),
            unit="USD",
            fmt=Fmt.MONEY,
        )
        self.time.gap()
        hours = self._band("Under contract", _sums(by_kind), unit="node-hours", fmt=Fmt.WHOLE)
        dollars = self._band("Effective cost under contract", _sums(cost), unit="USD", fmt=Fmt.MONEY)
        self._band(
            "Committed price: effective cost under contract by the node-hour (0: nothing is under contract)",
            lambda i, at: ratio(dollars.at(i, at.month), hours.at(i, at.month)),
            unit="USD/node-hour",
            fmt=Fmt.PRICE,
            row_total=lambda i: ratio(dollars.sum(i), hours.sum(i)),
        )
        return hours

    def _paid_row(self, offering: int, kind: str) -> int:
        """Where Calc_Node_Hours has the node-hours of an offering and kind."""
        return offering * len(self.all_kinds) + self.all_kinds.index(kind)

    def _hourly(self, at: At) -> Expr:
        pay = self.valued.payments
        return sum_where(
            pay.column("USD per service hour"),
            Where(pay.column("Offering"), "=", at.item),
            Where(pay.column("Purchase kind"), "=", at.pool),
            Where(pay.column("Service from"), "<=", at.day),
            Where(pay.column("Service until"), ">", at.day),
        )

    def needed_and_used(self, routing: Routing, committed: Band) -> tuple[Band, Band]:
        """What is kept busy, what of it is bought by the hour, and what is left for commitments."""
        busy, paid = routing.node_hours, self.valued.hours.paid

        def base(_: int, at: At) -> Expr:
            pool = Where(busy.keys(POOL), "=", quoted("base"))
            return sum_where(busy.month(at.month), Where(busy.keys(ITEM), "=", at.item), pool)

        def by_hour(i: int, at: At) -> Expr:
            by_kind = [paid.at(self._paid_row(i, kind), at.month) for kind in hourly]
            return sum(by_kind[1:], by_kind[0])

        def left(i: int, at: At) -> Expr:
            open_still = greatest(ZERO, needed.at(i, at.month) - bought.at(i, at.month))
            return least(committed.at(i, at.month), open_still)

        hourly = [kind for kind in (ON_DEMAND, VOLUME) if kind in self.all_kinds]
        needed = self._band("Needed (spot apart)", base, unit="node-hours", fmt=Fmt.WHOLE)
        bought = self._band("Bought by the hour (spot apart)", by_hour, unit="node-hours", fmt=Fmt.WHOLE)
        return needed, self._band("Used under contract", left, unit="node-hours", fmt=Fmt.WHOLE)

    def with_spend(self, used: Band) -> Band:
        """With on-demand use that spend commitments pay for; the band itself where there is none."""
        covered = self.valued.covered
        if covered is None:
            return used

        def paid_for(_: int, at: At) -> Expr:
            month = Where(covered.column("Month"), "=", at.day)
            return sum_where(
                covered.column("Expected node hours"), Where(covered.column("Offering"), "=", at.item), month
            )

        spent = self._band("On demand, paid for by spend commitments", paid_for, unit="node-hours", fmt=Fmt.WHOLE)
        return self._band(
            "Used under any commitment",
            lambda i, at: used.at(i, at.month) + spent.at(i, at.month),
            unit="node-hours",
            fmt=Fmt.WHOLE,
        )

    def shares(self, title: str, part: Band, whole: Band) -> Band:
        """part / whole, offering by offering."""
        return self._band(
            title,
            lambda i, at: ratio(part.at(i, at.month), whole.at(i, at.month)),
            unit="share",
            fmt=Fmt.SHARE,
            row_total=lambda i: ratio(part.sum(i), whole.sum(i)),
        )

    def at_list(self, title: str, hours: Band, listed: Band) -> tuple[Band, Band]:
        """Node-hours x list price, and their sum."""
        band = self.time.band(
            title,
            self.keys,
            lambda i, at: hours.at(i, at.month) * listed.at(i, at.month),
            unit="USD",
            fmt=Fmt.MONEY,
        )
        return band, self.time.sum_row(_ALL, band, unit="USD", fmt=Fmt.MONEY)

    def by_provider(self, title: str, part: Band, whole: Band) -> None:
        """Shares of amounts at list price, provider by provider."""
        providers = [Key(p) for p in self.facts.providers]

        def share(_: int, at: At) -> Expr:
            return ratio(*(_of_provider(band, at.month, at.item) for band in (part, whole)))

        def in_all(_: int) -> Expr:
            key = self.time.key(ITEM)
            return ratio(*(sum_where(band.sums(), Where(band.keys(GROUP), "=", key)) for band in (part, whole)))

        self.time.band(title, providers, share, unit="share", fmt=Fmt.SHARE, row_total=in_all)
        self.time.gap()

    def all_of(self, title: str, part: Band, whole: Band) -> Band:
        """part / whole of two sums."""
        band = self.time.band(
            title,
            [Key(_ALL)],
            lambda _, at: ratio(part.at(0, at.month), whole.at(0, at.month)),
            unit="share",
            fmt=Fmt.SHARE,
            row_total=lambda _: ratio(part.sum(0), whole.sum(0)),
        )
        self.time.gap()
        return band

    def savings(self, title: str, paid: Band, instead: Band) -> Band:
        """1 - paid / what it would have cost, offering by offering."""
        return self._band(
            title,
            lambda i, at: ratio(instead.at(i, at.month) - paid.at(i, at.month), instead.at(i, at.month)),
            unit="share",
            fmt=Fmt.SHARE,
            row_total=lambda i: ratio(instead.sum(i) - paid.sum(i), instead.sum(i)),
        )

    def saved_in_all(self, title: str, instead: Band) -> Band:
        """The same of what all providers are paid."""
        paid = self.valued.effective.billed_total
        band = self.time.band(
            title,
            [Key(_ALL)],
            lambda _, at: ratio(instead.at(0, at.month) - paid.at(0, at.month), instead.at(0, at.month)),
            unit="share",
            fmt=Fmt.SHARE,
            row_total=lambda _: ratio(instead.sum(0) - paid.sum(0), instead.sum(0)),
        )
        self.time.gap()
        return band


def _sums(band: Band) -> Callable[[int, At], Expr]:
    return lambda _, at: sum_where(band.month(at.month), Where(band.keys(ITEM), "=", at.item))


def _of_provider(band: Band, month: int, provider: Expr) -> Expr:
    return sum_where(band.month(month), Where(band.keys(GROUP), "=", provider))
