"""What a provider charges month by month, by the kinds of charge that agreements and credits name."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.agreement import Charge
from contracts.terms.common import Nature
from optimizer.audit.statements import Statements
from optimizer.plan import CostLine

ALWAYS = {
    Nature.ON_DEMAND_USAGE: Charge.ON_DEMAND,
    Nature.SPEND_COMMITMENT_COVERED: Charge.ON_DEMAND,
    Nature.SPOT_USAGE: Charge.SPOT,
    Nature.RESERVED_RECURRING: Charge.RESERVED,
    Nature.HELD_RECURRING: Charge.HELD,
    Nature.TAKE_OR_PAY_USAGE: Charge.TAKE_OR_PAY,
    Nature.VOLUME_USAGE: Charge.VOLUME,
    Nature.SPEND_COMMITMENT_RECURRING: Charge.SPEND_COMMITMENT,
    Nature.API_USAGE: Charge.API,
}
BY_ORIGIN = (Nature.SWAPPED_RECURRING, Nature.RENEWED_RECURRING)
"""Of an order they are charges of reserved terms, else of what is held."""


def charge_of(line: CostLine) -> Charge | None:
    """The kind of charge; None for lines that no agreement or credit concerns."""
    if line.nature in BY_ORIGIN:
        return Charge.HELD if line.order is None else Charge.RESERVED
    return ALWAYS.get(line.nature)


class Charges:
    """Rounded amounts of the stated lines by the month in which they are paid."""

    def __init__(self, stated: Statements) -> None:
        self._paid: dict[tuple[str, str | None, Month, Charge], Decimal] = defaultdict(Decimal)
        for line in stated.lines:
            charge = charge_of(line)
            if charge is not None:
                self._paid[line.payee, line.outlook, line.paid_month, charge] += line.amount_usd

    def of(self, provider: str, outlook: str, month: Month, eligible: Collection[Charge]) -> Decimal:
        """Charges of the kinds, once each, in an outlook; lines without an outlook count in each."""
        nothing = Decimal(0)
        return sum(
            (
                self._paid.get((provider, at, month, charge), nothing)
                for charge in set(eligible)
                for at in (outlook, None)
            ),
            nothing,
        )
