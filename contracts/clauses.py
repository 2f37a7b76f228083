"""Clauses that a contract may carry: when it is paid, in which currency, and the rights to leave, swap or stay.

Meanings: docs/decisions/0014 (price and payment) and 0015 (rights).
"""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from catalog.records import Count, Id, Record, Share, Sourced, Usd, Whole
from contracts.calendar import Month


class DueDay(StrEnum):
    """On which day of a month of service its payment falls due, before net days."""

    IN_ADVANCE = "in_advance"
    """The first day of the month."""
    IN_ARREARS = "in_arrears"
    """The last day of the month."""

    def day_of(self, month: Month) -> date:
        """The day on which a month of service falls due.

        >>> DueDay.IN_ARREARS.day_of(Month(2027, 2))
        datetime.date(2027, 2, 28)
        """
        return month.first_day if self is DueDay.IN_ADVANCE else (month + 1).first_day - timedelta(days=1)


NetDays = Annotated[int, Field(ge=0, le=366)]
"""Days that an invoice may be left open after its due day."""


def paid_after(due: date, net_days: int) -> Month:
    """The month in which an invoice is paid.

    >>> paid_after(date(2027, 1, 31), 30), paid_after(date(2027, 2, 28), 30)
    (Month(year=2027, number=3), Month(year=2027, number=3))
    """
    day = due + timedelta(days=net_days)
    return Month(day.year, day.month)


DOLLARS = "USD"

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""An ISO 4217 code, such as EUR."""


class ExchangeRate(Sourced):
    """One dated rate of a currency, held flat over the horizon."""

    currency: Currency
    usd_per_unit: Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]
    """Dollars for one unit of the currency on the as-of date."""


class Rights(Record):
    """What the buyer may do with a commitment before or at its end; blank fields are rights that are not there."""

    terminable_after_months: Count | None = None
    """Months of service after which the buyer may end it; blank: not before its term."""
    termination_notice_days: Whole = 0
    """Days between notice and the first day that is no longer served."""
    termination_fee_share: Share = 0.0
    """Share of the fee for the months given up, at the signed price, that is owed on leaving."""
    swap_to: Id | None = None
    """Offering to which nodes may be moved; blank: no swap."""
    swap_after_months: Count | None = None
    """Months of service after which nodes may be moved."""
    swap_price_usd_per_node_hour: Usd | None = None
    """Price of a node-hour of the offering swapped to."""
    renewal_months: Count | None = None
    """Length of one renewal; blank: none."""
    renewals_at_most: Count = 1
    """How often it can be renewed."""
    renewal_price_factor: Annotated[Decimal, Field(gt=0, allow_inf_nan=False)] = Decimal(1)
    """Price cap of renewals, as a factor on the signed price; plans count on no less than the cap."""
    renewal_notice_days: Whole = 0
    """Days before the end on which a renewal (or, if it renews by itself, its refusal) must have been declared."""
    auto_renews: bool = False
    """True when the first renewal happens by itself unless it is refused in time."""

    @model_validator(mode="after")
    def _rights_are_whole(self) -> Self:
        swap = (self.swap_to, self.swap_after_months, self.swap_price_usd_per_node_hour)
        if any(part is None for part in swap) != all(part is None for part in swap):
            raise ValueError("a swap needs swap_to, swap_after_months and swap_price_usd_per_node_hour together")
        if self.swap_price_usd_per_node_hour is not None and self.swap_price_usd_per_node_hour <= 0:
            raise ValueError("swap_price_usd_per_node_hour must be above 0")
        if self.terminable_after_months is None and (self.termination_notice_days or self.termination_fee_share):
            raise ValueError("notice and fee of a termination need terminable_after_months")
        clauses = (self.auto_renews, self.renewal_notice_days, self.renewals_at_most - 1, self.renewal_price_factor - 1)
        if self.renewal_months is None and any(clauses):
            raise ValueError("auto_renews and the other clauses of a renewal need renewal_months")
        return self

    def refuse_beyond(self, term_months: int, upfront_share: float) -> None:
        """Raise ValueError for rights that a term of so many months, paid so, cannot have."""
        if self.terminable_after_months is not None and self.terminable_after_months >= term_months:
            raise ValueError(f"terminable_after_months must be below the term of {term_months} months")
        if self.swap_after_months is not None and self.swap_after_months >= term_months:
            raise ValueError(f"swap_after_months must be below the term of {term_months} months")
        if self.swap_to is not None and upfront_share > 0:
            raise ValueError("what is paid upfront cannot be swapped: leave swap_to blank, or state no upfront part")

    @property
    def has_rights(self) -> bool:
        """Whether there is anything to decide."""
        return any(part is not None for part in (self.terminable_after_months, self.swap_to, self.renewal_months))
