"""Offers that are not taken: all that are idle are told, and their reasons have their figures."""

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal

from contracts.terms.owned import Owned
from optimizer.audit.checks import Checks
from optimizer.audit.figures import Inputs
from optimizer.plan import Plan
from optimizer.plan_why import NotTaken, NotTakenReason


def check_not_taken(inputs: Inputs, plan: Plan, rows: Sequence[NotTaken], checks: Checks) -> None:
    """All offers that are idle are told once, and no others."""
    idle = sorted(_offers(inputs) - _taken(plan))
    checks.same("why_not.names", ("offers",), sorted(row.offer for row in rows), idle)
    for row in rows:
        _check_price(inputs, row, checks)
        _check_expired(inputs, row, checks)
        _check_other(inputs, row, checks)


def _offers(inputs: Inputs) -> set[str]:
    """Ids of everything that could be signed, bought or used."""
    return {
        *inputs.terms,
        *inputs.spend_commitments,
        *inputs.api_offers,
        *inputs.provisioned,
        *(name for name, row in inputs.agreements.items() if not row.in_force),
        *(row.credit for row in inputs.scenario.credits if row.price_usd > 0),
    }


def _taken(plan: Plan) -> set[str]:
    """Ids of which the plan orders, buys or uses anything."""
    return {
        *(row.contract for row in plan.orders),
        *(row.contract for row in plan.usages if row.nodes > 0),
        *(row.contract for row in plan.volume if row.bought_node_hours > 0),
        *(row.contract for row in plan.committed_spend),
        *(row.contract for row in plan.provisioned),
        *(row.api for row in plan.api_placements if row.contract is None and row.accepted_tok_per_s > 0),
        *(row.agreement for row in plan.agreements),
        *(row.credit for row in plan.credits if row.lots > 0),
    }


def _check_price(inputs: Inputs, row: NotTaken, checks: Checks) -> None:
    """Prices are told where the price is the reason, the price now as it is stated, and an estimate only with it."""
    place = (row.offer,)
    dear = row.reason is NotTakenReason.PRICE
    told = row.price_now is not None
    for figure in (told, bool(row.command)):
        checks.true("why_not.price", place, dear or not figure, left=row.reason.value, operator="but", right="a price")
    checks.same("why_not.price", (*place, "unit"), bool(row.price_unit), told, "is stated")
    if row.entering_price is not None:
        right = told and row.entering_price.is_finite() and row.entering_price >= 0
        checks.true("why_not.price", (*place, "enters"), right, left=row.entering_price, operator=">=", right=0)
    if row.price_now is None:
        return
    checks.same("why_not.price", (*place, "now"), row.price_now, _stated(inputs, row.offer))


def _stated(inputs: Inputs, offer: str) -> Decimal | None:
    """The price of an offer as the inputs state it; 1 for what has several prices, on which a factor stands."""
    terms = inputs.terms.get(offer)
    if isinstance(terms, Owned):
        return terms.capex_usd_per_node
    if terms is not None:
        return terms.price_usd_per_node_hour if terms.price_per_node_hour is None else terms.price_per_node_hour
    with suppress(KeyError):
        return inputs.provisioned[offer].price_usd_per_unit_hour
    return Decimal(1) if offer in inputs.api_offers else None


def _check_expired(inputs: Inputs, row: NotTaken, checks: Checks) -> None:
    expired = row.reason is NotTakenReason.EXPIRED
    signed = (*inputs.terms.values(), *inputs.spend_commitments.values(), *inputs.provisioned.values())
    until = {terms.contract: terms.quote_valid_until for terms in signed}
    until |= {name: terms.quote_valid_until for name, terms in inputs.agreements.items()}
    until |= {terms.credit: terms.quote_valid_until for terms in inputs.scenario.credits}
    last, day = until.get(row.offer), inputs.run.order_date
    over = last is not None and last < day
    checks.true("why_not.expired", (row.offer,), over or not expired, left=last, operator="<", right=day)


def _check_other(inputs: Inputs, row: NotTaken, checks: Checks) -> None:
    """The offer that dominates is one of the same nodes, and cheaper."""
    place = (row.offer,)
    dominated = row.reason is NotTakenReason.DOMINATED
    checks.same("why_not.dominated", place, row.other is not None, dominated, "is named")
    if row.other is None:
        return
    ours, other = inputs.terms.get(row.offer), inputs.terms.get(row.other)
    alike = ours is not None and other is not None and ours.offering == other.offering and ours.kind == other.kind
    checks.true("why_not.dominated", place, alike, left=row.other, operator="sells what", right=row.offer)
    if ours is not None and other is not None:
        now, instead = (
            terms.capex_usd_per_node if isinstance(terms, Owned) else terms.price_usd_per_node_hour
            for terms in (ours, other)
        )
        checks.true("why_not.dominated", place, instead < now, left=instead, operator="<", right=now, unit="usd")
