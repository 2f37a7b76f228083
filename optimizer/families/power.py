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

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from optimizer.decisions import Decisions
from optimizer.footprint_figures import FootprintFigures
from optimizer.ledger import Ledger
from optimizer.linear import Term, at_most_nothing, scaled
from optimizer.problem import Problem
from optimizer.supply import Supply
from scenarios.policy import PowerCap

KW_PER_MW = 1000.0

SENTENCES = {"stay_in_the_limit": "{0}: {1} at its power limit"}


Place = tuple[str, str, int, str, str]
"""Rule, group, month, block and outlook."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a group draws at a moment, in MW, in the variables of some model."""

    rule: PowerCap
    terms: list[Term]
    held_mw: float


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Add a row for every rule, group, month, block and outlook."""
    rows = drawn(problem, problem.scenario.policy.power, supply)

    def stay_in_the_limit(_: Any, *place: Any) -> Any:
        row = rows[place]
        limit = row.rule.limit_mw
        size = limit or max((abs(mw) for mw, _ in row.terms), default=1.0)
        return at_most_nothing(scaled(1.0 / size, row.terms), (row.held_mw - limit) / size)

    block.stay_in_the_limit = pyo.Constraint(list(rows), rule=stay_in_the_limit)


def drawn(problem: Problem, rules: Iterable[PowerCap], supply: Supply) -> dict[Place, Drawn]:
    """What every power cap is about, in the variables of a model that need not have its rows."""
    figures = FootprintFigures(problem.scenario)
    moments = [(*at, s) for at, hours in problem.hours.items() if hours for s in problem.outlooks]
    found: dict[Place, Drawn] = {}
    for rule in sorted(rules, key=lambda row: row.rule):
        for group, offerings in power_groups(problem, rule).items():
            mw = {o: float(figures.needed(figures.kwh_per_node_hour, o)) / KW_PER_MW for o in offerings}
            for moment in moments:
                if rule.holds_in(problem.months[moment[0]]):
                    found[rule.rule, group, *moment] = _drawn(rule, mw, supply, moment)
    return found


def _drawn(rule: PowerCap, mw: dict[str, float], supply: Supply, moment: tuple[int, str, str]) -> Drawn:
    terms: list[Term] = []
    held_mw = 0.0
    for o, each in mw.items():
        nodes, held = drawing_nodes(supply, o, moment)
        terms += scaled(each, nodes)
        held_mw += each * held
    return Drawn(rule, terms, held_mw)


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
