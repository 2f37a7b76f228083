"""Every offer that a plan does not take, with its reason; where that is its price, how far it is from entering."""

from collections.abc import Mapping
from decimal import Decimal

from optimizer.living.kept import use_of
from optimizer.plan import Plan
from optimizer.plan_why import NotTaken, NotTakenReason
from optimizer.why.asking import shortened
from optimizer.why.offers import Offered, offers
from optimizer.why.reasons import Because, Reasons

DIGITS = 4
"""Prices are estimated to so many digits, as `negotiate` tries them."""


def idle_offers(plan: Plan) -> tuple[Offered, ...]:
    """Offers of which the plan takes nothing, by kind and name."""
    bought = {row.credit for row in plan.credits if row.lots}
    return tuple(
        offer
        for offer in sorted(offers(plan.scenario), key=lambda row: (row.kind_words, row.name))
        if offer.name not in bought and not use_of(plan, offer.name).is_used
    )


def reasons_of(idle: tuple[Offered, ...], reasons: Reasons) -> dict[str, Because]:
    """By offer: why it is not taken."""
    return {offer.name: reasons.because(offer) for offer in idle}


def not_taken(
    idle: tuple[Offered, ...], because: Mapping[str, Because], shares: Mapping[str, float]
) -> tuple[NotTaken, ...]:
    """The records; `shares`: by offer the entering price as a share of the price now."""
    return tuple(_record(offer, because[offer.name], shares.get(offer.name)) for offer in idle)


def _record(offer: Offered, found: Because, share: float | None) -> NotTaken:
    told = NotTaken(
        offer=offer.name,
        kind=offer.kind_words,
        provider=offer.provider,
        offering=offer.offering,
        reason=found.reason,
        words=shortened(found.words),
        other=found.other,
    )
    if found.reason is not NotTakenReason.PRICE:
        return told
    told = told.model_copy(update={"command": offer.command})
    if offer.price is None or not offer.price.now:
        return told
    price: dict[str, object] = {"price_now": offer.price.now, "price_unit": offer.price.unit}
    if share is not None:
        price["entering_price"] = in_digits(offer.price.now * Decimal(repr(share)), offer.price.now)
    return told.model_copy(update=price)


def in_digits(value: Decimal, like: Decimal) -> Decimal:
    """A price with four digits of the price it is an estimate for.

    >>> in_digits(Decimal("8.123456"), Decimal("10")), in_digits(Decimal("0.66666"), Decimal("1"))
    (Decimal('8.12'), Decimal('0.667'))
    """
    return value.quantize(Decimal(1).scaleb(like.adjusted() + 1 - DIGITS))
