"""Sites: owned hardware stands where there is power and space for it.

    stay_in_the_power[i,t,s]:  sum over owned contracts k at site i of power_kw_per_node[k] * pue[k] * active[k,t,s]
                                   <=  power_kw[i]
    stay_in_the_space[i,t,s]:  sum over the same of rack_units_per_node[k] * active[k,t,s]  <=  rack_units[i]

Rows are divided by their limit. Rows that are the same in several outlooks stand once, under the first of them.

symbol         | V or P | explanation
active[k,t,s]  | V      | nodes of contract k in month t (family stock)
power_kw[i]    | P      | power of site i for new nodes, cooling included
rack_units[i]  | P      | space of site i for new nodes
"""

from typing import Any

import pyomo.environ as pyo

from contracts.terms.owned import Owned
from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear, scaled
from optimizer.problem import Problem
from optimizer.supply import Supply

SENTENCES = {
    "stay_in_the_power": "power of site {0} used up",
    "stay_in_the_space": "space of site {0} used up",
}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Hold both limits of every site in every month and outlook."""
    places = _places(problem, decide)
    sites = {row.site: row for row in problem.scenario.sites}

    def within(limit: float, terms: list[Term]) -> Any:
        terms = [term for term in terms if term[0]]
        if not terms:
            return pyo.Constraint.Skip
        return linear(scaled(1.0 / limit, terms)) <= 1.0 if limit else linear(terms) <= 0.0

    def stay_in_the_power(_: Any, i: str, t: int, s: str) -> Any:
        drawn = [(float(terms.site_power_kw_per_node), nodes) for terms, nodes in places[i, t, s]]
        return within(sites[i].power_kw, drawn)

    def stay_in_the_space(_: Any, i: str, t: int, s: str) -> Any:
        filled = [(terms.rack_units_per_node, nodes) for terms, nodes in places[i, t, s]]
        return within(sites[i].rack_units, filled)

    block.stay_in_the_power = pyo.Constraint(list(places), rule=stay_in_the_power)
    block.stay_in_the_space = pyo.Constraint(list(places), rule=stay_in_the_space)


def _places(problem: Problem, decide: Decisions) -> dict[tuple[str, int, str], list[tuple[Owned, Any]]]:
    """Terms and active nodes at every site, month and outlook in which some could stand there."""
    found: dict[tuple[str, int, str], list[tuple[Owned, Any]]] = {}
    known: set[tuple[str, int, tuple[int, ...]]] = set()
    for i in sorted(row.site for row in problem.scenario.sites):
        owned = [terms for terms in problem.owned.values() if terms.site == i]
        for t in problem.month_indices:
            for s in problem.outlooks:
                rows = [(terms, decide.active(terms.contract, t, s)) for terms in owned]
                rows = [(terms, nodes) for terms, nodes in rows if nodes is not None]
                alike = i, t, tuple(id(nodes) for _, nodes in rows)
                if rows and alike not in known:
                    known.add(alike)
                    found[i, t, s] = rows
    return found
