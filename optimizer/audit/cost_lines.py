"""Lines of cost by what they pay for, and the months that they serve (docs/decisions/0032)."""

from collections.abc import Iterator

from contracts.terms.common import Nature
from optimizer.audit.cost_pools import When
from optimizer.audit.figures import Inputs, hours_between
from optimizer.plan import CostLine

BY_USE = (
    Nature.ON_DEMAND_USAGE,
    Nature.SPOT_USAGE,
    Nature.TAKE_OR_PAY_USAGE,
    Nature.VOLUME_USAGE,
    Nature.SPEND_COMMITMENT_COVERED,
)
RECURRING = (
    Nature.HELD_RECURRING,
    Nature.RESERVED_RECURRING,
    Nature.SWAPPED_RECURRING,
    Nature.RENEWED_RECURRING,
)
UPFRONT = {Nature.HELD_UPFRONT: Nature.HELD_RECURRING, Nature.RESERVED_UPFRONT: Nature.RESERVED_RECURRING}
BY_HOURS = (
    *RECURRING,
    *UPFRONT,
    Nature.CAPACITY_BLOCK,
    Nature.OWNED_CAPEX,
    Nature.OWNED_RESIDUAL,
    Nature.OWNED_UPKEEP,
    Nature.OWNED_POWER,
)
FOR_NO_USE = (Nature.TAKE_OR_PAY_TRUE_UP, Nature.TAKE_OR_PAY_MAKE_UP, Nature.TERMINATION_FEE)
COMMITTED = (Nature.SPEND_COMMITMENT_UPFRONT, Nature.SPEND_COMMITMENT_RECURRING)
MIGRATION = (Nature.MIGRATION_ENGINEERING, Nature.MIGRATION_CAPITALISED, Nature.MIGRATION_UPKEEP)
OF_PROVIDERS = (Nature.AGREEMENT_DISCOUNT, Nature.CREDIT_USE, Nature.CREDIT_PURCHASE, Nature.AGREEMENT_SHORTFALL)


def moments(inputs: Inputs, line: CostLine) -> Iterator[When]:
    """Months, as they come in outlooks, that a line serves."""
    outlooks = inputs.probability if line.outlook is None else (line.outlook,)
    for outlook in outlooks:
        for month in inputs.months:
            if line.service_first <= month < line.service_end:
                yield When(outlook, month)


def amounts(inputs: Inputs, line: CostLine) -> Iterator[tuple[When, float]]:
    """The same with what the line costs in each, by the probability of the outlook."""
    service = hours_between(line.service_first, line.service_end)
    for when in moments(inputs, line):
        weight = float(inputs.probability[when.outlook])
        yield when, weight * float(line.amount_usd) * inputs.hours[when.month] / service
