"""Agreements and credits held against the exact lines of a plan, to the cent (docs/decisions/0017)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from contracts.calendar import Month
from contracts.money import CENT
from contracts.terms.agreement import (
    Agreement,
    AgreementTier,
    Charge,
    contract_years,
    discount,
    discount_line,
    obligation_bill,
    shortfall_line,
)
from contracts.terms.common import BillLine, Nature
from contracts.terms.credit import Credit, purchase_line, use_line
from optimizer.extract import Extracted
from optimizer.plan import CostLine
from optimizer.plan_contracts import AgreementYear, CreditUse
from optimizer.problem import Problem

NOTHING = Decimal(0)


class Invoice(NamedTuple):
    """The charges of a kind that a provider is paid in a month of an outlook."""

    provider: str
    kind: Charge
    month: Month
    outlook: str


Charged = Mapping[Invoice, Decimal]
"""Dollars in whole cents."""


@dataclass(frozen=True)
class Agreed:
    """A line of an agreement or credit, and whom it concerns."""

    bill: BillLine
    provider: str
    source: str
    outlook: str | None


def agreed_lines(problem: Problem, decided: Extracted, charged: Charged) -> Iterator[Agreed]:
    """Every line of agreements and credits, from what the other lines charge by the month."""
    for row in decided.agreements:
        agreement, tier = problem.agreed.agreements[row.agreement], problem.agreed.tiers[row.agreement, row.tier]
        for outlook in problem.outlooks:
            for bill in _year_lines(problem, agreement, tier, charged, outlook):
                yield Agreed(bill, agreement.provider, row.agreement, outlook)
        for bill in obligation_bill(agreement, tier, problem.scenario.horizon):
            yield Agreed(bill, agreement.provider, row.agreement, None)
    for bought in decided.credits:
        credit = problem.agreed.credits[bought.credit]
        if credit.is_prepaid:
            line = purchase_line(credit, bought.lots, problem.scenario.horizon)
            yield Agreed(line, credit.provider, credit.credit, None)
    for use in _uses(problem, decided, charged):
        yield Agreed(use_line(use.month, use.usd), problem.agreed.credits[use.credit].provider, use.credit, use.outlook)


def _year_lines(
    problem: Problem, agreement: Agreement, tier: AgreementTier, charged: Charged, outlook: str
) -> Iterator[BillLine]:
    for year in contract_years(agreement, problem.scenario.horizon):
        discounted = NOTHING
        for month in year.months:
            eligible = _sum(charged, agreement.provider, agreement.eligible, month, outlook)
            if eligible > 0:
                line = discount_line(tier, month, eligible)
                discounted += eligible + line.amount_usd
                yield line
        missing = year.commitment_usd(tier) - discounted
        if missing > 0:
            yield shortfall_line(year, missing)


def _sum(charged: Charged, provider: str, kinds: Iterable[Charge], month: Month, outlook: str) -> Decimal:
    return sum((charged.get(Invoice(provider, kind, month, outlook), NOTHING) for kind in kinds), NOTHING)


def _uses(problem: Problem, decided: Extracted, charged: Charged) -> Iterator[CreditUse]:
    """What the model uses, where the lines allow a cent less cut by that cent."""
    lots = {row.credit: row.lots for row in decided.credits}
    left: dict[tuple[str, str], Decimal] = {
        (c, s): problem.agreed.credits[c].balance_usd * count for c, count in lots.items() for s in problem.outlooks
    }
    payable: dict[tuple[str, Month, str], Decimal] = {}
    for use in decided.credit_uses:
        credit = problem.agreed.credits[use.credit]
        invoice = credit.provider, use.month, use.outlook
        payable.setdefault(invoice, _payable(problem, decided, charged, *invoice))
        balance = left.get((use.credit, use.outlook), NOTHING)
        most = min(balance, payable[invoice], _most_of_a_month(credit, charged, use.month, use.outlook))
        usd = min(use.usd, most.quantize(CENT, rounding=ROUND_FLOOR))
        if usd > 0:
            left[use.credit, use.outlook] -= usd
            payable[invoice] -= usd
            yield use.model_copy(update={"usd": usd})


def _most_of_a_month(credit: Credit, charged: Charged, month: Month, outlook: str) -> Decimal:
    share = Decimal(str(credit.invoice_share_cap))
    most = share * _sum(charged, credit.provider, credit.eligible, month, outlook)
    return most if credit.invoice_cap_usd is None else min(most, credit.invoice_cap_usd)


def _payable(
    problem: Problem, decided: Extracted, charged: Charged, provider: str, month: Month, outlook: str
) -> Decimal:
    """What all credits of a provider may pay together: their charges, less what agreements take off these."""
    credited = problem.agreed.credited(provider, month)
    payable = _sum(charged, provider, credited, month, outlook)
    for row in decided.agreements:
        agreement = problem.agreed.agreements[row.agreement]
        if agreement.provider == provider and agreement.start <= month < agreement.end:
            both = _sum(charged, provider, credited & frozenset(agreement.eligible), month, outlook)
            payable -= discount(problem.agreed.tiers[row.agreement, row.tier]) * both
    return payable


def agreement_years(problem: Problem, decided: Extracted, lines: Sequence[CostLine]) -> tuple[AgreementYear, ...]:
    """Every contract year in every outlook, as its lines say."""
    by_source = _by_source(lines, (Nature.AGREEMENT_DISCOUNT, Nature.AGREEMENT_SHORTFALL))

    def total(row: str, outlook: str, months: tuple[Month, ...], what: Callable[[CostLine], Decimal]) -> Decimal:
        found = (what(line) for line in by_source[row, outlook] if line.service_first in months)
        return sum(found, Decimal("0.00"))

    def eligible(line: CostLine) -> Decimal:
        return line.quantity if line.nature is Nature.AGREEMENT_DISCOUNT else NOTHING

    def taken_off(line: CostLine) -> Decimal:
        return -line.amount_usd if line.nature is Nature.AGREEMENT_DISCOUNT else NOTHING

    def missing(line: CostLine) -> Decimal:
        return line.amount_usd if line.nature is Nature.AGREEMENT_SHORTFALL else NOTHING

    return tuple(
        AgreementYear(
            outlook=s,
            agreement=row.agreement,
            first=year.first,
            end=year.end,
            eligible_usd=total(row.agreement, s, year.months, eligible),
            discount_usd=total(row.agreement, s, year.months, taken_off),
            commitment_usd=year.commitment_usd(problem.agreed.tiers[row.agreement, row.tier]),
            shortfall_usd=total(row.agreement, s, year.months, missing),
        )
        for row in decided.agreements
        for year in contract_years(problem.agreed.agreements[row.agreement], problem.scenario.horizon)
        for s in problem.outlooks
    )


def credit_uses(lines: Sequence[CostLine]) -> tuple[CreditUse, ...]:
    """Every use, as its line says."""
    return tuple(
        CreditUse(outlook=line.outlook, credit=line.source, month=line.paid_month, usd=line.quantity)
        for line in lines
        if line.nature is Nature.CREDIT_USE and line.outlook is not None
    )


def _by_source(lines: Sequence[CostLine], natures: tuple[Nature, ...]) -> dict[tuple[str, str | None], list[CostLine]]:
    found: dict[tuple[str, str | None], list[CostLine]] = defaultdict(list)
    for line in lines:
        if line.nature in natures:
            found[line.source, line.outlook].append(line)
    return found
