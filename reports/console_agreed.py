"""Agreements and credits on the screen: which tier is signed by when, what it takes off, which lots are bought."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from contracts.terms.common import Nature
from optimizer.agreed import Agreed
from optimizer.plan import Plan
from optimizer.plan_contracts import CreditBought, SignedAgreement
from reports.console_tables import wrapped
from reports.money_text import usd

INDENT = "  "


def agreed_lines(plan: Plan, width: int) -> Iterator[str]:
    """What is agreed with providers; nothing where nothing is."""
    said = [
        *(_agreement_words(plan, row) for row in plan.agreements),
        *(_credit_words(plan, row) for row in plan.credits),
    ]
    if not said:
        return
    yield ""
    yield "Agreements and credits"
    for words in said:
        yield from wrapped(words, width, first=INDENT, rest=INDENT * 2)


def agreed_deadlines(plan: Plan) -> Iterator[tuple[date, Decimal]]:
    """Last day and dollars of everything to sign or to buy: commitments of all years, prices of lots."""
    tiers = {(row.agreement, row.tier): row for row in plan.scenario.agreement_tiers}
    for row in plan.agreements:
        if row.order_by is not None:
            years = (row.end - row.start) // 12
            yield row.order_by, tiers[row.agreement, row.tier].commitment_usd_per_year * years
    agreed = Agreed(plan.scenario)
    for bought in plan.credits:
        credit = agreed.credits[bought.credit]
        day = agreed.buy_by(credit)
        if day is not None:
            yield day, credit.price_usd * bought.lots


def _agreement_words(plan: Plan, row: SignedAgreement) -> str:
    agreement = next(a for a in plan.scenario.agreements if a.agreement == row.agreement)
    tier = next(t for t in plan.scenario.agreement_tiers if (t.agreement, t.tier) == (row.agreement, row.tier))
    what = f"tier {row.tier} of agreement {row.agreement} with {agreement.provider}"
    opening = f"in force: {what}" if row.order_by is None else f"sign {what} by {row.order_by}"
    terms = f"{tier.discount_share:.1%} off for {usd(tier.commitment_usd_per_year)} a year"
    terms += f", {row.start} to {row.end + -1}"
    off = -_expected(plan, Nature.AGREEMENT_DISCOUNT, row.agreement)
    missing = _expected(plan, Nature.AGREEMENT_SHORTFALL, row.agreement)
    owed = _expected(plan, Nature.AGREEMENT_OBLIGATION, row.agreement)
    more = f", SHORTFALL of {usd(missing)} billed" if missing else ""
    later = f"; {usd(owed)} committed after the horizon" if owed else ""
    return f"{opening}: {terms}; takes off {usd(off)} in the horizon{more}{later}"


def _credit_words(plan: Plan, row: CreditBought) -> str:
    agreed = Agreed(plan.scenario)
    credit = agreed.credits[row.credit]
    day = agreed.buy_by(credit)
    used = -_expected(plan, Nature.CREDIT_USE, row.credit)
    balance = credit.balance_usd * row.lots
    lots = f"{row.lots} lot{'' if row.lots == 1 else 's'}"
    opening = (
        f"granted: credit {row.credit} of {credit.provider}"
        if day is None
        else f"buy {lots} of credit {row.credit} of {credit.provider} by {day} for {usd(credit.price_usd * row.lots)}"
    )
    left = balance - used
    lost = f", {usd(left)} not used" if left >= 1 else ""
    return f"{opening}: pays {usd(used)} of {usd(balance)} until {credit.last_month}{lost}"


def _expected(plan: Plan, nature: Nature, source: str) -> Decimal:
    """Amounts of the lines of a source, expected over the outlooks."""
    chance = {row.outlook: Decimal(repr(row.probability)) for row in plan.scenario.outlooks}
    lines = (line for line in plan.cost_lines if line.nature is nature and line.source == source)
    weighed = (line.amount_usd * (1 if line.outlook is None else chance[line.outlook]) for line in lines)
    return sum(weighed, Decimal(0))
