"""The lines of rights: the fee for leaving, and the months of nodes that were swapped or renewed."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.held import HeldContract
from contracts.terms.reserved import Reserved
from optimizer.audit.due import Due, Signed, due_by_hour
from optimizer.audit.figures import Inputs, exact, hours_between
from optimizer.plan_contracts import Right, RightUsed

Terms = Reserved | HeldContract
WhenPaid = Callable[[Month], Month]
"""Month of payment of a month of service."""


def right_lines(
    inputs: Inputs, terms: Terms, signed: Signed, rights: tuple[RightUsed, ...], paid: WhenPaid
) -> Iterator[Due]:
    """All lines of the rights that are used of a commitment in an outlook."""
    for row in rights:
        if row.right is Right.TERMINATE:
            yield from _fee(inputs, terms, signed, row)
        elif row.right is Right.SWAP:
            yield from _swapped(terms, signed, row, paid)
        else:
            yield from _renewed(terms, signed, row, paid)


def _fee(inputs: Inputs, terms: Terms, signed: Signed, row: RightUsed) -> Iterator[Due]:
    """A share of what is no longer paid, at the signed price, in the last month served; never before the horizon."""
    share = exact(terms.termination_fee_share)
    if share:
        month = max(row.month + -1, inputs.first)
        hours = hours_between(row.month, signed.end)
        yield due_by_hour(
            Nature.TERMINATION_FEE,
            signed,
            months=(month, month + 1),
            paid=month,
            quantity=Decimal(row.nodes * hours),
            price=terms.price_usd_per_node_hour * (1 - exact(terms.upfront_share)) * share,
        )


def _swapped(terms: Terms, signed: Signed, row: RightUsed, paid: WhenPaid) -> Iterator[Due]:
    """Nodes of the other offering, from the swap to the end."""
    price = terms.swap_price_usd_per_node_hour
    if price is None or row.to_offering is None:
        return
    for month in _months(row.month, signed.end):
        yield due_by_hour(
            Nature.SWAPPED_RECURRING,
            signed,
            months=(month, month + 1),
            paid=paid(month),
            quantity=Decimal(row.to_nodes * hours_between(month, month + 1)),
            price=price,
            offering=row.to_offering,
        )


def _renewed(terms: Terms, signed: Signed, row: RightUsed, paid: WhenPaid) -> Iterator[Due]:
    """The same nodes after the end, at the price of renewals, also beyond the horizon."""
    for month in _months(signed.end, signed.end + row.renewals * (terms.renewal_months or 0)):
        yield due_by_hour(
            Nature.RENEWED_RECURRING,
            signed,
            months=(month, month + 1),
            paid=paid(month),
            quantity=Decimal(row.nodes * hours_between(month, month + 1)),
            price=terms.price_usd_per_node_hour * terms.renewal_price_factor,
        )


def _months(first: Month, end: Month) -> list[Month]:
    return [first + served for served in range(max(0, end - first))]
