"""Cost lines of a plan -> rows of charges in FOCUS 1.2 columns.

Rows            a fee for a commitment: one Purchase row in the month of payment, without effective cost, and for each
                month of service one row of Usage for the part used and one for the part unused, without billed cost;
                another purchase for several months: the same, without used and unused;
                everything else: one row for each month of service, and what is billed in one of them
Months          those of the horizon: BilledCost of what is paid in it, EffectiveCost of what serves it
Outlooks        amounts and quantities are expected: x the probability of the line's outlook
Cents           each row is the difference of two rounded running totals (half-even), so that the rows add up to the
                rounded sum, which is the plan's; a row is less than a cent off
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from contracts.calendar import Month, hours_between
from optimizer.plan import CostLine, Plan
from reports.commitment_use import CommitmentUse
from reports.focus.commitments import Commitments
from reports.focus.natures import FOCUS, SPEND, ChargeCategory, Focus, Frequency, Pricing

CENTS = 100
USED, UNUSED = "Used", "Unused"
_UNITS = {
    "node_hour": "Hours",
    "mtok": "1000000 Tokens",
    "usd": "USD",
    "month": "Months",
    "lot": "Lots",
    "node": "Nodes",
    "node_month": "Node-Months",
    "kwh": "kWh",
    "unit_hour": "Unit-Hours",
}


@dataclass(frozen=True, slots=True)
class Charge:
    """One row: what is written and where it comes from. Amounts and quantities are exact and expected."""

    line: CostLine
    focus: Focus
    category: ChargeCategory
    pricing: Pricing | None
    billing: Month
    """The month in which it is paid, or that it serves where nothing of it is paid."""
    first: Month
    end: Month
    quantity: Fraction
    billed_usd: Fraction
    effective_usd: Fraction
    status: str | None = None
    """Used or Unused, on rows of Usage under a commitment."""

    @property
    def unit(self) -> str:
        """PricingUnit."""
        return _UNITS[self.line.unit]


@dataclass(frozen=True)
class Charges:
    """All charges of a plan."""

    plan: Plan

    @cached_property
    def use(self) -> CommitmentUse:
        """What of the commitments is used."""
        return CommitmentUse(self.plan)

    @cached_property
    def commitments(self) -> Commitments:
        """Terms of what is ordered and held."""
        return Commitments(self.plan)

    def rows(self) -> Iterator[Charge]:
        """In the order of the plan's lines, months in order."""
        for line in self.plan.cost_lines:
            focus = FOCUS[line.nature]
            if focus is None:
                continue
            is_purchase = focus.category is ChargeCategory.PURCHASE
            if focus.is_fee or (is_purchase and line.service_end > line.service_first + 1):
                yield from self._purchase(line, focus)
            else:
                yield from self._month_by_month(line, focus)

    def _weight(self, line: CostLine) -> Fraction:
        return Fraction(1) if line.outlook is None else Fraction(repr(self.use.probability[line.outlook]))

    def _amount(self, line: CostLine) -> Fraction:
        return Fraction(line.amount_usd) * self._weight(line)

    def _shares(self, line: CostLine) -> list[tuple[Month, Fraction]]:
        """Months of the horizon that the line serves, with their share of its service."""
        whole = hours_between(line.service_first, line.service_end)
        months = (line.service_first + i for i in range(line.service_end - line.service_first))
        return [(m, Fraction(m.hours, whole)) for m in months if m in self.plan.scenario.horizon]

    def _purchase(self, line: CostLine, focus: Focus) -> Iterator[Charge]:
        if line.paid_month in self.plan.scenario.horizon:
            quantity, billed = Fraction(line.quantity) * self._weight(line), self._amount(line)
            yield Charge(
                line=line,
                focus=focus,
                category=focus.category,
                pricing=focus.pricing,
                billing=line.paid_month,
                first=line.service_first,
                end=line.service_end,
                quantity=quantity,
                billed_usd=billed,
                effective_usd=Fraction(0),
            )
        for month, share in self._shares(line):
            served = Charge(
                line=line,
                focus=replace(focus, frequency=Frequency.USAGE_BASED),
                category=ChargeCategory.USAGE,
                pricing=Pricing.COMMITTED if focus.is_fee else Pricing.OTHER,
                billing=month,
                first=month,
                end=month + 1,
                quantity=self._served_quantity(line, month, share),
                billed_usd=Fraction(0),
                effective_usd=self._amount(line) * share,
            )
            yield from self._used_and_unused(served) if focus.is_fee else (served,)

    def _served_quantity(self, line: CostLine, month: Month, share: Fraction) -> Fraction:
        """The line's part of the quantity in service: by money, so that upfront and recurring parts count it once."""
        own = Fraction(line.quantity) * self._weight(line) * share
        place = _fee_key(line), month
        usd, quantity = self._fees[place]
        return own if not usd else quantity * (self._amount_exact(line) * share) / usd

    def _amount_exact(self, line: CostLine) -> Fraction:
        return Fraction(line.quantity) * Fraction(line.unit_price_usd) * self._weight(line)

    @cached_property
    def _fees(self) -> Mapping[tuple[tuple[str, str], Month], tuple[Fraction, Fraction]]:
        """By commitment, offering and month: dollars of all its fees, and the quantity in service, counted once."""
        usd: dict[tuple[tuple[str, str], Month], Fraction] = defaultdict(Fraction)
        upfront: dict[tuple[tuple[str, str], Month], Fraction] = defaultdict(Fraction)
        monthly: dict[tuple[tuple[str, str], Month], Fraction] = defaultdict(Fraction)
        for line in self.plan.cost_lines:
            focus = FOCUS[line.nature]
            if focus is None or not focus.is_fee:
                continue
            counted = monthly if focus.frequency is Frequency.RECURRING else upfront
            for month, share in self._shares(line):
                place = _fee_key(line), month
                usd[place] += self._amount_exact(line) * share
                counted[place] += Fraction(line.quantity) * self._weight(line) * share
        return {place: (usd[place], monthly.get(place) or upfront[place]) for place in usd}

    def _used_and_unused(self, served: Charge) -> Iterator[Charge]:
        used = self._used_share(served)
        for status, part in ((USED, used), (UNUSED, 1 - used)):
            if part or (status == UNUSED and not used):
                yield replace(
                    served,
                    status=status,
                    quantity=served.quantity * part,
                    effective_usd=served.effective_usd * part,
                )

    def _used_share(self, served: Charge) -> Fraction:
        line, month = served.line, served.first
        if served.focus.commitment == SPEND:
            return self.commitments.spend_used_share(line.source, month)
        if line.offering is None:
            return self.commitments.throughput_used_share(line.source, month)
        return Fraction(self.use.utilisation_of((line.offering, month))).limit_denominator(10**9)

    def _month_by_month(self, line: CostLine, focus: Focus) -> Iterator[Charge]:
        """One row a month of service; what is paid stands in the row of the month of payment, else in the last."""
        shares, is_paid = self._shares(line), line.paid_month in self.plan.scenario.horizon
        charge = Charge(
            line=line,
            focus=focus,
            category=focus.category,
            pricing=focus.pricing,
            billing=line.paid_month,
            first=line.service_first,
            end=line.service_end,
            quantity=Fraction(line.quantity) * self._weight(line),
            billed_usd=self._amount(line),
            effective_usd=Fraction(0),
            status=_status(focus),
        )
        if not shares and is_paid:
            yield charge
        months = [month for month, _ in shares]
        bearer = line.paid_month if line.paid_month in months else months[-1] if months else None
        for month, share in shares:
            bears = is_paid and month == bearer
            yield replace(
                charge,
                billing=line.paid_month if bears else month,
                first=month,
                end=month + 1,
                quantity=charge.quantity * share,
                billed_usd=charge.billed_usd if bears else Fraction(0),
                effective_usd=charge.billed_usd * share,
            )


def _status(focus: Focus) -> str | None:
    if focus.commitment is None or focus.category is not ChargeCategory.USAGE:
        return None
    return UNUSED if focus.unused else USED


def _fee_key(line: CostLine) -> tuple[str, str]:
    return line.order or line.source, line.offering or ""


class RunningCents:
    """Rounds amounts so that what was given out always is the rounded sum of what came in."""

    def __init__(self) -> None:
        self._exact, self._given = Fraction(0), 0

    def next(self, exact_usd: Fraction) -> Decimal:
        """The next amount in whole cents.

        >>> cents = RunningCents()
        >>> [str(cents.next(Fraction(1, 3))) for _ in range(3)]
        ['0.33', '0.34', '0.33']
        """
        self._exact += exact_usd
        due = round(self._exact * CENTS)
        given, self._given = due - self._given, due
        return (Decimal(given) / CENTS).quantize(Decimal("0.01"))
