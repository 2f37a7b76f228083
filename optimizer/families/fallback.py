"""Fallback: after each named event, what is left still serves a floor of everything at once.

For contingency q, month t, checked block b, checked outlook s, with one copy of the routing for each q. Classes of a
workload that the same offerings and splits may serve after the event move together, as a bundle g in their usual mix:

    keep_the_floor[q,w,g,t,b,s]:       sum over o left of serve[q,w,g,o,t,b,s]
                                         +  sum over x left of serve_split[q,w,g,x,t,b,s]  >=  floor_share[q]
    fit_what_is_left[q,o,t,b,s]:       sum over w,g of busy_nodes[q,w,g,o,t,b,s] * serve[q,w,g,o,t,b,s]
                                         +  sum over w,g,x of role_nodes[q,w,g,x,t,b,s] * serve_split[q,w,g,x,t,b,s]
                                            for the roles of x that o has
                                         <=  firm nodes left[o,t,s]  +  rent[q,o,t,b,s]  +  lean[q,o,t,b,s]
    lean_on_what_is_active[q,o,t,b,s]: lean[q,o,t,b,s]  <=  on_demand_confidence[o] * not-firm nodes left[o,t,s]
    wait_for_the_gate[q,m,w,g,t,b,s]:  sum over o of the stack of m of serve[q,w,g,o,t,b,s]
                                         +  sum over x with a role on that stack of serve_split[q,w,g,x,t,b,s]
                                         <=  sum over (u,f) with gate u + lead_months[m] <= t, passed in s
                                             of ramp_share[m,t - gate] * begin[m,u,f]
    limit_the_emergency[q,t,b,s]:      sum over o of list_price[o] * (rent + lean)[q,o,t,b,s]
                                         <=  emergency_share * sum over o of list_price[o] * busy nodes[q,o,t,b,s]

    charged:  rent[q,o,t,b,s] * probability in a month * duration * hours[t,b] / hours of the checked blocks
              * lowest on-demand price left

symbol                   | V or P | explanation
serve[q,w,g,o,t,b,s]     | V      | share of the bundle's demand that offering o serves after the event
serve_split[q,...,b,s]   | V      | share of it that split x serves, in base pools
rent[q,o,t,b,s]          | V      | emergency on-demand nodes, at most quota_nodes[o] * on_demand_confidence[o]
lean[q,o,t,b,s]          | V      | nodes of commitments that are not firm
begin[m,u,f]             | V      | migration m is begun in month u (family migration)
role_nodes[q,...,b,s]    | P      | nodes for one role of a split, for the whole demand of the bundle
busy_nodes[q,...,b,s]    | P      | nodes for the whole demand of the bundle at the limits relaxed by q
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import pyomo.environ as pyo

from contracts.terms.common import BillLine, Nature
from optimizer.decisions import Decisions, opened
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear
from optimizer.problem import Bundle, Problem
from optimizer.split_routes import bundle_role_nodes, migrations_needed, offerings_of
from optimizer.supply import Commitment, Supply
from scenarios.policy import Contingency, Lost

SENTENCES = {
    "limit_the_emergency": "emergency share after {0} used up",
}


class Place(NamedTuple):
    """An offering in a month and outlook."""

    offering: str
    month: int
    outlook: str


Busy = dict[tuple[str, str, int, str, str], list[Term]]
"""Nodes that what is served keeps busy, by contingency, offering, month, block and outlook."""


@dataclass(frozen=True)
class _Cases:
    """Index sets of the family, by contingency q."""

    moments: list[tuple[str, int, str, str]]
    """(q, month, block, outlook) to be survived."""
    bundles: dict[str, tuple[Bundle, ...]]
    offerings: dict[str, list[str]]
    """Offerings that may serve at least one bundle, or a role of a split for it."""


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Declare one routing copy per contingency and hold its floors."""
    cases = _cases(problem)
    block.serve = pyo.Var(
        [
            (q, g.workload, g.name, o, t, b, s)
            for q, t, b, s in cases.moments
            for g in cases.bundles[q]
            if problem.bundle_tok_per_s(g, t, b, s)
            for o in g.offerings
            if problem.may_be_open(g.workload, o, t, s)
        ],
        bounds=(0.0, 1.0),
    )
    block.serve_split = pyo.Var(
        [
            (q, g.workload, g.name, x, t, b, s)
            for q, t, b, s in cases.moments
            for g in cases.bundles[q]
            if g.splits and problem.bundle_tok_per_s(g, t, b, s)
            for x in g.splits
            if all(problem.may_be_open(g.workload, o, t, s) for o in offerings_of(problem, x))
        ],
        bounds=(0.0, 1.0),
    )
    block.rent = pyo.Var(
        [
            (q, o, t, b, s)
            for q, t, b, s in cases.moments
            for o in _rentable(problem, problem.contingencies[q])
            if o in cases.offerings[q]
        ],
        bounds=lambda _, q, o, t, b, s: (0.0, emergency_nodes(problem, o)),
    )
    block.lean = pyo.Var(
        [
            (q, o, t, b, s)
            for q, t, b, s in cases.moments
            for o in cases.offerings[q]
            if _not_firm(problem, supply, problem.contingencies[q], Place(o, t, s))
        ],
        domain=pyo.NonNegativeReals,
    )
    _keep_the_floors(block, problem, cases)
    busy = _busy(block, problem, cases)
    _fit_what_is_left(block, problem, supply, busy)
    _wait_for_the_gate(block, problem, decide)
    _limit_the_emergency(block, problem, cases, busy)
    _charge_rent(block, problem, ledger)


def _cases(problem: Problem) -> _Cases:
    bundles = {q: problem.bundles(event) for q, event in problem.contingencies.items()}
    return _Cases(
        moments=[
            (q, t, b, s)
            for q, event in problem.contingencies.items()
            for t in problem.month_indices
            for b in problem.checked_blocks(event)
            if problem.hours[t, b]
            for s in problem.checked_outlooks(event)
        ],
        bundles=bundles,
        offerings={
            q: sorted({o for g in rows for o in (*g.offerings, *_of_splits(problem, g))}) for q, rows in bundles.items()
        },
    )


def _of_splits(problem: Problem, bundle: Bundle) -> Iterator[str]:
    return (o for x in bundle.splits for o in offerings_of(problem, x))


def _keep_the_floors(block: Any, problem: Problem, cases: _Cases) -> None:
    bundles = {(q, g.workload, g.name): g for q, rows in cases.bundles.items() for g in rows}

    def keep_the_floor(_: Any, q: str, w: str, g: str, t: int, b: str, s: str) -> Any:
        floor = problem.contingencies[q].floor_share
        served = [
            (1.0, block.serve[q, w, g, o, t, b, s])
            for o in bundles[q, w, g].offerings
            if (q, w, g, o, t, b, s) in block.serve
        ]
        served += [
            (1.0, block.serve_split[q, w, g, x, t, b, s])
            for x in bundles[q, w, g].splits
            if (q, w, g, x, t, b, s) in block.serve_split
        ]
        if not served:
            return pyo.Constraint.Skip if floor == 0 else pyo.Constraint.Infeasible
        return linear(served) >= floor

    block.keep_the_floor = pyo.Constraint(
        [
            (q, g.workload, g.name, t, b, s)
            for q, t, b, s in cases.moments
            for g in cases.bundles[q]
            if problem.bundle_tok_per_s(g, t, b, s)
        ],
        rule=keep_the_floor,
    )


def _busy(block: Any, problem: Problem, cases: _Cases) -> Busy:
    """Busy nodes of each offering at each moment after each event."""
    busy: dict[tuple[str, str, int, str, str], list[Term]] = defaultdict(list)
    rows = {(q, g.workload, g.name): g for q, bundles in cases.bundles.items() for g in bundles}
    for (q, w, g, o, t, b, s), share in block.serve.items():
        busy[q, o, t, b, s].append((problem.bundle_nodes(q, rows[q, w, g], o, t, b, s), share))
    for (q, w, g, x, t, b, s), share in block.serve_split.items():
        for o, nodes in bundle_role_nodes(problem, q, rows[q, w, g], x, t, b, s):
            busy[q, o, t, b, s].append((nodes, share))
    return busy


def _emergency(block: Any, index: tuple[str, str, int, str, str]) -> list[Term]:
    return [(1.0, variables[index]) for variables in (block.rent, block.lean) if index in variables]


def _fit_what_is_left(block: Any, problem: Problem, supply: Supply, busy: Busy) -> None:
    def fit_what_is_left(_: Any, q: str, o: str, t: int, b: str, s: str) -> Any:
        firm = [c for c in _left(supply, problem.contingencies[q], Place(o, t, s)) if c.firm]
        nodes = [*(term for c in firm for term in c.terms), *_emergency(block, (q, o, t, b, s))]
        taken = [(-coefficient, variable) for coefficient, variable in nodes]
        return linear([*busy[q, o, t, b, s], *taken]) <= sum(c.constant_nodes for c in firm)

    def lean_on_what_is_active(_: Any, q: str, o: str, t: int, b: str, s: str) -> Any:
        confidence = problem.offering[o].on_demand_confidence
        terms, constant = [], 0.0
        for c in _not_firm(problem, supply, problem.contingencies[q], Place(o, t, s)):
            terms.extend([(-confidence * coefficient, variable) for coefficient, variable in c.terms])
            constant += confidence * c.constant_nodes
        return linear([(1.0, block.lean[q, o, t, b, s]), *terms]) <= constant

    block.fit_what_is_left = pyo.Constraint(sorted(busy), rule=fit_what_is_left)
    block.lean_on_what_is_active = pyo.Constraint(list(block.lean), rule=lean_on_what_is_active)


def _limit_the_emergency(block: Any, problem: Problem, cases: _Cases, busy: Busy) -> None:
    share = problem.scenario.policy.emergency_share
    prices = {o: float(row.list_price_usd_per_node_hour) for o, row in problem.offering.items()}
    dearest = max(prices.values(), default=0.0) or 1.0

    def limit_the_emergency(_: Any, q: str, t: int, b: str, s: str) -> Any:
        terms: list[Term] = []
        for o in cases.offerings[q]:
            price = prices[o] / dearest
            terms.extend((price * x, v) for x, v in _emergency(block, (q, o, t, b, s)))
            terms.extend((-share * price * x, v) for x, v in busy[q, o, t, b, s])
        return linear(terms) <= 0.0

    block.limit_the_emergency = pyo.Constraint(cases.moments if any(prices.values()) else [], rule=limit_the_emergency)


def emergency_nodes(problem: Problem, offering: str) -> float:
    """On-demand nodes of an offering that can be counted on in an emergency."""
    return problem.quota_nodes(offering) * problem.offering[offering].on_demand_confidence


def _rentable(problem: Problem, event: Contingency) -> tuple[str, ...]:
    """Offerings that still have on-demand terms after the event, sorted."""
    left = {
        terms.offering
        for k, terms in problem.on_demand.items()
        if not (event.lost is Lost.CONTRACT and event.name == k)
    }
    return tuple(sorted(o for o in left if problem.survives(event, o)))


def _left(supply: Supply, event: Contingency, place: Place) -> list[Commitment]:
    return [c for c in supply.commitments(*place) if not (event.lost is Lost.CONTRACT and event.name == c.contract)]


def _not_firm(problem: Problem, supply: Supply, event: Contingency, place: Place) -> list[Commitment]:
    if not problem.survives(event, place.offering):
        return []
    return [c for c in _left(supply, event, place) if not c.firm]


def _wait_for_the_gate(block: Any, problem: Problem, decide: Decisions) -> None:
    waiting: dict[tuple[str, str, str, str, int, str, str], list[Term]] = defaultdict(list)
    for (q, w, g, o, t, b, s), share in block.serve.items():
        migration = problem.migration_needed(w, o)
        if migration is not None:
            waiting[q, migration, w, g, t, b, s].append((1.0, share))
    for (q, w, g, x, t, b, s), share in block.serve_split.items():
        for migration in migrations_needed(problem, w, x):
            waiting[q, migration, w, g, t, b, s].append((1.0, share))

    def wait_for_the_gate(_: Any, q: str, m: str, w: str, g: str, t: int, b: str, s: str) -> Any:
        through = [(-share, begin) for share, begin in opened(problem, decide, m, t, s)]
        return linear([*waiting[q, m, w, g, t, b, s], *through]) <= 0.0

    block.wait_for_the_gate = pyo.Constraint(list(waiting), rule=wait_for_the_gate)


def _charge_rent(block: Any, problem: Problem, ledger: Ledger) -> None:
    prices = {
        (q, o, t, s): problem.emergency_price(problem.contingencies[q], o, t, s)
        for q, o, t, s in {(q, o, t, s) for q, o, t, _, s in block.rent}
    }
    for (q, o, t, b, s), nodes in block.rent.items():
        event = problem.contingencies[q]
        checked = sum(problem.hours[t, x] for x in problem.checked_blocks(event))
        hours = event.expected_hours_per_month * problem.hours[t, b] / checked
        month = problem.months[t]
        line = BillLine(
            nature=Nature.EMERGENCY_EXPECTED,
            paid_month=month,
            service_first=month,
            service_end=month + 1,
            quantity=Decimal(1),
            unit_price_usd=prices[q, o, t, s],
        )
        ledger.charge_bill(
            [line], bills=hours, offering=o, variable=nodes, outlook=s, probability=problem.probability[s]
        )
