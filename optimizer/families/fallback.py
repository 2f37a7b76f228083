"""Fallback: after each named event, what is left still serves a floor of everything at once.

For contingency q, month t, checked block b, checked outlook s, with one copy of the routing for each q. Classes of a
workload that the same offerings, splits and APIs may serve after the event move together, as a bundle g in their usual
mix:

    keep_the_floor[q,w,g,t,b,s]:       sum over o left of serve[q,w,g,o,t,b,s]
                                         +  sum over x left of serve_split[q,w,g,x,t,b,s]
                                         +  sum over a left of serve_api[q,w,g,a,t,b,s]  >=  floor_share[q,w]
    fit_what_is_left[q,o,t,b,s]:       sum over w,g of busy_nodes[q,w,g,o,t,b,s] * serve[q,w,g,o,t,b,s]
                                         +  sum over w,g,x of role_nodes[q,w,g,x,t,b,s] * serve_split[q,w,g,x,t,b,s]
                                            for the roles of x that o has
                                         <=  firm nodes left[q,o,t,s]  +  rent[q,o,t,b,s]  +  lean[q,o,t,b,s]
    lean_on_what_is_active[q,o,t,b,s]: lean[q,o,t,b,s]  <=  on_demand_confidence[o] * not-firm nodes left[q,o,t,s]
    wait_for_the_gate[q,m,w,g,t,b,s]:  sum over o of the stack of m of serve[q,w,g,o,t,b,s]
                                         +  sum over x with a role on that stack of serve_split[q,w,g,x,t,b,s]
                                         <=  sum over (u,f) with gate u + lead_months[m] <= t, passed in s
                                             of ramp_share[m,t - gate] * begin[m,u,f]
    limit_the_emergency[q,t,b,s]:      sum over o of list_price[o] * (rent + lean)[q,o,t,b,s]
                                         <=  emergency_share * sum over o of list_price[o] * busy nodes[q,o,t,b,s]
    stay_in_the_input_limit[q,a,t,b,s]:   sum over w,g of input_tok_per_s[w,g,t,b,s] * serve_api[q,w,g,a,t,b,s]
                                         <=  api_share[q] * input_tok_per_s_limit[a]
    stay_in_the_output_limit[q,a,t,b,s]:  the same of output tokens

    charged:  rent[q,o,t,b,s] * probability in a month * duration * hours[t,b] / hours of the blocks checked in t
              * lowest on-demand price left
              serve_api[q,w,g,a,t,b,s] * Mtok of the bundle in such an hour, each kind at its price, for as many hours

Nodes left of a contract k on o, for what the event leaves of offerings and contracts, are active[k,t,s]; of orders
(u,f) that the event delivers late and that are late in t only a part:

    active[k,t,s]  -  (1 - delivered_share[q]) * lot_nodes[k] * sum over late (u,f) of
                      (order_lots[k,u,f]  -  sum over courses of (u,f) that have left or been swapped by t of course[c])

Where a young stack is what is lost, wait_for_the_gate counts only gates with gate + months_in_production[q] <= t.

symbol                   | V or P | explanation
serve[q,w,g,o,t,b,s]     | V      | share of the bundle's demand that offering o serves after the event
serve_split[q,...,b,s]   | V      | share of it that split x serves, in base pools
serve_api[q,...,b,s]     | V      | share of it that API offer a serves; exists only where api_share[q] is above 0
rent[q,o,t,b,s]          | V      | emergency on-demand nodes, at most quota_nodes[o] * on_demand_confidence[o]
lean[q,o,t,b,s]          | V      | nodes of commitments that are not firm
begin[m,u,f]             | V      | migration m is begun in month u (family migration)
order_lots[k,u,f]        | V      | lots of contract k promised for month u in future f
course[c]                | V      | lots that take course c instead of their plain term (family rights)
role_nodes[q,...,b,s]    | P      | nodes for one role of a split, for the whole demand of the bundle
busy_nodes[q,...,b,s]    | P      | nodes for the whole demand of the bundle at the limits relaxed by q
floor_share[q,w]         | P      | that of workload w among floors[q], else that of the event
delivered_share[q]       | P      | share of a late order that is there
api_share[q]             | P      | share of the rate limits that may be counted on
input_tok_per_s[w,g,...] | P      | gross input tokens of the whole demand of the bundle per second, cached ones too
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from optimizer.decisions import Decisions
from optimizer.fallback_apis import Bundles, limits_used
from optimizer.fallback_charges import charge_rent, charge_tokens
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear, scaled
from optimizer.nodes_left import NodesLeft, Place, emergency_nodes, rentable
from optimizer.problem import Bundle, Problem
from optimizer.split_routes import bundle_role_nodes, migrations_needed, offerings_of
from optimizer.supply import Supply

SENTENCES = {
    "limit_the_emergency": "emergency share after {0} used up",
    "stay_in_the_input_limit": "after {0} the share of the rate limit for input tokens of {1} used up",
    "stay_in_the_output_limit": "after {0} the share of the rate limit for output tokens of {1} used up",
}

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

    @property
    def named(self) -> Bundles:
        """Bundles by contingency, workload and name."""
        return {(q, g.workload, g.name): g for q, rows in self.bundles.items() for g in rows}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Declare one routing copy per contingency and hold its floors."""
    cases, left = _cases(problem), NodesLeft(problem, decide, supply)
    _declare(block, problem, cases, left)
    _keep_the_floors(block, problem, cases)
    busy = _busy(block, problem, cases)
    _fit_what_is_left(block, problem, left, busy)
    _wait_for_the_gate(block, problem, decide)
    _limit_the_emergency(block, problem, cases, busy)
    _stay_in_the_limits(block, problem, cases)
    charge_rent(block.rent, problem, ledger)
    charge_tokens(block.serve_api, problem, cases.named, ledger)


def _declare(block: Any, problem: Problem, cases: _Cases, left: NodesLeft) -> None:
    asking = [
        (q, g, t, b, s)
        for q, t, b, s in cases.moments
        for g in cases.bundles[q]
        if problem.bundle_tok_per_s(g, t, b, s)
    ]

    def may_be_open(q: str, g: Bundle, offering: str, t: int, s: str) -> bool:
        return problem.may_be_open_after(problem.contingencies[q], g.workload, offering, t, s)

    block.serve = pyo.Var(
        [
            (q, g.workload, g.name, o, t, b, s)
            for q, g, t, b, s in asking
            for o in g.offerings
            if may_be_open(q, g, o, t, s)
        ],
        bounds=(0.0, 1.0),
    )
    block.serve_split = pyo.Var(
        [
            (q, g.workload, g.name, x, t, b, s)
            for q, g, t, b, s in asking
            for x in g.splits
            if all(may_be_open(q, g, o, t, s) for o in offerings_of(problem, x))
        ],
        bounds=(0.0, 1.0),
    )
    block.serve_api = pyo.Var(
        [(q, g.workload, g.name, a, t, b, s) for q, g, t, b, s in asking for a in g.apis], bounds=(0.0, 1.0)
    )
    can_be_rented = {q: rentable(problem, event) for q, event in problem.contingencies.items()}
    block.rent = pyo.Var(
        [(q, o, t, b, s) for q, t, b, s in cases.moments for o in can_be_rented[q] if o in cases.offerings[q]],
        bounds=lambda _, q, o, t, b, s: (0.0, emergency_nodes(problem, o)),
    )
    block.lean = pyo.Var(
        [
            (q, o, t, b, s)
            for q, t, b, s in cases.moments
            for o in cases.offerings[q]
            if left.has_not_firm(problem.contingencies[q], Place(o, t, s))
        ],
        domain=pyo.NonNegativeReals,
    )


def _cases(problem: Problem) -> _Cases:
    bundles = {q: problem.bundles(event) for q, event in problem.contingencies.items()}
    return _Cases(
        moments=[
            (q, t, b, s)
            for q, event in problem.contingencies.items()
            for t in problem.month_indices
            for b in problem.events.checked_blocks(event, t)
            for s in problem.events.checked_outlooks(event)
        ],
        bundles=bundles,
        offerings={
            q: sorted({o for g in rows for o in (*g.offerings, *_of_splits(problem, g))}) for q, rows in bundles.items()
        },
    )


def _of_splits(problem: Problem, bundle: Bundle) -> Iterator[str]:
    return (o for x in bundle.splits for o in offerings_of(problem, x))


def _keep_the_floors(block: Any, problem: Problem, cases: _Cases) -> None:
    bundles = cases.named

    def keep_the_floor(_: Any, q: str, w: str, g: str, t: int, b: str, s: str) -> Any:
        floor, bundle = problem.contingencies[q].floor_of(w), bundles[q, w, g]
        ways = ((block.serve, bundle.offerings), (block.serve_split, bundle.splits), (block.serve_api, bundle.apis))
        served = [
            (1.0, variables[q, w, g, name, t, b, s])
            for variables, names in ways
            for name in names
            if (q, w, g, name, t, b, s) in variables
        ]
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
    rows = cases.named
    for (q, w, g, o, t, b, s), share in block.serve.items():
        busy[q, o, t, b, s].append((problem.bundle_nodes(q, rows[q, w, g], o, t, b, s), share))
    for (q, w, g, x, t, b, s), share in block.serve_split.items():
        for o, nodes in bundle_role_nodes(problem, q, rows[q, w, g], x, t, b, s):
            busy[q, o, t, b, s].append((nodes, share))
    return busy


def _emergency(block: Any, index: tuple[str, str, int, str, str]) -> list[Term]:
    return [(1.0, variables[index]) for variables in (block.rent, block.lean) if index in variables]


def _fit_what_is_left(block: Any, problem: Problem, left: NodesLeft, busy: Busy) -> None:
    def fit_what_is_left(_: Any, q: str, o: str, t: int, b: str, s: str) -> Any:
        firm, constant = left.firm(problem.contingencies[q], Place(o, t, s))
        nodes = [*firm, *_emergency(block, (q, o, t, b, s))]
        return linear([*busy[q, o, t, b, s], *scaled(-1.0, nodes)]) <= constant

    def lean_on_what_is_active(_: Any, q: str, o: str, t: int, b: str, s: str) -> Any:
        confidence = problem.offering[o].on_demand_confidence
        not_firm, constant = left.not_firm(problem.contingencies[q], Place(o, t, s))
        leaning = (1.0, block.lean[q, o, t, b, s])
        return linear([leaning, *scaled(-confidence, not_firm)]) <= confidence * constant

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


def _stay_in_the_limits(block: Any, problem: Problem, cases: _Cases) -> None:
    sent, received = limits_used(block.serve_api, problem, cases.named)

    def stay_in_the_input_limit(_: Any, q: str, a: str, t: int, b: str, s: str) -> Any:
        return linear(sent[q, a, t, b, s]) <= problem.contingencies[q].api_share

    def stay_in_the_output_limit(_: Any, q: str, a: str, t: int, b: str, s: str) -> Any:
        return linear(received[q, a, t, b, s]) <= problem.contingencies[q].api_share

    block.stay_in_the_input_limit = pyo.Constraint(list(sent), rule=stay_in_the_input_limit)
    block.stay_in_the_output_limit = pyo.Constraint(list(received), rule=stay_in_the_output_limit)


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
        openings = problem.events.openings(problem.contingencies[q], m, t, s)
        through = [(-share, decide.begin[key]) for share, key in openings]
        return linear([*waiting[q, m, w, g, t, b, s], *through]) <= 0.0

    block.wait_for_the_gate = pyo.Constraint(list(waiting), rule=wait_for_the_gate)
