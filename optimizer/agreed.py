"""Agreements and credits that play a part: what can be signed or bought, and which charges of a month they touch."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import log10

from contracts.calendar import Month
from contracts.terms.agreement import MONTHS_A_YEAR, Agreement, AgreementTier, Charge
from contracts.terms.credit import Credit
from scenarios.scenario import Scenario

CREDITED = "credited"
"""Eligible charges that credits of the provider may pay as well ..."""
OTHER = "other"
"""... and those that they may not."""
UNSIGNED = ""
"""In place of a tier: the agreement is not signed."""
Part = tuple[str, frozenset[Charge]]


@dataclass(frozen=True)
class Agreed:
    """Agreements, tiers and credits of a scenario, sorted by id."""

    scenario: Scenario

    @cached_property
    def unit_usd(self) -> float:
        """A power of ten near the largest commitment of a month or balance: dollars of agreements and credits are
        counted in it, so that rows hold no tiny coefficients."""
        months = [row.commitment_usd_per_year / MONTHS_A_YEAR for row in self.tiers.values()]
        largest = max((float(usd) for usd in (*months, *(row.balance_usd for row in self.credits.values()))), default=0)
        return float(10.0 ** round(log10(max(1.0, largest))))

    @cached_property
    def agreements(self) -> dict[str, Agreement]:
        """Agreements in force that are not over, and those that can be signed."""
        rows = {row.agreement: row for row in self.scenario.agreements if self._plays_a_part(row)}
        return {name: rows[name] for name in sorted(rows)}

    def _plays_a_part(self, agreement: Agreement) -> bool:
        horizon = self.scenario.horizon
        if agreement.in_force:
            return agreement.end > horizon.first
        return agreement.start >= horizon.first and self._can_be_signed(agreement.quote_valid_until)

    def _can_be_signed(self, until: date | None) -> bool:
        return until is None or until >= self.scenario.run.order_date

    @cached_property
    def tiers(self) -> dict[tuple[str, str], AgreementTier]:
        """Tiers of these agreements by agreement and tier."""
        rows = {
            (row.agreement, row.tier): row for row in self.scenario.agreement_tiers if row.agreement in self.agreements
        }
        return {key: rows[key] for key in sorted(rows)}

    @cached_property
    def on_offer(self) -> tuple[tuple[str, str], ...]:
        """Agreement and tier of everything that can be signed."""
        return tuple(key for key in self.tiers if not self.agreements[key[0]].in_force)

    def order_by(self, agreement: Agreement) -> date | None:
        """Last day to sign; None for one in force."""
        if agreement.in_force:
            return None
        latest = agreement.start.first_day - timedelta(days=1)
        if agreement.quote_valid_until is not None:
            latest = min(latest, agreement.quote_valid_until)
        return max(latest, self.scenario.run.order_date)

    def buy_by(self, credit: Credit) -> date | None:
        """Last day to buy a credit; None for a granted one."""
        if not credit.is_prepaid:
            return None
        latest = credit.first_month.first_day - timedelta(days=1)
        if credit.quote_valid_until is not None:
            latest = min(latest, credit.quote_valid_until)
        return max(latest, self.scenario.run.order_date)

    @cached_property
    def credits(self) -> dict[str, Credit]:
        """Credits with a month in the horizon that are had or can be bought."""
        rows = {row.credit: row for row in self.scenario.credits if self._can_be_used(row)}
        return {name: rows[name] for name in sorted(rows)}

    def _can_be_used(self, credit: Credit) -> bool:
        horizon = self.scenario.horizon
        if not credit.months_in(horizon):
            return False
        return not credit.is_prepaid or (
            credit.first_month >= horizon.first and self._can_be_signed(credit.quote_valid_until)
        )

    def credits_of(self, provider: str, month: Month) -> tuple[Credit, ...]:
        """Credits of a provider that can pay charges of a month."""
        return tuple(
            row
            for row in self.credits.values()
            if row.provider == provider and row.first_month <= month <= row.last_month
        )

    def credited(self, provider: str, month: Month) -> frozenset[Charge]:
        """Charges that at least one of these credits can pay."""
        return frozenset(charge for row in self.credits_of(provider, month) for charge in row.eligible)

    def parts(self, agreement: Agreement, month: Month) -> tuple[Part, ...]:
        """The eligible charges of an agreement: those that credits may pay in the month, and the others."""
        eligible, credited = frozenset(agreement.eligible), self.credited(agreement.provider, month)
        both = ((CREDITED, eligible & credited), (OTHER, eligible - credited))
        return tuple(part for part in both if part[1])
