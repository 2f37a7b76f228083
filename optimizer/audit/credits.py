"""Credits again: which are had, and what they pay of a month's charges within balance, invoice and provider."""

from collections import defaultdict
from decimal import Decimal, localcontext

from contracts.calendar import Month
from contracts.terms.agreement import Charge
from contracts.terms.credit import Credit
from optimizer.audit.agreements import signed_agreements
from optimizer.audit.charges import Charges
from optimizer.audit.checks import Checks, Place
from optimizer.audit.due import MONEY, cents
from optimizer.audit.figures import Inputs, exact
from optimizer.audit.statements import Statements
from optimizer.plan_contracts import CreditBought


def check_credits(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """What is granted or bought, and every use."""
    with localcontext(MONEY):
        had = {row.credit: row for row in stated.bought.credits}
        for name, credit in inputs.credits.items():
            _check_lots(inputs, credit, had.get(name), checks)
        _check_uses(inputs, stated, checks)
        _check_balances(inputs, stated, {name: row.lots for name, row in had.items()}, checks)
        _check_invoices(inputs, stated, checks)


def _check_lots(inputs: Inputs, credit: Credit, row: CreditBought | None, checks: Checks) -> None:
    place: Place = ("credit", credit.credit)
    lots = 0 if row is None else row.lots
    has_a_month = credit.first_month < inputs.end and credit.last_month >= inputs.first
    most = credit.lots_at_most if has_a_month else 0
    is_granted = credit.price_usd == 0
    least = most if is_granted else 0
    checks.true(
        "credit.lots",
        place,
        least <= lots <= most and (row is None or lots > 0),
        left=lots,
        operator="but",
        right=f"{least} to {most}",
        unit="lots",
    )
    if row is not None and not is_granted:
        quote = credit.quote_valid_until
        is_open = credit.first_month >= inputs.first and (quote is None or inputs.run.order_date <= quote)
        checks.true(
            "credit.purchase",
            place,
            is_open,
            left=f"bought for {credit.first_month}",
            operator="within",
            right=f"{inputs.first} or later, quote until {quote or '...'}",
        )


def _check_uses(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    for row in stated.bought.uses:
        credit = inputs.credits[row.credit]
        place: Place = ("use", row.outlook, row.credit, row.month)
        checks.true(
            "credit.months",
            place,
            credit.first_month <= row.month <= credit.last_month,
            left=row.month,
            operator="within",
            right=f"{credit.first_month} to {credit.last_month}",
        )
        checks.same("credit.cents", place, row.usd, cents(row.usd), "usd")


def _check_balances(inputs: Inputs, stated: Statements, lots: dict[str, int], checks: Checks) -> None:
    used: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in stated.bought.uses:
        used[row.outlook, row.credit] += row.usd
    for place, usd in used.items():
        balance = inputs.credits[place[1]].balance_usd * lots.get(place[1], 0)
        checks.at_most_usd("credit.balance", place, usd, balance)


def _check_invoices(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Each use against the charges of its month, and all of a provider's against what is left of them to pay."""
    if not stated.bought.uses:
        return
    charges = Charges(stated)
    together: dict[tuple[str, str, Month], Decimal] = defaultdict(Decimal)
    for row in stated.bought.uses:
        credit = inputs.credits[row.credit]
        place: Place = (row.outlook, row.credit, row.month)
        eligible = charges.of(credit.provider, row.outlook, row.month, credit.eligible)
        checks.at_most_usd("credit.invoice", place, row.usd, exact(credit.invoice_share_cap) * eligible)
        if credit.invoice_cap_usd is not None:
            checks.at_most_usd("credit.invoice", place, row.usd, credit.invoice_cap_usd)
        together[credit.provider, row.outlook, row.month] += row.usd
    for (provider, outlook, month), usd in together.items():
        kinds = _payable(inputs, provider, month)
        payable = charges.of(provider, outlook, month, kinds)
        for signed in signed_agreements(inputs, stated):
            if signed.agreement.provider == provider and signed.binds(month):
                discounted = charges.of(provider, outlook, month, kinds & set(signed.agreement.eligible))
                payable -= exact(signed.tier.discount_share) * discounted
        checks.at_most_usd("credit.provider", (provider, outlook, month), usd, payable)


def _payable(inputs: Inputs, provider: str, month: Month) -> set[Charge]:
    """Charges that any of the provider's credits may pay in the month."""
    return {
        charge
        for credit in inputs.credits.values()
        if credit.provider == provider and credit.first_month <= month <= credit.last_month
        for charge in credit.eligible
    }
