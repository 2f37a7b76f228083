"""Enterprise agreement: a discount on a provider's monthly charges for a yearly commitment (EDP, MACC).

Meanings: docs/decisions/0017.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from catalog.records import Count, Id, Share, Sourced, Text
from contracts.calendar import Horizon, Month, months_between
from contracts.money import to_cents
from contracts.terms.common import BillLine, Nature

MONTHS_A_YEAR = 12


class Charge(StrEnum):
    """Monthly charges to which a discount or a credit can apply."""

    ON_DEMAND = "on_demand"
    """On-demand use, less what spend commitments cover."""
    SPOT = "spot"
    RESERVED = "reserved"
    """Recurring charges of orders under reserved terms, swapped and renewed ones included."""
    HELD = "held"
    """Recurring charges of held contracts, swapped and renewed ones included."""
    TAKE_OR_PAY = "take_or_pay"
    """Use under take-or-pay."""
    VOLUME = "volume"
    SPEND_COMMITMENT = "spend_commitment"
    """Recurring part of spend commitments."""
    API = "api"


class Agreement(Sourced):
    """An agreement that can be signed at one of its tiers, or is in force at its only one."""

    agreement: Id
    provider: Id
    start: Month
    """First month of its first year; in the past where it is in force."""
    years: Annotated[Count, Field(le=10)]
    """Contract years, counted from the start."""
    eligible: tuple[Charge, ...]
    """Charges of the provider that count towards the commitment and are discounted."""
    in_force: bool = False
    """True when it was signed before this plan, at its only tier."""
    quote: Text = ""
    """Number of the quote; blank for public prices."""
    quote_valid_until: date | None = None
    """Last day on which it can be signed; blank when the offer does not expire."""
    fictitious: bool = False
    """True for a made-up private quote; its pricing_rule then derives the price from a real row."""
    pricing_rule: Text = ""
    """For a fictitious quote: the rule that derives its price from a real row."""

    @model_validator(mode="after")
    def _something_is_eligible(self) -> Self:
        if not self.eligible:
            raise ValueError("eligible names no charge")
        return self

    @property
    def end(self) -> Month:
        """The first month after its last year."""
        return self.start + MONTHS_A_YEAR * self.years

    def months_in(self, horizon: Horizon) -> tuple[Month, ...]:
        """Its months inside the horizon, in order."""
        return months_between(max(self.start, horizon.first), min(self.end, horizon.end))


class AgreementTier(Sourced):
    """A commitment and the discount that comes with it."""

    agreement: Id
    tier: Id
    commitment_usd_per_year: Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]
    """Least discounted eligible charges of each contract year; what is missing is billed."""
    discount_share: Annotated[Share, Field(lt=1)]
    """Taken off every eligible charge."""


@dataclass(frozen=True, slots=True)
class ContractYear:
    """The part of a contract year that lies in the horizon."""

    first: Month
    end: Month
    """First month that is no longer part of it: of the year, or of the horizon."""

    @property
    def months(self) -> tuple[Month, ...]:
        """Its months, in order."""
        return months_between(self.first, self.end)

    @property
    def settled(self) -> Month:
        """The month in which what is missing is paid: its last."""
        return self.end + -1

    def commitment_usd(self, tier: AgreementTier) -> Decimal:
        """What eligible charges, discounted, must come to: by months where the horizon cuts the year; whole cents."""
        return to_cents(tier.commitment_usd_per_year * len(self.months) / MONTHS_A_YEAR)


def contract_years(agreement: Agreement, horizon: Horizon) -> tuple[ContractYear, ...]:
    """The contract years of an agreement, as far as they lie in the horizon."""
    found = []
    for year in range(agreement.years):
        begun = agreement.start + MONTHS_A_YEAR * year
        first, end = max(begun, horizon.first), min(begun + MONTHS_A_YEAR, horizon.end)
        if first < end:
            found.append(ContractYear(first, end))
    return tuple(found)


def charge_of(nature: Nature, *, is_held: bool) -> Charge | None:
    """To which monthly charges a line counts, by its nature and whether it is of a held contract; None: to none.

    >>> charge_of(Nature.RENEWED_RECURRING, is_held=True), charge_of(Nature.RESERVED_UPFRONT, is_held=False)
    (<Charge.HELD: 'held'>, None)
    """
    if nature in (Nature.SWAPPED_RECURRING, Nature.RENEWED_RECURRING):
        return Charge.HELD if is_held else Charge.RESERVED
    return _CHARGES.get(nature)


_CHARGES: Mapping[Nature, Charge] = {
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


def discount_line(tier: AgreementTier, month: Month, eligible_usd: Decimal) -> BillLine:
    """What the tier takes off the eligible charges of a month."""
    return BillLine(
        nature=Nature.AGREEMENT_DISCOUNT,
        paid_month=month,
        service_first=month,
        service_end=month + 1,
        quantity=eligible_usd,
        unit_price_usd=-discount(tier),
    )


def discount(tier: AgreementTier) -> Decimal:
    """The discount share, exactly as it is written."""
    return Decimal(str(tier.discount_share))


def shortfall_line(year: ContractYear, missing_usd: Decimal) -> BillLine:
    """What eligible charges of a year, discounted, lack of its commitment."""
    return BillLine(
        nature=Nature.AGREEMENT_SHORTFALL,
        paid_month=year.settled,
        service_first=year.first,
        service_end=year.end,
        quantity=missing_usd,
        unit_price_usd=Decimal(1),
    )


def obligation_bill(agreement: Agreement, tier: AgreementTier, horizon: Horizon) -> tuple[BillLine, ...]:
    """A twelfth of the commitment, in whole cents, for every month of the agreement after the horizon."""
    owed = to_cents(tier.commitment_usd_per_year / MONTHS_A_YEAR)
    if owed == 0:
        return ()
    return tuple(
        BillLine(
            nature=Nature.AGREEMENT_OBLIGATION,
            paid_month=month,
            service_first=month,
            service_end=month + 1,
            quantity=owed,
            unit_price_usd=Decimal(1),
        )
        for month in months_between(max(agreement.start, horizon.end), agreement.end)
    )
