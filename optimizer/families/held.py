"""Held contracts: signed before this plan; always paid, free to use until they end.

    offered:  nodes[h] to the base pool of the offering in every month start[h] <= t < end[h]; where nodes may leave or
              stay, active[h,t,s]
    charged:  the whole bill of h from the first month of the horizon on: a constant of the objective

    add_up_what_is_held[h,t,s]:  active[h,t,s]
        =  nodes[h] if start[h] <= t < end[h]
           -  sum over courses of h that have left by t  +  sum over courses of h renewed for t  of course[c]

symbol           | V or P | explanation
nodes[h]         | P      | nodes under held contract h
active[h,t,s]    | V      | nodes of h in month t and outlook s; exists only where h has rights
course[c]        | V      | nodes of h that take course c instead of the plain term (family rights)
"""

from typing import Any

import pyomo.environ as pyo

from contracts.terms.held import HeldContract, held_bill
from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import linear
from optimizer.problem import Problem
from optimizer.supply import Commitment, Supply

SENTENCES: dict[str, str] = {}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Offer what is held, less what has left, and charge what it costs."""
    for held in problem.held.values():
        for t in problem.month_indices:
            for s in problem.outlooks:
                nodes = _nodes(problem, decide, held, t, s)
                if nodes is not None:
                    supply.commit(held.offering, t, s, nodes)
    _add_up_what_is_held(block, problem, decide)
    for held in sorted(problem.scenario.held_contracts, key=lambda h: h.held):
        ledger.charge_bill(
            held_bill(held, problem.scenario.horizon),
            offering=held.offering,
            source=held.held,
            variable=None,
            node_hours=[
                (t, float(held.nodes * problem.months[t].hours))
                for t in problem.month_indices
                if _serves(held, problem, t)
            ],
            is_held=True,
        )


def _nodes(problem: Problem, decide: Decisions, held: HeldContract, t: int, s: str) -> Commitment | None:
    if held.has_rights:
        active = decide.active(held.held, t, s)
        return None if active is None else Commitment(held.held, held.firm, ((1.0, active),))
    if not _serves(held, problem, t):
        return None
    return Commitment(held.held, held.firm, (), constant_nodes=float(held.nodes))


def _add_up_what_is_held(block: Any, problem: Problem, decide: Decisions) -> None:
    def add_up_what_is_held(_: Any, h: str, t: int, s: str) -> Any:
        held = problem.held[h]
        changed = [(-float(sign), decide.course[key]) for sign, key in problem.courses.changes(h, t, s)]
        plain = float(held.nodes) if _serves(held, problem, t) else 0.0
        return linear([(1.0, decide.active_nodes[h, t, s]), *changed]) == plain

    rows = [index for index in decide.active_nodes if index[0] in problem.held]
    block.add_up_what_is_held = pyo.Constraint(rows, rule=add_up_what_is_held)


def _serves(held: HeldContract, problem: Problem, t: int) -> bool:
    return held.start <= problem.months[t] < held.end
