"""Fallback: after each named event, what is left still serves a floor of everything at once.

For contingency q, month t, checked block b, outlook s, with one copy of the routing for each q:

    keep_the_floor[q,w,c,t,b,s]:       sum over o left of serve[q,w,c,o,t,b,s]  >=  floor_share[q]
    fit_what_is_left[q,o,t,b,s]:       sum over w,c of busy_nodes[q,w,c,o,t,b] * serve[q,w,c,o,t,b,s]
                                         <=  firm nodes left[o,t]  +  rent[q,o,t,b,s]  +  lean[q,o,t,b,s]
    lean_on_what_is_active[q,o,t,b,s]: lean[q,o,t,b,s]  <=  on_demand_confidence[o] * not-firm nodes left[o,t]
    limit_the_emergency[q,t,b,s]:      sum over o of list_price[o] * (rent + lean)[q,o,t,b,s]
                                         <=  emergency_share * sum over o of list_price[o] * busy nodes[q,o,t,b,s]

    charged:  rent[q,o,t,b,s] * probability in a month * duration * hours[t,b] / hours of the checked blocks
              * lowest on-demand price left

symbol                   | V or P | explanation
serve[q,w,c,o,t,b,s]     | V      | share of the class's demand that offering o serves after the event
rent[q,o,t,b,s]          | V      | emergency on-demand nodes, at most quota_nodes[o] * on_demand_confidence[o]
lean[q,o,t,b,s]          | V      | nodes of commitments that are not firm
busy_nodes[q,w,c,o,t,b]  | P      | nodes for the whole demand of the class at the limits relaxed by q
"""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pyomo.environ as pyo

from contracts.terms.common import BillLine, Nature
from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear
from optimizer.problem import ClassKey, Problem
from optimizer.supply import Commitment, Supply
from scenarios.policy import Contingency, Lost

SENTENCES = {
    "limit_the_emergency": "emergency share after {0} used up",
}

Case = tuple[str, int, str, str]
"""Contingency, month index, block, outlook."""


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Declare one routing copy per contingency and hold its floors."""
    cases: list[Case] = [
        (q, t, b, s)
        for q, event in problem.contingencies.items()
        for t in problem.month_indices
        for b in problem.checked_blocks(event)
        if problem.hours[t, b]
        for s in problem.outlooks
    ]
    lanes = {q: _lanes(problem, event) for q, event in problem.contingencies.items()}
    block.serve = pyo.Var(
        [
            (q, *key, o, t, b, s)
            for q, t, b, s in cases
            for key, o in lanes[q]
            if (key, t, b) in problem.tok_per_s
        ],
        bounds=(0.0, 1.0),
    )
    servers = {q: {o for _, o in pairs} for q, pairs in lanes.items()}
    block.rent = pyo.Var(
        [
            (q, o, t, b, s)
            for q, t, b, s in cases
            for o in problem.rentable(problem.contingencies[q])
            if o in servers[q]
        ],
        bounds=lambda _, q, o, t, b, s: (0.0, emergency_nodes(problem, o)),
    )
    block.lean = pyo.Var(
        [
            (q, o, t, b, s)
            for q, t, b, s in cases
            for o in sorted(servers[q])
            if any(_not_firm(problem, supply, problem.contingencies[q], o, t))
        ],
        domain=pyo.NonNegativeReals,
    )
    _rows(block, problem, supply, cases, lanes)
    _charge_rent(block, problem, ledger)


def _rows(
    block: Any,
    problem: Problem,
    supply: Supply,
    cases: list[Case],
    lanes: dict[str, list[tuple[ClassKey, str]]],
) -> None:
    users: dict[tuple[str, str], list[ClassKey]] = defaultdict(list)
    servers: dict[tuple[str, ClassKey], list[str]] = defaultdict(list)
    for q, pairs in lanes.items():
        for key, o in pairs:
            users[q, o].append(key)
            servers[q, key].append(o)

    def busy(q: str, o: str, t: int, b: str, s: str) -> list[Term]:
        servings = problem.eligibility.contingency_servings[q]
        return [
            (
                problem.tok_per_s[key, t, b] * problem.node_seconds_per_token(key, servings[*key, o]),
                block.serve[q, *key, o, t, b, s],
            )
            for key in users[q, o]
            if (key, t, b) in problem.tok_per_s
        ]

    def emergency(q: str, o: str, t: int, b: str, s: str) -> list[Term]:
        return [(1.0, v[q, o, t, b, s]) for v in (block.rent, block.lean) if (q, o, t, b, s) in v]

    def keep_the_floor(_: Any, q: str, w: str, c: str, t: int, b: str, s: str) -> Any:
        key = ClassKey(w, c)
        served = [(1.0, block.serve[q, w, c, o, t, b, s]) for o in servers[q, key]]
        floor = problem.contingencies[q].floor_share
        if not served:
            return pyo.Constraint.Skip if floor == 0 else pyo.Constraint.Infeasible
        return linear(served) >= floor

    def fit_what_is_left(_: Any, q: str, o: str, t: int, b: str, s: str) -> Any:
        firm = [c for c in _left(supply, problem.contingencies[q], o, t) if c.firm]
        nodes = [term for c in firm for term in c.terms] + emergency(q, o, t, b, s)
        taken = [(-coefficient, variable) for coefficient, variable in nodes]
        return linear([*busy(q, o, t, b, s), *taken]) <= sum(c.constant_nodes for c in firm)

    def lean_on_what_is_active(_: Any, q: str, o: str, t: int, b: str, s: str) -> Any:
        confidence = problem.offering[o].on_demand_confidence
        terms, constant = [], 0.0
        for c in _not_firm(problem, supply, problem.contingencies[q], o, t):
            terms.extend([(-confidence * coefficient, variable) for coefficient, variable in c.terms])
            constant += confidence * c.constant_nodes
        return linear([(1.0, block.lean[q, o, t, b, s]), *terms]) <= constant

    def limit_the_emergency(_: Any, q: str, t: int, b: str, s: str) -> Any:
        share = problem.scenario.policy.emergency_share
        dearest = max(float(row.list_price_usd_per_node_hour) for row in problem.offering.values()) or 1.0
        terms: list[Term] = []
        for o in sorted({o for _, o in lanes[q]}):
            price = float(problem.offering[o].list_price_usd_per_node_hour) / dearest
            terms.extend((price * coefficient, v) for coefficient, v in emergency(q, o, t, b, s))
            terms.extend((-share * price * coefficient, v) for coefficient, v in busy(q, o, t, b, s))
        return linear(terms) <= 0.0

    block.keep_the_floor = pyo.Constraint(
        [
            (q, *key, t, b, s)
            for q, t, b, s in cases
            for key in problem.classes
            if (key, t, b) in problem.tok_per_s
        ],
        rule=keep_the_floor,
    )
    block.fit_what_is_left = pyo.Constraint(
        [(q, o, t, b, s) for q, t, b, s in cases for o in sorted({o for _, o in lanes[q]})],
        rule=fit_what_is_left,
    )
    block.lean_on_what_is_active = pyo.Constraint(list(block.lean), rule=lean_on_what_is_active)
    limited = cases if problem.scenario.policy.emergency_share < 1.0 else []
    block.limit_the_emergency = pyo.Constraint(limited, rule=limit_the_emergency)


def emergency_nodes(problem: Problem, offering: str) -> float:
    """On-demand nodes of an offering that can be counted on in an emergency."""
    return problem.quota_nodes(offering) * problem.offering[offering].on_demand_confidence


def _lanes(problem: Problem, event: Contingency) -> list[tuple[ClassKey, str]]:
    servings = problem.eligibility.contingency_servings[event.contingency]
    base = [o for o in problem.offering if problem.survives(event, o)]
    return [(key, o) for key in problem.classes for o in base if (*key, o) in servings]


def _left(supply: Supply, event: Contingency, offering: str, t: int) -> list[Commitment]:
    return [
        c
        for c in supply.commitments(offering, t)
        if not (event.lost is Lost.CONTRACT and event.name == c.contract)
    ]


def _not_firm(problem: Problem, supply: Supply, event: Contingency, offering: str, t: int) -> list[Commitment]:
    if not problem.survives(event, offering):
        return []
    return [c for c in _left(supply, event, offering, t) if not c.firm]


def _charge_rent(block: Any, problem: Problem, ledger: Ledger) -> None:
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
            quantity=Decimal(hours),
            unit_price_usd=problem.emergency_price(event, o),
        )
        ledger.charge_bill(
            [line], offering=o, variable=nodes, outlook=s, probability=problem.probability[s]
        )
