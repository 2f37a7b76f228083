"""Held contracts: signed before this plan; always paid, free to use until they end.

    offered:  nodes[h] to the base pool of the offering in every month start[h] <= t < end[h]
    charged:  the whole bill of h from the first month of the horizon on: a constant of the objective

symbol    | V or P | explanation
nodes[h]  | P      | nodes under held contract h
"""

from typing import Any

from contracts.terms.held import HeldContract, held_bill
from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.problem import Problem
from optimizer.supply import Commitment, Supply

SENTENCES: dict[str, str] = {}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Offer what is held and charge what it costs; there is nothing to decide."""
    horizon = problem.scenario.horizon
    for held in problem.held.values():
        for t in _served(problem, held):
            nodes = Commitment(held.held, held.firm, (), constant_nodes=float(held.nodes))
            for s in problem.outlooks:
                supply.commit(held.offering, t, s, nodes)
    for held in sorted(problem.scenario.held_contracts, key=lambda h: h.held):
        ledger.charge_bill(
            held_bill(held, horizon),
            offering=held.offering,
            variable=None,
            node_hours=[(t, float(held.nodes * problem.months[t].hours)) for t in _served(problem, held)],
            is_held=True,
        )


def _served(problem: Problem, held: HeldContract) -> list[int]:
    return [t for t, month in enumerate(problem.months) if held.start <= month < held.end]
