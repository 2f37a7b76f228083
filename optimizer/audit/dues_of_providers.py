"""The lines of a provider as a whole: volume tiers by window, discounts and commitments of agreements, credits."""

from collections.abc import Iterator
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.audit.agreements import Signed, Year, signed_agreements, years
from optimizer.audit.due import Due, cents
from optimizer.audit.figures import Inputs
from optimizer.audit.payment import paid_in_arrears
from optimizer.audit.statements import Statements
from optimizer.audit.volume import parts, purchases


def volume_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """One line for each price of a window, paid like a month in arrears that ends with the window."""
    for purchase in purchases(inputs, stated):
        offering = purchase.terms.offering
        for part in parts(inputs, purchase):
            yield Due(
                nature=Nature.VOLUME_USAGE,
                outlook=purchase.outlook,
                payee=inputs.offerings[offering].provider,
                offering=offering,
                source=purchase.terms.contract,
                order=None,
                paid=paid_in_arrears(purchase.terms, purchase.end + -1),
                service_first=purchase.first,
                service_end=purchase.end,
                quantity=part.node_hours,
                unit="node_hour",
                unit_price=part.price,
                is_quotient=part.is_quotient,
            )


def agreement_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """Discounts month by month, what a year lacks, and what is owed after the horizon."""
    for year in years(inputs, stated):
        yield from _lines_of_year(year)
    for signed in signed_agreements(inputs, stated):
        yield from _obligation(inputs, signed)


def _lines_of_year(year: Year) -> Iterator[Due]:
    share = Decimal(repr(year.signed.tier.discount_share))
    for month in year.discount:
        yield _agreement_line(
            year.signed,
            Nature.AGREEMENT_DISCOUNT,
            outlook=year.outlook,
            months=(month, month + 1),
            usd=year.eligible[month],
            unit_price=-share,
        )
    if year.shortfall:
        yield _agreement_line(
            year.signed,
            Nature.AGREEMENT_SHORTFALL,
            outlook=year.outlook,
            months=(year.first, year.end),
            usd=year.shortfall,
        )


def _obligation(inputs: Inputs, signed: Signed) -> Iterator[Due]:
    monthly = cents(signed.tier.commitment_usd_per_year / 12)
    month = max(signed.agreement.start, inputs.end)
    while month < signed.end:
        yield _agreement_line(signed, Nature.AGREEMENT_OBLIGATION, outlook=None, months=(month, month + 1), usd=monthly)
        month = month + 1


def _agreement_line(
    signed: Signed,
    nature: Nature,
    *,
    outlook: str | None,
    months: tuple[Month, Month],
    usd: Decimal,
    unit_price: Decimal = Decimal(1),
) -> Due:
    """A line that is paid in the last of the months it is for."""
    return Due(
        nature=nature,
        outlook=outlook,
        payee=signed.agreement.provider,
        offering=None,
        source=signed.agreement.agreement,
        order=None,
        paid=months[1] + -1,
        service_first=months[0],
        service_end=months[1],
        quantity=usd,
        unit="usd",
        unit_price=unit_price,
    )


def credit_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """What prepaid credits cost, and what all credits pay."""
    for row in stated.bought.credits:
        credit = inputs.credits[row.credit]
        if credit.price_usd:
            yield Due(
                nature=Nature.CREDIT_PURCHASE,
                outlook=None,
                payee=credit.provider,
                offering=None,
                source=row.credit,
                order=None,
                paid=credit.first_month,
                service_first=credit.first_month,
                service_end=min(credit.last_month + 1, inputs.end),
                quantity=Decimal(row.lots),
                unit="lot",
                unit_price=credit.price_usd,
            )
    for use in stated.bought.uses:
        yield Due(
            nature=Nature.CREDIT_USE,
            outlook=use.outlook,
            payee=inputs.credits[use.credit].provider,
            offering=None,
            source=use.credit,
            order=None,
            paid=use.month,
            service_first=use.month,
            service_end=use.month + 1,
            quantity=use.usd,
            unit="usd",
            unit_price=Decimal(-1),
        )
