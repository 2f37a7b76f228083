"""Power: what the nodes of a group draw in any block, cooling included, stays below a limit.

    stay_in_the_limit[r,g,t,b,s]:
        sum over o in g of kw[o] * (nodes that serve under commitments or are held + nodes by the hour) / 1000
            <=  limit_mw[r]

    kw[o]  =  power of a node at the site (accelerators, host, PUE); nodes draw it used or idle

Nodes by the hour are those that run in the block: on demand without uplift, under volume tiers, and on spot also what
is lost to recovery. Take-or-pay nodes are there, used or not; a capacity block draws with all of its nodes in every
month that it touches. Rows are divided by their limit. A row without variables is left out if it holds and makes the
case impossible if not.

symbol           | V or P | explanation
nodes            | P      | commitments of the month and what runs in the block (optimizer.supply)
kw[o]            | P      | kW at the site
limit_mw[r]      | P      | limit of rule r for each group that it is about
"""

from typing import Any

import pyomo.environ as pyo

from optimizer.decisions import Decisions
from optimizer.footprint_figures import FootprintFigures
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear, scaled
from optimizer.problem import Problem
from optimizer.supply import Supply
from scenarios.policy import PowerCap

ROUNDING = 1e-9
"""What the sums of held contracts alone may be off, as a share of the limit."""
KW_PER_MW = 1000.0

SENTENCES = {"stay_in_the_limit": "{0}: {1} at its power limit"}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Add a row for every rule, group, month, block and outlook."""
    rules = {rule.rule: rule for rule in problem.scenario.policy.power}
    members = {
        (name, group): offerings
        for name, rule in sorted(rules.items())
        for group, offerings in power_groups(problem, rule).items()
    }
    figures = FootprintFigures(problem.scenario)
    drawing = {o for offerings in members.values() for o in offerings}
    mw = {o: float(figures.needed(figures.kwh_per_node_hour, o)) / KW_PER_MW for o in drawing}

    def stay_in_the_limit(_: Any, r: str, g: str, t: int, b: str, s: str) -> Any:
        limit = rules[r].limit_mw
        size = limit or max(mw[o] for o in members[r, g])
        terms: list[Term] = []
        constant = 0.0
        for o in members[r, g]:
            nodes, held = drawing_nodes(supply, o, (t, b, s))
            terms += scaled(mw[o] / size, nodes)
            constant += mw[o] * held / size
        left = limit / size - constant
        if not terms:
            return pyo.Constraint.Skip if left >= -ROUNDING else pyo.Constraint.Infeasible
        return linear(terms) <= left

    moments = [(*at, s) for at, hours in problem.hours.items() if hours for s in problem.outlooks]
    rows = [
        (r, g, *moment) for r, g in members for moment in moments if rules[r].holds_in(problem.months[moment[0]])
    ]
    block.stay_in_the_limit = pyo.Constraint(rows, rule=stay_in_the_limit)


def power_groups(problem: Problem, rule: PowerCap) -> dict[str, list[str]]:
    """The offerings of every group that a rule is about, by group."""
    found: dict[str, list[str]] = {}
    for o in problem.offering:
        if rule.group == "*":
            found.setdefault(problem.group(o, rule.by), []).append(o)
        elif rule.group in problem.groups_of(o, rule.by):
            found.setdefault(rule.group, []).append(o)
    return dict(sorted(found.items()))


def drawing_nodes(supply: Supply, offering: str, moment: tuple[int, str, str]) -> tuple[list[Term], float]:
    """Nodes of an offering that draw power in a month, block and outlook: terms and a constant."""
    t, b, s = moment
    commitments = supply.commitments(offering, t, s)
    terms = [term for commitment in commitments for term in commitment.terms]
    terms += supply.running(offering, t, b, s)
    return terms, sum(commitment.constant_nodes for commitment in commitments)
