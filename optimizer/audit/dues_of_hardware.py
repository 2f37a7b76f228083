"""The lines of capacity blocks and of owned hardware: purchase, what is left of it, upkeep and power."""

from collections.abc import Iterator
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.common import Nature
from contracts.terms.owned import Owned
from optimizer.audit.blocks import HOURS_OF_DAY
from optimizer.audit.deliveries import Delivery
from optimizer.audit.due import Due
from optimizer.audit.figures import Inputs, hours_between
from optimizer.audit.payment import paid_for_month
from optimizer.audit.prices import after_years
from optimizer.audit.sites import kw_per_node


def block_line(inputs: Inputs, terms: CapacityBlock, delivered: Delivery, outlook: str | None) -> Iterator[Due]:
    """All hours of all days, in the month of the first."""
    hours = HOURS_OF_DAY * terms.days
    yield _line(
        inputs,
        delivered,
        Nature.CAPACITY_BLOCK,
        outlook=outlook,
        months=(delivered.start, delivered.end),
        paid=delivered.start,
        quantity=Decimal(delivered.order.nodes * hours),
        unit="node_hour",
        price=terms.price_usd_per_node_hour,
    )


def owned_lines(inputs: Inputs, terms: Owned, delivered: Delivery, outlook: str | None) -> Iterator[Due]:
    """Purchase and residual for the whole life, upkeep and power of each of its months, also after the horizon."""
    nodes = Decimal(delivered.order.nodes)
    life = (delivered.start, delivered.end)
    for nature, paid, price in (
        (Nature.OWNED_CAPEX, delivered.start, terms.capex_usd_per_node),
        (Nature.OWNED_RESIDUAL, delivered.end, -terms.residual_usd_per_node),
    ):
        if price:
            yield _line(
                inputs,
                delivered,
                nature,
                outlook=outlook,
                months=life,
                paid=paid,
                quantity=nodes,
                unit="node",
                price=price,
            )
    for served in range(terms.term_months):
        yield from _running(inputs, terms, delivered, outlook, served)


def _running(inputs: Inputs, terms: Owned, delivered: Delivery, outlook: str | None, served: int) -> Iterator[Due]:
    """A month of upkeep, which moves by the year of life, and of power, which does not."""
    month = delivered.start + served
    nodes = Decimal(delivered.order.nodes)
    kwh = nodes * kw_per_node(terms) * hours_between(month, month + 1)
    upkeep = after_years(terms, terms.upkeep_usd_per_node_month, served)
    for nature, quantity, unit, price in (
        (Nature.OWNED_UPKEEP, nodes, "node_month", upkeep),
        (Nature.OWNED_POWER, kwh, "kwh", terms.power_price_usd_per_kwh),
    ):
        if price:
            yield _line(
                inputs,
                delivered,
                nature,
                outlook=outlook,
                months=(month, month + 1),
                paid=paid_for_month(terms, month),
                quantity=quantity,
                unit=unit,
                price=price,
            )


def _line(
    inputs: Inputs,
    delivered: Delivery,
    nature: Nature,
    *,
    outlook: str | None,
    months: tuple[Month, Month],
    paid: Month,
    quantity: Decimal,
    unit: str,
    price: Decimal,
) -> Due:
    order = delivered.order
    return Due(
        nature=nature,
        outlook=outlook,
        payee=inputs.offerings[order.offering].provider,
        offering=order.offering,
        source=order.contract,
        order=order.order,
        paid=paid,
        service_first=months[0],
        service_end=months[1],
        quantity=quantity,
        unit=unit,
        unit_price=price,
    )
