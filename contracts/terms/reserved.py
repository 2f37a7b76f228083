"""Reserved: every hour of the term is paid, used or not; none, part or all of it upfront."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from catalog.records import Id, Share
from contracts.calendar import Month, hours_between, months_between
from contracts.clauses import Rights
from contracts.terms.common import BillLine, Nature
from contracts.terms.ordering import OrderedTerms


class Upfront(StrEnum):
    """How much of the fee is paid on the first day of service."""

    NONE = "none"
    PARTIAL = "partial"
    ALL = "all"


class Reserved(OrderedTerms, Rights):
    """Whole nodes for a whole term."""

    kind: Literal["reserved"] = "reserved"
    upfront: Upfront
    upfront_share: Share
    """Share of the whole fee paid in the first month: 0 for none, 1 for all, between for partial."""
    most_favoured_of: Id | None = None
    """On-demand contract whose price bounds the recurring price of this one; blank: no such clause."""
    most_favoured_share: Annotated[Decimal, Field(gt=0, allow_inf_nan=False)] = Decimal(1)
    """The recurring price of a month is at most so many times that on-demand price of the month."""

    @model_validator(mode="after")
    def _upfront_share_fits(self) -> Self:
        expected = {
            Upfront.NONE: self.upfront_share == 0,
            Upfront.ALL: self.upfront_share == 1,
            Upfront.PARTIAL: 0 < self.upfront_share < 1,
        }
        if not expected[self.upfront]:
            raise ValueError(
                f"upfront_share {self.upfront_share:g} does not fit upfront '{self.upfront}'"
                " (none: 0, all: 1, partial: between)"
            )
        self.refuse_beyond(self.term_months, self.upfront_share)
        return self


NO_BOUNDS: Mapping[Month, Decimal] = {}


def reserved_bill(
    terms: Reserved, nodes: int, start: Month, bounds: Mapping[Month, Decimal] = NO_BOUNDS
) -> tuple[BillLine, ...]:
    """The whole bill of one order, also beyond the horizon.

    The fee is price x nodes x calendar hours of the term; `upfront_share` of it is paid in the first month for the
    whole term, the rest month by month for the hours of the month. `bounds`: by month, what a most-favoured price of
    the node-hour is at most.
    """
    return (*upfront_bill(terms, nodes, start), *recurring_bill(terms, nodes, start, bounds))


def upfront_bill(terms: Reserved, nodes: int, start: Month) -> tuple[BillLine, ...]:
    """The part that is paid in the first month, at the signed price, for the whole term; none without upfront share."""
    end = start + terms.term_months
    if terms.upfront_share == 0:
        return ()
    upfront = BillLine(
        nature=Nature.RESERVED_UPFRONT,
        paid_month=start,
        service_first=start,
        service_end=end,
        quantity=Decimal(nodes * hours_between(start, end)),
        unit_price_usd=terms.price_usd_per_node_hour * Decimal(str(terms.upfront_share)),
    )
    return (upfront,)


def recurring_bill(
    terms: Reserved, nodes: int, start: Month, bounds: Mapping[Month, Decimal] = NO_BOUNDS
) -> tuple[BillLine, ...]:
    """One line a month of the term for what is not paid upfront, at the price of the month; none if all is upfront."""
    if terms.upfront_share == 1:
        return ()
    return tuple(
        BillLine(
            nature=Nature.RESERVED_RECURRING,
            paid_month=terms.paid_in(month),
            service_first=month,
            service_end=month + 1,
            quantity=Decimal(nodes * month.hours),
            unit_price_usd=recurring_price(terms, start, month, bounds),
        )
        for month in months_between(start, start + terms.term_months)
    )


def recurring_price(terms: Reserved, start: Month, month: Month, bounds: Mapping[Month, Decimal]) -> Decimal:
    """What a node-hour of a month costs beyond its upfront part."""
    price = terms.price_in(start, month)
    return min(price, bounds.get(month, price)) * (1 - Decimal(str(terms.upfront_share)))
