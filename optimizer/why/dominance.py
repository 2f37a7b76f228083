"""Offers that another makes pointless: as good in every clause, for the same nodes, and cheaper.

Told only where it holds for every plan: anything that could make the dearer of two like offers worth having (shares of
spend, rules by contract, agreements, a rule or clause that names one of the two) makes it silent.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from catalog.records import Sourced
from contracts.options import AnyTerms
from contracts.terms.on_demand import OnDemand
from contracts.terms.ordering import OrderedTerms
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved
from contracts.terms.take_or_pay import TakeOrPay
from scenarios.policy_shares import ConcentrationCap, Grouping, ShareFloor, ShareMeasure
from scenarios.scenario import Scenario

_APART = frozenset(
    {
        *Sourced.model_fields,
        "contract",
        "quote",
        "quote_valid_until",
        "fictitious",
        "pricing_rule",
        "price_usd_per_node_hour",
        "price_per_node_hour",
        "capex_usd_per_node",
        "lot_nodes",
        "minimum_order_nodes",
        "maximum_order_nodes",
        "earliest_start",
        "latest_start",
        "start_every_months",
    }
)
"""Compared one by one, or saying nothing about the terms."""


def dominating(scenario: Scenario) -> Mapping[str, AnyTerms]:
    """By contract: the cheapest that dominates it."""
    if _dearer_may_pay(scenario):
        return {}
    named = frozenset(_names(scenario))
    free = [terms for terms in scenario.contracts if terms.contract not in named]
    found = {}
    for terms in free:
        better = [other for other in free if other is not terms and _dominates(scenario, other, terms)]
        if better:
            found[terms.contract] = min(better, key=lambda other: (_price(other), other.contract))
    return found


def _dearer_may_pay(scenario: Scenario) -> bool:
    """Whether a plan can gain by spending more, or by spending it under several contracts."""
    policy = scenario.policy
    shares: tuple[ConcentrationCap | ShareFloor, ...] = (*policy.concentration, *policy.share_floors)
    return (
        any(rule.measure is ShareMeasure.SPEND for rule in shares)
        or any(getattr(rule, "by", None) is Grouping.CONTRACT for rule in policy.ruled)
        or bool(scenario.agreements)
        or bool(scenario.credits)
    )


def _names(scenario: Scenario) -> Iterator[str]:
    """Every text of the inputs outside of the contracts' own rows, and clauses of contracts that name another."""
    apart = {"contracts", "input_files", "changes", "description"}
    yield from _texts(scenario.model_dump(mode="json", exclude=apart))
    for terms in scenario.reserved:
        if terms.most_favoured_of is not None:
            yield terms.most_favoured_of


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def _dominates(scenario: Scenario, other: AnyTerms, terms: AnyTerms) -> bool:
    """Spot has a depth of its own, a block is bought once: of those, two are more than one, however dear."""
    if type(other) is not type(terms) or not isinstance(terms, OnDemand | Reserved | TakeOrPay | Owned):
        return False
    same = all(
        getattr(other, name) == getattr(terms, name) for name in type(terms).model_fields if name not in _APART
    )
    return same and _price(other) < _price(terms) and _lasts(other, terms) and _as_easy(scenario, other, terms)


def _price(terms: AnyTerms) -> Decimal:
    return terms.capex_usd_per_node if isinstance(terms, Owned) else terms.price_usd_per_node_hour


def _lasts(other: AnyTerms, terms: AnyTerms) -> bool:
    """The other quote can be signed as long."""
    if other.quote_valid_until is None:
        return True
    return terms.quote_valid_until is not None and other.quote_valid_until >= terms.quote_valid_until


def _as_easy(scenario: Scenario, other: AnyTerms, terms: AnyTerms) -> bool:
    """Every order under the terms could be one under the others: sizes, and months to start in."""
    if not isinstance(other, OrderedTerms) or not isinstance(terms, OrderedTerms):
        return True
    first, last = scenario.horizon.first, scenario.horizon.months[-1]
    base, ours = (row.earliest_start or first for row in (other, terms))
    every, step = other.start_every_months, terms.start_every_months
    return (
        terms.lot_nodes % other.lot_nodes == 0
        and other.minimum_order_nodes <= terms.minimum_order_nodes
        and other.maximum_order_nodes is None
        and base <= ours
        and (other.latest_start or last) >= (terms.latest_start or last)
        and step % every == 0
        and (ours - base) % every == 0
    )
