"""Where each nature of cost line begins: in which part, and by which rule it finds those who bear it."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import NamedTuple

from contracts.terms.common import Nature
from optimizer.plan_unit_cost import Part


class Rule(Enum):
    """How a line finds those who bear it."""

    NODES_BY_HOURS = auto()
    """Nodes (or units) that are there in every hour: to the blocks by hours."""
    NODES_BY_USE = auto()
    """Nodes by the hour: to the blocks by what is used in them."""
    COVERED = auto()
    """What a spend commitment takes off nodes by the hour."""
    FOR_NO_USE = auto()
    """Owed because nothing is used: idle."""
    COMMITMENT = auto()
    """Dollars committed to: to what they cover, the rest idle."""
    TOKENS = auto()
    """To those whose tokens are bought."""
    TRANSFER = auto()
    """To those whose cache moves between the offerings of a split."""
    ENGINEERING = auto()
    """To those who are served where the work opens the way."""
    PROVIDER = auto()
    """Paid to a provider, or given by one, for no offering: in proportion to what it charges."""
    PROVIDER_FOR_NO_USE = auto()
    """The same, because too little is used: idle."""
    NOT_COST = auto()
    """Penalties and expected emergencies: nobody bills them."""


class Begins(NamedTuple):
    """The rule of a nature, and its part before failed requests and idle capacity are taken out."""

    rule: Rule
    part: Part


_RENT = Begins(Rule.NODES_BY_HOURS, Part.ACCELERATOR)
_USE = Begins(Rule.NODES_BY_USE, Part.ACCELERATOR)
_RUN = Begins(Rule.NODES_BY_HOURS, Part.POWER_OR_OVERHEAD)
_NO_USE = Begins(Rule.FOR_NO_USE, Part.IDLE_CAPACITY)
_COMMITTED = Begins(Rule.COMMITMENT, Part.ACCELERATOR)
_WORK = Begins(Rule.ENGINEERING, Part.ENGINEERING)
_PROVIDER = Begins(Rule.PROVIDER, Part.ACCELERATOR)
_MISSED = Begins(Rule.PROVIDER_FOR_NO_USE, Part.IDLE_CAPACITY)
_NOT_COST = Begins(Rule.NOT_COST, Part.ACCELERATOR)

BEGINS: Mapping[Nature, Begins] = {
    Nature.ON_DEMAND_USAGE: _USE,
    Nature.SPOT_USAGE: _USE,
    Nature.TAKE_OR_PAY_USAGE: _USE,
    Nature.VOLUME_USAGE: _USE,
    Nature.SPEND_COMMITMENT_COVERED: Begins(Rule.COVERED, Part.ACCELERATOR),
    Nature.RESERVED_UPFRONT: _RENT,
    Nature.RESERVED_RECURRING: _RENT,
    Nature.HELD_UPFRONT: _RENT,
    Nature.HELD_RECURRING: _RENT,
    Nature.SWAPPED_RECURRING: _RENT,
    Nature.RENEWED_RECURRING: _RENT,
    Nature.CAPACITY_BLOCK: _RENT,
    Nature.OWNED_CAPEX: _RENT,
    Nature.OWNED_RESIDUAL: _RENT,
    Nature.PROVISIONED_RECURRING: _RENT,
    Nature.OWNED_UPKEEP: _RUN,
    Nature.OWNED_POWER: _RUN,
    Nature.TAKE_OR_PAY_TRUE_UP: _NO_USE,
    Nature.TAKE_OR_PAY_MAKE_UP: _NO_USE,
    Nature.TAKE_OR_PAY_OBLIGATION: _NO_USE,
    Nature.TERMINATION_FEE: _NO_USE,
    Nature.SPEND_COMMITMENT_UPFRONT: _COMMITTED,
    Nature.SPEND_COMMITMENT_RECURRING: _COMMITTED,
    Nature.API_USAGE: Begins(Rule.TOKENS, Part.ACCELERATOR),
    Nature.KV_TRANSFER: Begins(Rule.TRANSFER, Part.NETWORK),
    Nature.MIGRATION_ENGINEERING: _WORK,
    Nature.MIGRATION_CAPITALISED: _WORK,
    Nature.MIGRATION_UPKEEP: _WORK,
    Nature.AGREEMENT_DISCOUNT: _PROVIDER,
    Nature.CREDIT_PURCHASE: _PROVIDER,
    Nature.CREDIT_USE: _PROVIDER,
    Nature.AGREEMENT_SHORTFALL: _MISSED,
    Nature.AGREEMENT_OBLIGATION: _MISSED,
    Nature.EMERGENCY_EXPECTED: _NOT_COST,
    Nature.SHORTFALL_PENALTY: _NOT_COST,
    Nature.CARBON_PRICE: _NOT_COST,
    Nature.STABILITY_PRICE: _NOT_COST,
}
"""Every nature; a test fails if one is missing."""
