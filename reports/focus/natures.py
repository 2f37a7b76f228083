"""What each nature of a cost line is in the words of FOCUS 1.2 (docs/decisions/0020, section FOCUS).

fee         paid for a commitment: a Purchase without effective cost; its months of service are rows of Usage
purchase    paid for something that is not a commitment discount, used month by month
usage       billed by use
credit      taken off after the fact
adjustment  owed or given back outside prices
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from contracts.terms.common import Nature


class ChargeCategory(StrEnum):
    """ChargeCategory; taxes are not planned."""

    USAGE = "Usage"
    PURCHASE = "Purchase"
    CREDIT = "Credit"
    ADJUSTMENT = "Adjustment"


class Frequency(StrEnum):
    """ChargeFrequency."""

    ONE_TIME = "One-Time"
    RECURRING = "Recurring"
    USAGE_BASED = "Usage-Based"


class Pricing(StrEnum):
    """PricingCategory."""

    STANDARD = "Standard"
    DYNAMIC = "Dynamic"
    COMMITTED = "Committed"
    OTHER = "Other"


class CommitmentCategory(StrEnum):
    """CommitmentDiscountCategory: whether an amount of use or of money is promised."""

    USAGE = "Usage"
    SPEND = "Spend"


class Service(StrEnum):
    """ServiceName, and behind it ServiceCategory and ServiceSubcategory."""

    NODES = "Accelerator nodes"
    TOKENS = "Inference by the token"
    MIGRATION = "Migration work"
    TERMS = "Commercial terms"

    @property
    def category(self) -> str:
        """ServiceCategory."""
        return _CATEGORY[self][0]

    @property
    def subcategory(self) -> str:
        """ServiceSubcategory."""
        return _CATEGORY[self][1]


_CATEGORY = {
    Service.NODES: ("Compute", "Virtual Machines"),
    Service.TOKENS: ("AI and Machine Learning", "Generative AI"),
    Service.MIGRATION: ("Migration", "Other (Migration)"),
    Service.TERMS: ("Management and Governance", "Cost Management"),
}


@dataclass(frozen=True, slots=True)
class Focus:
    """How lines of a nature are written."""

    category: ChargeCategory
    frequency: Frequency
    pricing: Pricing | None
    """None where FOCUS allows null: credits and adjustments."""
    commitment: str | None = None
    """CommitmentDiscountType; None where no commitment discount is concerned."""
    promises: CommitmentCategory | None = None
    service: Service = Service.NODES
    unused: bool = False
    """True for a charge that is owed because something promised was not used."""

    @property
    def is_fee(self) -> bool:
        """Paid for a commitment, used or not."""
        return self.category is ChargeCategory.PURCHASE and self.commitment is not None


def _fee(kind: str, frequency: Frequency, *, service: Service = Service.NODES) -> Focus:
    promises = CommitmentCategory.USAGE
    return Focus(ChargeCategory.PURCHASE, frequency, Pricing.STANDARD, kind, promises, service)


def _purchase(frequency: Frequency, service: Service = Service.NODES) -> Focus:
    return Focus(ChargeCategory.PURCHASE, frequency, Pricing.STANDARD, service=service)


def _usage(pricing: Pricing, service: Service = Service.NODES) -> Focus:
    return Focus(ChargeCategory.USAGE, Frequency.USAGE_BASED, pricing, service=service)


def _adjustment(kind: str | None = None, service: Service = Service.NODES) -> Focus:
    promises = CommitmentCategory.USAGE if kind else None
    return Focus(ChargeCategory.ADJUSTMENT, Frequency.ONE_TIME, None, kind, promises, service)


def _minimum(category: ChargeCategory, *, unused: bool) -> Focus:
    promises, frequency = CommitmentCategory.USAGE, Frequency.RECURRING if unused else Frequency.USAGE_BASED
    return Focus(category, frequency, Pricing.COMMITTED, TAKE_OR_PAY, promises, unused=unused)


RESERVED, HELD, TAKE_OR_PAY, SPEND = "Reserved nodes", "Held contract", "Take-or-pay", "Spend commitment"
BLOCK, THROUGHPUT = "Capacity block", "Provisioned throughput"
_ONCE, _MONTHLY = Frequency.ONE_TIME, Frequency.RECURRING


def _spend(frequency: Frequency) -> Focus:
    promises = CommitmentCategory.SPEND
    return Focus(ChargeCategory.PURCHASE, frequency, Pricing.STANDARD, SPEND, promises, Service.TERMS)


FOCUS: dict[Nature, Focus | None] = {
    Nature.ON_DEMAND_USAGE: _usage(Pricing.STANDARD),
    Nature.SPOT_USAGE: _usage(Pricing.DYNAMIC),
    Nature.RESERVED_UPFRONT: _fee(RESERVED, _ONCE),
    Nature.RESERVED_RECURRING: _fee(RESERVED, _MONTHLY),
    Nature.TAKE_OR_PAY_USAGE: _minimum(ChargeCategory.USAGE, unused=False),
    Nature.TAKE_OR_PAY_TRUE_UP: _minimum(ChargeCategory.USAGE, unused=True),
    Nature.TAKE_OR_PAY_MAKE_UP: _adjustment(TAKE_OR_PAY),
    Nature.TAKE_OR_PAY_OBLIGATION: _minimum(ChargeCategory.USAGE, unused=True),
    Nature.MIGRATION_ENGINEERING: _purchase(_ONCE, Service.MIGRATION),
    Nature.MIGRATION_CAPITALISED: _purchase(_ONCE, Service.MIGRATION),
    Nature.MIGRATION_UPKEEP: _purchase(_MONTHLY, Service.MIGRATION),
    Nature.HELD_UPFRONT: _fee(HELD, _ONCE),
    Nature.HELD_RECURRING: _fee(HELD, _MONTHLY),
    Nature.TERMINATION_FEE: _adjustment(RESERVED),
    Nature.SWAPPED_RECURRING: _fee(RESERVED, _MONTHLY),
    Nature.RENEWED_RECURRING: _fee(RESERVED, _MONTHLY),
    Nature.SPEND_COMMITMENT_UPFRONT: _spend(_ONCE),
    Nature.SPEND_COMMITMENT_RECURRING: _spend(_MONTHLY),
    Nature.SPEND_COMMITMENT_COVERED: _adjustment(service=Service.NODES),
    Nature.VOLUME_USAGE: _usage(Pricing.STANDARD),
    Nature.AGREEMENT_DISCOUNT: Focus(ChargeCategory.CREDIT, _MONTHLY, None, service=Service.TERMS),
    Nature.AGREEMENT_SHORTFALL: _adjustment(service=Service.TERMS),
    Nature.AGREEMENT_OBLIGATION: _adjustment(service=Service.TERMS),
    Nature.CREDIT_PURCHASE: _purchase(_ONCE, Service.TERMS),
    Nature.CREDIT_USE: Focus(ChargeCategory.CREDIT, _ONCE, None, service=Service.TERMS),
    Nature.CAPACITY_BLOCK: _fee(BLOCK, _ONCE),
    Nature.OWNED_CAPEX: _purchase(_ONCE),
    Nature.OWNED_RESIDUAL: _adjustment(),
    Nature.OWNED_UPKEEP: _purchase(_MONTHLY),
    Nature.OWNED_POWER: _usage(Pricing.STANDARD),
    Nature.API_USAGE: _usage(Pricing.STANDARD, Service.TOKENS),
    Nature.PROVISIONED_RECURRING: _fee(THROUGHPUT, _MONTHLY, service=Service.TOKENS),
    Nature.KV_TRANSFER: _usage(Pricing.STANDARD),
    Nature.EMERGENCY_EXPECTED: None,
    Nature.SHORTFALL_PENALTY: None,
    Nature.CARBON_PRICE: None,
    Nature.STABILITY_PRICE: None,
}
"""None: billed by nobody, so it is no charge and is not written."""
