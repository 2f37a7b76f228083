"""Signed prices as they move: by the year of service, and never above a share of an on-demand price."""

from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.on_demand import OnDemand
from contracts.terms.ordering import OrderedTerms
from contracts.terms.reserved import Reserved
from optimizer.audit.figures import Inputs

MONTHS_OF_A_YEAR = 12


def after_years(terms: OrderedTerms, price: Decimal, months_served: int) -> Decimal:
    """A price after so many months of service: it moves with every full year; call inside the context of money."""
    for _ in range(months_served // MONTHS_OF_A_YEAR):
        price *= 1 + terms.escalator_share_per_year
    return price


def recurring_price(inputs: Inputs, terms: Reserved, outlook: str, start: Month, month: Month) -> Decimal:
    """Price of a node-hour in a month of service that began with `start`, before any part is taken out upfront."""
    price = after_years(terms, terms.price_usd_per_node_hour, month - start)
    favoured = favoured_terms(inputs, terms)
    if favoured is None:
        return price
    last_known = min(month, inputs.end + -1)
    return min(price, terms.most_favoured_share * inputs.effects.price(favoured, outlook, last_known))


def favoured_terms(inputs: Inputs, terms: object) -> OnDemand | None:
    """The on-demand contract whose price bounds a recurring price, if there is such a clause."""
    if not isinstance(terms, Reserved) or terms.most_favoured_of is None:
        return None
    favoured = inputs.terms.get(terms.most_favoured_of)
    return favoured if isinstance(favoured, OnDemand) else None
