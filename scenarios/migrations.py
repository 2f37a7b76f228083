"""Migrations: what it takes to bring a model to a stack on which it does not yet run in production."""

from decimal import Decimal
from typing import Self

from pydantic import model_validator

from catalog.records import Count, Id, Share, Sourced, Usd
from contracts.calendar import Month, months_between
from contracts.money import to_cents
from contracts.terms.common import BillLine, Nature


class Migration(Sourced):
    """Engineering work after which a model may be served on a stack. A pair without a row needs none."""

    migration: Id
    model: Id
    stack: Id
    engineering_usd: Usd
    """Cost of the whole work, paid in equal parts over its months."""
    engineering_months: Count
    """Months of work, from the month in which it starts."""
    capitalised: bool = False
    """True when the work is capital expenditure, false when it is an operating expense."""
    lead_months: Count
    """Months from the start of the work to the gate, the first month in which tokens may be served."""
    ramp_shares: tuple[Share, ...] = ()
    """Most of each size class that the stack may serve in the first, second ... month after the gate; then all."""
    upkeep_usd_per_month: Usd = Decimal(0)
    """Cost of keeping the stack in production, every month from the gate to the end of the horizon."""
    earliest_start: Month | None = None
    """First month in which the work may start; blank for the first of the horizon."""
    latest_start: Month | None = None
    """Last month in which the work may start; blank for the last of the horizon."""

    @model_validator(mode="after")
    def _work_fits_before_the_gate(self) -> Self:
        if self.engineering_months > self.lead_months:
            raise ValueError("engineering_months is longer than lead_months: the gate comes after the work")
        if self.earliest_start and self.latest_start and self.latest_start < self.earliest_start:
            raise ValueError("latest_start is before earliest_start")
        return self

    @model_validator(mode="after")
    def _work_is_paid_in_whole_cents(self) -> Self:
        """Parts of some tenths of a cent round up: the last would be paid back."""
        if self.part_usd * (self.engineering_months - 1) > self.engineering_usd:
            raise ValueError(
                f"engineering_usd of {self.engineering_usd} cannot be paid in whole cents over"
                f" {self.engineering_months} months"
            )
        return self

    @property
    def part_usd(self) -> Decimal:
        """What is paid in every month of work but the last, which takes the rest."""
        return to_cents(self.engineering_usd / self.engineering_months)

    def ramp_share(self, months_after_gate: int) -> float:
        """Most of a size class that the stack may serve so many months after the gate; 0 before it."""
        if months_after_gate < 0:
            return 0.0
        return self.ramp_shares[months_after_gate] if months_after_gate < len(self.ramp_shares) else 1.0


def engineering_bill(migration: Migration, start: Month) -> tuple[BillLine, ...]:
    """The work in equal monthly amounts of whole cents, the last one with the rest."""
    months = months_between(start, start + migration.engineering_months)
    rest = migration.engineering_usd - migration.part_usd * (len(months) - 1)
    nature = Nature.MIGRATION_CAPITALISED if migration.capitalised else Nature.MIGRATION_ENGINEERING
    return tuple(
        BillLine(
            nature=nature,
            paid_month=month,
            service_first=month,
            service_end=month + 1,
            quantity=Decimal(1),
            unit_price_usd=rest if month == months[-1] else migration.part_usd,
        )
        for month in months
    )


def upkeep_bill(migration: Migration, gate: Month, end: Month) -> tuple[BillLine, ...]:
    """Upkeep of every month from the gate up to, not including, `end`: that of the horizon."""
    if not migration.upkeep_usd_per_month:
        return ()
    return tuple(
        BillLine(
            nature=Nature.MIGRATION_UPKEEP,
            paid_month=month,
            service_first=month,
            service_end=month + 1,
            quantity=Decimal(1),
            unit_price_usd=migration.upkeep_usd_per_month,
        )
        for month in months_between(gate, end)
    )
