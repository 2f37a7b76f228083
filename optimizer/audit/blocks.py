"""Capacity blocks by their days: the months they touch, the hours of each, and what may be ordered of them."""

from datetime import date, timedelta
from typing import Any

from contracts.calendar import Month
from contracts.terms.capacity_block import CapacityBlock
from optimizer.audit.checks import Checks, Place
from optimizer.audit.figures import Inputs
from optimizer.plan import Order

HOURS_OF_DAY = 24


def months_of_block(terms: CapacityBlock) -> tuple[Month, Month]:
    """Month of the first day, and the month after that of the last."""
    last = terms.first_day + timedelta(days=terms.days - 1)
    return _month(terms.first_day), _month(last) + 1


def hours_of_block(terms: CapacityBlock, month: Month) -> int:
    """Hours of a month that are served, day by day."""
    days = (terms.first_day + timedelta(days=count) for count in range(terms.days))
    return HOURS_OF_DAY * sum(_month(day) == month for day in days)


def _month(day: date) -> Month:
    return Month(day.year, day.month)


def last_day_to_sign(inputs: Inputs, terms: CapacityBlock) -> date:
    """The day before the first day less the lead time, and no later than the quote allows."""
    lead = inputs.offerings[terms.offering].lead_time_days
    last_day = terms.first_day - timedelta(days=lead + 1)
    return last_day if terms.quote_valid_until is None else min(last_day, terms.quote_valid_until)


def is_possible(inputs: Inputs, terms: CapacityBlock) -> bool:
    """Whether it starts inside the horizon and can still be signed."""
    in_time = last_day_to_sign(inputs, terms) >= inputs.run.order_date
    return in_time and inputs.first <= _month(terms.first_day) < inputs.end


def check_block(inputs: Inputs, order: Order, terms: CapacityBlock, place: Place, checks: Checks) -> None:
    """One of the sizes, on the dates of the offer, which must still be possible."""
    nodes: Any = order.nodes
    sizes = ", ".join(map(str, terms.sizes_nodes))
    is_offered = isinstance(nodes, int) and nodes in terms.sizes_nodes
    checks.true("blocks.size", place, is_offered, left=nodes, operator="one of", right=sizes, unit="nodes")
    checks.same("blocks.dates", place, (order.start, order.end), months_of_block(terms))
    last_day = last_day_to_sign(inputs, terms)
    checks.true(
        "blocks.possible",
        place,
        is_possible(inputs, terms),
        left=f"from {terms.first_day}, signed by {last_day}",
        operator="within",
        right=f"{inputs.first} to {inputs.end + -1}, signed on {inputs.run.order_date} or later",
    )
