"""Seen without solving: more of the approved orders must change than may, because they cannot be signed as approved."""

from collections.abc import Iterator
from decimal import Decimal

from contracts.options import Ordered
from optimizer.approved import approved_quantities
from optimizer.diagnosing.checks.citing import row_cited
from optimizer.diagnosing.records import CitedInput, SeenBefore
from optimizer.order_values import order_usd
from optimizer.problem import Problem


def forced_changes(problem: Problem) -> Iterator[SeenBefore]:
    """Approved orders above what stock and largest order allow now, against the limits of changes."""
    stability = problem.scenario.policy.stability
    if stability is None:
        return
    forced: dict[tuple[str, int], Decimal] = {}
    changed_usd = Decimal(0)
    for place, quantity in approved_quantities(problem).items():
        terms = problem.ordered.get(place.contract)
        if terms is None or quantity <= (most := _most(problem, terms)):
            continue
        forced[place.contract, place.start] = quantity - most
        changed_usd += (quantity - most) * order_usd(terms, problem.months[place.start])
    named = ", ".join(f"{contract} of {problem.months[t]} by {nodes}" for (contract, t), nodes in forced.items())
    rows = tuple(row_cited("approved_orders", contract, problem.months[t]) for contract, t in forced)
    most_usd, most_orders = stability.changed_usd_at_most, stability.changed_orders_at_most
    if most_usd is not None and changed_usd > most_usd:
        yield _told("changed_usd_at_most", f"{most_usd:,.2f} USD", f"{changed_usd:,.2f} USD", named, rows)
    if most_orders is not None and len(forced) > most_orders:
        yield _told("changed_orders_at_most", str(most_orders), str(len(forced)), named, rows)


def _most(problem: Problem, terms: Ordered) -> Decimal:
    """Most nodes of one order as stock and terms are now."""
    nodes = problem.stock_nodes(terms.offering)
    if terms.maximum_order_nodes is not None:
        nodes = min(nodes, terms.maximum_order_nodes)
    return Decimal(nodes // terms.lot_nodes * terms.lot_nodes)


def _told(limit: str, most: str, least: str, named: str, rows: tuple[CitedInput, ...]) -> SeenBefore:
    return SeenBefore(
        check="forced_changes",
        words=(
            f"{limit} allows {most}; approved orders cannot be signed as approved, for stock or largest order are"
            f" smaller ({named}): {least} must change"
        ),
        mend=f"{limit} of at least {least}, or more stock",
        inputs=(CitedInput(path=f"policy.stability.{limit}"), *rows),
    )
