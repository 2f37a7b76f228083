"""The lines of the carbon price: tonnes of every offering and month in every outlook."""

from collections.abc import Iterator
from decimal import Decimal

from contracts.terms.common import Nature
from optimizer.audit.due import Due
from optimizer.audit.emissions import emissions
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import Statements

NINE_DECIMALS = 9


def carbon_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """None where nothing is asked for a tonne; call inside the context of money."""
    price = inputs.policy.carbon_price_usd_per_t
    if not price:
        return
    for row in emissions(inputs, stated):
        tonnes = round(row.t_co2e or Decimal(0), NINE_DECIMALS)
        if tonnes:
            yield Due(
                nature=Nature.CARBON_PRICE,
                outlook=row.outlook,
                payee=inputs.offerings[row.offering].provider,
                offering=row.offering,
                source=row.offering,
                order=None,
                paid=row.month,
                service_first=row.month,
                service_end=row.month + 1,
                quantity=tonnes,
                unit="t_co2e",
                unit_price=price,
                is_quotient=True,
            )
