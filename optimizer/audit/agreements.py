"""Enterprise agreements again: what is signed, and every contract year in the horizon from the lines it discounts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, localcontext

from contracts.calendar import Month
from contracts.terms.agreement import Agreement, AgreementTier
from optimizer.audit.charges import Charges
from optimizer.audit.checks import Checks, Place
from optimizer.audit.due import MONEY, cents
from optimizer.audit.figures import Inputs, exact
from optimizer.audit.statements import Statements
from optimizer.plan_contracts import AgreementYear, SignedAgreement

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Signed:
    """An agreement at a tier, with its own months."""

    agreement: Agreement
    tier: AgreementTier

    @property
    def end(self) -> Month:
        """First month after its last year."""
        return self.agreement.start + 12 * self.agreement.years

    def binds(self, month: Month) -> bool:
        """Whether the month is one of its years."""
        return self.agreement.start <= month < self.end


@dataclass(frozen=True)
class Year:
    """One contract year of an agreement in an outlook, as far as it lies in the horizon."""

    signed: Signed
    outlook: str
    first: Month
    end: Month
    eligible: dict[Month, Decimal]
    discount: dict[Month, Decimal]
    """What is taken off, in whole cents, in the months that charge anything."""
    commitment: Decimal

    @property
    def shortfall(self) -> Decimal:
        """What the discounted charges lack of the commitment."""
        reached = sum(self.eligible.values(), NOTHING) - sum(self.discount.values(), NOTHING)
        return max(NOTHING, self.commitment - reached)


def signed_agreements(inputs: Inputs, stated: Statements) -> list[Signed]:
    """Agreements of the plan, in their own words."""
    return [
        Signed(inputs.agreements[row.agreement], inputs.agreement_tiers[row.agreement, row.tier])
        for row in stated.bought.signed
    ]


def years(inputs: Inputs, stated: Statements) -> Iterator[Year]:
    """Every contract year with a month in the horizon, in every outlook; call inside the context of money."""
    signed_ones = signed_agreements(inputs, stated)
    if not signed_ones:
        return
    charges = Charges(stated)
    for signed in signed_ones:
        for number in range(signed.agreement.years):
            whole = [signed.agreement.start + (12 * number + i) for i in range(12)]
            months = [month for month in whole if month in inputs.hours]
            for outlook in inputs.probability if months else ():
                yield _year(signed, outlook, months, charges)


def _year(signed: Signed, outlook: str, months: list[Month], charges: Charges) -> Year:
    agreement, share = signed.agreement, exact(signed.tier.discount_share)
    eligible = {month: charges.of(agreement.provider, outlook, month, agreement.eligible) for month in months}
    return Year(
        signed=signed,
        outlook=outlook,
        first=months[0],
        end=months[-1] + 1,
        eligible=eligible,
        discount={month: cents(usd * share) for month, usd in eligible.items() if usd > 0},
        commitment=cents(signed.tier.commitment_usd_per_year * len(months) / 12),
    )


def check_agreements(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """What is signed or in force, and the figures of its years."""
    count = Counter(row.agreement for row in stated.bought.signed)
    for name, agreement in inputs.agreements.items():
        is_over = agreement.start + 12 * agreement.years <= inputs.first
        least = 1 if agreement.in_force and not is_over else 0
        most = 0 if is_over else 1
        checks.true(
            "agreement.one_tier",
            (name,),
            least <= count[name] <= most,
            left=count[name],
            operator="but",
            right=f"{least} to {most}",
            unit="tiers",
        )
    for row in stated.bought.signed:
        _check_signed(inputs, row, checks)
    _check_years(inputs, stated, checks)


def _check_signed(inputs: Inputs, row: SignedAgreement, checks: Checks) -> None:
    agreement = inputs.agreements[row.agreement]
    place: Place = ("agreement", row.agreement)
    start, quote, today = agreement.start, agreement.quote_valid_until, inputs.run.order_date
    checks.same("agreement.term", place, (row.start, row.end), (start, start + 12 * agreement.years))
    if agreement.in_force:
        checks.same("agreement.order_by", place, row.order_by, None)
        return
    is_open = inputs.first <= start < inputs.end and (quote is None or today <= quote)
    checks.true(
        "agreement.start",
        place,
        is_open,
        left=f"signed for {start}",
        operator="within",
        right=f"{inputs.first} to {inputs.end + -1}, quote until {quote or '...'}",
    )
    eve = start.first_day - timedelta(days=1)
    checks.same("agreement.order_by", place, row.order_by, max(today, eve if quote is None else min(eve, quote)))


def _check_years(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    found: dict[Place, AgreementYear] = {(y.outlook, y.agreement, y.first): y for y in stated.bought.years}
    due: set[Place] = set()
    with localcontext(MONEY):
        for year in years(inputs, stated):
            place: Place = (year.outlook, year.signed.agreement.agreement, year.first)
            due.add(place)
            row = found.get(place)
            is_stated = row is not None and row.end == year.end
            checks.true(
                "agreement.years", place, is_stated, left="no such year", operator="but", right=f"to {year.end}"
            )
            if row is None:
                continue
            for rule, stated_usd, own in (
                ("agreement.eligible", row.eligible_usd, sum(year.eligible.values(), NOTHING)),
                ("agreement.discount", row.discount_usd, sum(year.discount.values(), NOTHING)),
                ("agreement.commitment", row.commitment_usd, year.commitment),
                ("agreement.shortfall", row.shortfall_usd, year.shortfall),
            ):
                checks.same(rule, place, stated_usd, own, "usd")
    for place in found:
        if place not in due:
            checks.true("agreement.years", place, False, left="a year", operator="but", right="none is due")
