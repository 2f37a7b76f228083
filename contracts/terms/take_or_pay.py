"""Take-or-pay: use is paid by the node-hour, and a minimum of every window is paid whether it is used or not.

Meanings: docs/decisions/0009. Quantities are exact decimals; "units" are node-hours where the minimum is stated in
node-hours, and dollars where it is stated in dollars.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from catalog.records import Count, Share
from contracts.calendar import Horizon, Month, months_between
from contracts.terms.common import BillLine, Nature
from contracts.terms.ordering import OrderedTerms

MOST_HOURS_PER_MONTH = 744


class TakeOrPay(OrderedTerms):
    """Nodes for a term, paid as used, with a minimum for each window of months."""

    kind: Literal["take_or_pay"] = "take_or_pay"
    minimum_node_hours_per_month: Annotated[Decimal, Field(gt=0)] | None = None
    """Node-hours of one lot that are paid in a month used or not, at full ramp; blank if it is stated in dollars."""
    minimum_usd_per_month: Annotated[Decimal, Field(gt=0)] | None = None
    """Dollars for one lot that are paid in a month used or not, at full ramp; blank if it is stated in node-hours."""
    ramp_shares: tuple[Share, ...] = ()
    """Shares of the minimum in the first, second ... month of service; the full minimum in later months."""
    window_months: Count = 12
    """Months over which use is added up and held against the minimum, counted from the first month of service."""
    excess_carries_forward: bool = False
    """True when use above the minimum of a window counts towards the next."""
    make_up_right: bool = False
    """True when what was paid and not used may be used free of charge later, above the minimum of a later window."""

    @model_validator(mode="after")
    def _one_minimum_that_can_be_used(self) -> Self:
        if (self.minimum_node_hours_per_month is None) == (self.minimum_usd_per_month is None):
            raise ValueError("state one minimum: minimum_node_hours_per_month or minimum_usd_per_month")
        if self.price_usd_per_node_hour <= 0:
            raise ValueError("price_usd_per_node_hour must be above 0 under take-or-pay")
        if self.minimum_node_hours_per_lot > self.lot_nodes * MOST_HOURS_PER_MONTH:
            raise ValueError(
                f"the minimum of {self.minimum_node_hours_per_lot:,.0f} node-hours a month is more than a lot of"
                f" {self.lot_nodes} nodes can be used in {MOST_HOURS_PER_MONTH} hours"
            )
        if self.window_months > self.term_months:
            raise ValueError("window_months is longer than the term")
        return self

    @property
    def minimum_node_hours_per_lot(self) -> Decimal:
        """Monthly minimum of one lot in node-hours at full ramp."""
        if self.minimum_node_hours_per_month is not None:
            return self.minimum_node_hours_per_month
        assert self.minimum_usd_per_month is not None
        return self.minimum_usd_per_month / self.price_usd_per_node_hour

    @property
    def unit(self) -> Literal["node_hour", "usd"]:
        """The unit of the minimum, and of everything that is held against it."""
        return "usd" if self.minimum_node_hours_per_month is None else "node_hour"

    @property
    def minimum_units_per_lot(self) -> Decimal:
        """Monthly minimum of one lot at full ramp, in the unit of the minimum."""
        stated = self.minimum_usd_per_month if self.unit == "usd" else self.minimum_node_hours_per_month
        assert stated is not None
        return stated

    def price_per_unit_in(self, start: Month, month: Month) -> Decimal:
        """What one unit of the minimum costs in a month of service that started in `start`."""
        return Decimal(1) if self.unit == "usd" else self.price_in(start, month)

    def units_in(self, start: Month, month: Month) -> Decimal:
        """What one node-hour of use in a month counts against the minimum."""
        return self.price_in(start, month) if self.unit == "usd" else Decimal(1)

    def ramp_share(self, month_of_service: int) -> Decimal:
        """Share of the minimum owed in a month of service, 0 for the first."""
        if month_of_service < len(self.ramp_shares):
            return Decimal(str(self.ramp_shares[month_of_service]))
        return Decimal(1)


@dataclass(frozen=True, slots=True)
class Window:
    """The months of one window that lie in the horizon, and what one lot must use in them."""

    first: Month
    end: Month
    """First month that is no longer part of it: of the window, or of the horizon."""
    minimum_units_per_lot: Decimal
    price_usd_per_unit: Decimal
    """At which it is settled: that of its last month."""

    @property
    def months(self) -> tuple[Month, ...]:
        """Its months, in order."""
        return months_between(self.first, self.end)

    @property
    def last(self) -> Month:
        """The month at whose end it is settled."""
        return self.end + -1


def windows(terms: TakeOrPay, start: Month, horizon: Horizon) -> tuple[Window, ...]:
    """The windows of an order whose service starts in a month of the horizon, as far as the horizon reaches.

    A window that the horizon cuts counts by the ramp of the months that are left, not by days.
    """
    service_end = start + terms.term_months
    found = []
    for begun in range(0, terms.term_months, terms.window_months):
        first, end = start + begun, min(start + begun + terms.window_months, service_end, horizon.end)
        if first < end:
            minimum = sum((terms.ramp_share(month - start) for month in months_between(first, end)), Decimal(0))
            price = terms.price_per_unit_in(start, end + -1)
            found.append(Window(first, end, minimum * terms.minimum_units_per_lot, price))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Settlement:
    """One window settled, in units of the minimum."""

    window: Window
    minimum: Decimal
    used: Decimal
    carried_in: Decimal
    """Excess of earlier windows that counts here."""
    true_up: Decimal
    """Paid without use."""
    made_up: Decimal
    """Used without pay, because an earlier true-up has paid for it."""
    carried_out: Decimal
    bank_out: Decimal
    """Paid and not yet used, after this window; worth nothing at the end of the horizon."""


def settle(
    terms: TakeOrPay, lots: int, start: Month, used_node_hours: Mapping[Month, Decimal], horizon: Horizon
) -> tuple[Settlement, ...]:
    """Hold the use of an order against its minimum, window by window.

    Use above the minimum first draws on what an earlier true-up has paid (make_up_right); what is left carries
    forward (excess_carries_forward). `used_node_hours`: by month, of the whole order.
    """
    carried = bank = Decimal(0)
    found = []
    for window in windows(terms, start, horizon):
        minimum = window.minimum_units_per_lot * lots
        counted = (used_node_hours[m] * terms.units_in(start, m) for m in window.months if m in used_node_hours)
        used = sum(counted, Decimal(0))
        excess = used + carried - minimum
        true_up = max(Decimal(0), -excess)
        made_up = min(bank, max(Decimal(0), excess), used) if terms.make_up_right else Decimal(0)
        carried_out = max(Decimal(0), excess - made_up) if terms.excess_carries_forward else Decimal(0)
        bank = bank + true_up - made_up if terms.make_up_right else Decimal(0)
        found.append(Settlement(window, minimum, used, carried, true_up, made_up, carried_out, bank))
        carried = carried_out
    return tuple(found)


def usage_bill(terms: TakeOrPay, start: Month, used_node_hours: Mapping[Month, Decimal]) -> tuple[BillLine, ...]:
    """One line a month for the node-hours used of an order whose service starts in `start`."""
    return tuple(
        BillLine(
            nature=Nature.TAKE_OR_PAY_USAGE,
            paid_month=terms.paid_in(month),
            service_first=month,
            service_end=month + 1,
            quantity=hours,
            unit_price_usd=terms.price_in(start, month),
        )
        for month, hours in sorted(used_node_hours.items())
    )


def settlement_line(terms: TakeOrPay, window: Window, nature: Nature, units: Decimal) -> BillLine:
    """A true-up, or the credit of a make-up: due at the end of the window for the whole of it."""
    sign = -1 if nature is Nature.TAKE_OR_PAY_MAKE_UP else 1
    return BillLine(
        nature=nature,
        paid_month=terms.settled_in(window.last),
        service_first=window.first,
        service_end=window.end,
        quantity=units,
        unit_price_usd=sign * window.price_usd_per_unit,
    )


def obligation_bill(terms: TakeOrPay, lots: int, start: Month, horizon: Horizon) -> tuple[BillLine, ...]:
    """The minimum of every month of the term after the horizon, one line a month."""
    return tuple(
        BillLine(
            nature=Nature.TAKE_OR_PAY_OBLIGATION,
            paid_month=terms.paid_in(month),
            service_first=month,
            service_end=month + 1,
            quantity=terms.minimum_units_per_lot * terms.ramp_share(month - start) * lots,
            unit_price_usd=terms.price_per_unit_in(start, month),
        )
        for month in months_between(max(start, horizon.end), start + terms.term_months)
    )
