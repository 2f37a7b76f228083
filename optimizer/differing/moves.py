"""Orders that differ between two plans, and those whose cause is seen without a solve."""

from collections.abc import Mapping
from decimal import Decimal

from optimizer.comparing.buying import Bought, BuyChange, LineKey, Way, buy_difference
from optimizer.differing.diff import Cause, OrderMove
from optimizer.order_values import signed_terms
from optimizer.plan import Plan
from scenarios.scenario import Scenario

ORDERS = (Way.ORDER, Way.SPEND_COMMITMENT, Way.PROVISIONED)
"""What is compared: everything that is ordered before it is used."""


def moved_orders(old: Plan, new: Plan) -> tuple[BuyChange, ...]:
    """Orders that are added, dropped or resized, those that move most money first."""
    rows = (row for row in buy_difference(old, new) if row.way in ORDERS and row.status != "same")
    return tuple(sorted(rows, key=lambda row: (-abs(row.usd), row.what, row.start, row.outlook)))


def seen_at_once(row: BuyChange, old: Scenario, new: Scenario) -> OrderMove | None:
    """The order with its cause where that is no question of cost; None where it is."""
    fewer = row.variant_quantity < row.base_quantity
    held = _taken_over(row, old, new) if fewer else None
    if held is not None:
        return OrderMove(change=row, cause=Cause.HELD, words=f"held contract {held} has taken its place")
    if fewer and not _is_planned(row, new):
        words = f"the new plan does not plan {row.start}: its months are {_months(new)}"
        return OrderMove(change=row, cause=Cause.HORIZON, words=words)
    if not fewer and not _is_planned(row, old):
        words = f"the old plan did not plan {row.start}: its months are {_months(old)}"
        return OrderMove(change=row, cause=Cause.HORIZON, words=words)
    why = _not_on_offer(row, new) if fewer else _not_on_offer(row, old)
    if why is not None:
        return OrderMove(change=row, cause=Cause.NOT_ON_OFFER, words=f"{'by now' if fewer else 'before'}, {why}")
    return None


def _is_planned(row: BuyChange, scenario: Scenario) -> bool:
    return row.start in set(map(str, scenario.horizon.months))


def _months(scenario: Scenario) -> str:
    months = scenario.horizon.months
    return f"{months[0]} to {months[-1]}"


def _taken_over(row: BuyChange, old: Scenario, new: Scenario) -> str | None:
    """A held contract that the old scenario did not have: of the order's id, or of its offering, month and nodes."""
    before = {held.held for held in old.held_contracts}
    terms = signed_terms(old).get(row.what)
    offering = getattr(terms, "offering", None)
    for held in new.held_contracts:
        if held.held in before:
            continue
        alike = held.offering == offering and str(held.start) == row.start and held.nodes == row.base_quantity
        if held.held == row.what or alike:
            return held.held
    return None


def _not_on_offer(row: BuyChange, scenario: Scenario) -> str | None:
    """Why a scenario cannot order it; None where it can, as far as contract and quote say."""
    terms = signed_terms(scenario).get(row.what)
    if terms is None:
        return f"there is no contract {row.what}"
    until = terms.quote_valid_until
    if until is not None and until < scenario.run.order_date:
        return f"the quote of {row.what} has expired ({until}; orders are signed from {scenario.run.order_date} on)"
    return None


def key_of(row: BuyChange) -> LineKey:
    """By what the order is found in other plans."""
    return LineKey(row.way, row.what, row.start, row.outlook)


def brings_about(row: BuyChange, old: Mapping[LineKey, Bought], alone: Mapping[LineKey, Bought]) -> bool:
    """Whether a plan moves an order of the old one in the same direction."""
    key, nothing = key_of(row), Decimal(0)
    before = old[key].quantity if key in old else nothing
    after = alone[key].quantity if key in alone else nothing
    return (after - before) * (row.variant_quantity - row.base_quantity) > 0
