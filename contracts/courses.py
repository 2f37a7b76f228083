"""What leaving, swapping and staying cost: the lines of rights that are used (docs/decisions/0015).

Months are those of one delivery: `end` is the first month that the plain term no longer serves, as delivered.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from contracts.calendar import Horizon, Month, hours_between, months_between
from contracts.terms.common import BillLine, Nature
from contracts.terms.held import HeldContract
from contracts.terms.reserved import Reserved

Commitment = Reserved | HeldContract
"""What can carry rights."""

RECURRING = frozenset({Nature.RESERVED_RECURRING, Nature.HELD_RECURRING})
"""Lines that stop for nodes that have left."""


def plain_course(lines: Iterable[BillLine], left: Mapping[Month, int]) -> Iterator[BillLine]:
    """The lines of a bill without the nodes that have left by a month; no line where nothing is left of it."""
    for line in lines:
        gone = left.get(line.service_first, 0) if line.nature in RECURRING else 0
        quantity = line.quantity - gone * line.service_first.hours
        if quantity or not gone:
            yield line if not gone else replace(line, quantity=quantity)


def recurring_from(lines: Iterable[BillLine], month: Month) -> tuple[BillLine, ...]:
    """The recurring lines of a bill from a month on: what is not owed by nodes that leave then."""
    return tuple(line for line in lines if line.nature in RECURRING and line.service_first >= month)


def termination_bill(
    terms: Commitment, nodes: int, leaves: Month, end: Month, horizon: Horizon
) -> tuple[BillLine, ...]:
    """The fee for leaving: a share of what the months given up would have cost, at the signed price."""
    share = (1 - Decimal(str(terms.upfront_share))) * Decimal(str(terms.termination_fee_share))
    if not share:
        return ()
    month = max(leaves + -1, horizon.first)
    return (
        BillLine(
            nature=Nature.TERMINATION_FEE,
            paid_month=month,
            service_first=month,
            service_end=month + 1,
            quantity=Decimal(nodes * hours_between(leaves, end)),
            unit_price_usd=terms.price_usd_per_node_hour * share,
        ),
    )


def swapped_bill(terms: Commitment, to_nodes: int, leaves: Month, end: Month) -> tuple[BillLine, ...]:
    """The nodes swapped to, month by month to the end of the term."""
    assert terms.swap_price_usd_per_node_hour is not None
    months = months_between(leaves, end)
    return _monthly(terms, Nature.SWAPPED_RECURRING, to_nodes, months, terms.swap_price_usd_per_node_hour)


def renewed_bill(terms: Commitment, nodes: int, end: Month, renewals: int) -> tuple[BillLine, ...]:
    """The nodes that stay, month by month to the end of the last renewal."""
    months = months_between(end, renewed_until(terms, end, renewals))
    price = terms.price_usd_per_node_hour * terms.renewal_price_factor
    return _monthly(terms, Nature.RENEWED_RECURRING, nodes, months, price)


def renewed_until(terms: Commitment, end: Month, renewals: int) -> Month:
    """The first month that is no longer served after so many renewals."""
    assert terms.renewal_months is not None
    return end + renewals * terms.renewal_months


def _monthly(
    terms: Commitment, nature: Nature, nodes: int, months: Iterable[Month], price_usd: Decimal
) -> tuple[BillLine, ...]:
    return tuple(
        BillLine(
            nature=nature,
            paid_month=terms.paid_in(month) if isinstance(terms, Reserved) else month,
            service_first=month,
            service_end=month + 1,
            quantity=Decimal(nodes * month.hours),
            unit_price_usd=price_usd,
        )
        for month in months
    )
