"""Clauses of the inputs: prices in other currencies, and that what a clause names is there."""

from collections import Counter
from decimal import localcontext

from contracts.terms.common import ContractTerms
from contracts.terms.held import HeldContract
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved
from optimizer.audit.checks import Checks, Place
from optimizer.audit.due import MONEY
from optimizer.audit.figures import Inputs
from optimizer.audit.prices import favoured_terms

DOLLAR = "USD"


def check_clauses(inputs: Inputs, checks: Checks) -> None:
    """Every contract against the rates and the other inputs that it names."""
    _check_rates(inputs, checks)
    with localcontext(MONEY):
        for terms in inputs.terms.values():
            _check_currency(inputs, terms, checks)
    for terms in inputs.terms.values():
        if isinstance(terms, Reserved):
            _check_swap(inputs, terms, ("contract", terms.contract, "swap_to"), checks)
        if isinstance(terms, Owned):
            is_known = terms.site in inputs.sites
            place = ("contract", terms.contract, "site")
            checks.true("inputs.clauses", place, is_known, left=terms.site, operator="is", right="no site")
    for held in inputs.held.values():
        _check_swap(inputs, held, ("held", held.held, "swap_to"), checks)
    for terms in inputs.terms.values():
        if isinstance(terms, Reserved) and terms.most_favoured_of is not None:
            _check_favoured(inputs, terms, checks)


def _check_rates(inputs: Inputs, checks: Checks) -> None:
    rates = Counter(row.currency for row in inputs.scenario.exchange_rates)
    for currency, count in rates.items():
        checks.same("inputs.currency", ("exchange rate", currency), count, 1, "rows")


def _check_currency(inputs: Inputs, terms: ContractTerms, checks: Checks) -> None:
    """Another currency has its price, its rate and their product; dollars have one price."""
    if terms.currency == DOLLAR and terms.price_per_node_hour is None:
        return
    place: Place = ("contract", terms.contract, terms.currency)
    rate = inputs.usd_per_unit.get(terms.currency)
    is_stated = rate is not None and terms.price_per_node_hour is not None
    checks.true(
        "inputs.currency",
        place,
        is_stated,
        left=f"price {terms.price_per_node_hour}, rate {rate}",
        operator="but",
        right="another currency needs both, dollars neither",
    )
    if rate is not None and terms.price_per_node_hour is not None:
        own = terms.price_per_node_hour * rate
        checks.same("inputs.currency", place, terms.price_usd_per_node_hour, own, "usd/node_hour")


def _check_swap(inputs: Inputs, terms: Reserved | HeldContract, place: Place, checks: Checks) -> None:
    """To another offering of the same provider, where nothing is paid upfront."""
    if terms.swap_to is None:
        return
    other = inputs.offerings.get(terms.swap_to)
    is_other = other is not None and terms.swap_to != terms.offering
    checks.true(
        "inputs.clauses",
        place,
        is_other
        and other is not None
        and other.provider == inputs.offerings[terms.offering].provider
        and terms.upfront_share == 0,
        left=terms.swap_to,
        operator="is",
        right="no other offering of the provider, or something is paid upfront",
    )


def _check_favoured(inputs: Inputs, terms: Reserved, checks: Checks) -> None:
    """An on-demand contract of the same provider."""
    favoured = favoured_terms(inputs, terms)
    checks.true(
        "inputs.clauses",
        ("contract", terms.contract, "most_favoured_of"),
        favoured is not None
        and inputs.offerings[favoured.offering].provider == inputs.offerings[terms.offering].provider,
        left=terms.most_favoured_of,
        operator="is",
        right="no on-demand contract of the same provider",
    )
