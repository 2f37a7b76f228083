"""Share floors: a provider, a place, what stands on one's own ground or can be moved holds at least a share.

For rule r, its group g, window v (a month, or the months of the rule) and outlook s:

    reach_the_floor[r,g,v,s]:  amount of the group  >=  floor_share[r] * amount of all

Amounts and sizes are those of the family concentration, but for splits: one is in a group only where both of its
offerings are. A window with nothing in it asks for nothing.

symbol           | V or P | explanation
floor_share[r]   | P      | the floor
"""

from typing import Any

import pyomo.environ as pyo

from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import at_most_nothing
from optimizer.problem import Problem
from optimizer.shares import holdings
from optimizer.supply import Supply

SENTENCES = {"reach_the_floor": "{0}: {1} at its floor"}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Add a row for every rule, window and outlook."""
    rules = problem.scenario.policy.share_floors
    held = {row.place: row for row in holdings(problem, decide, ledger, rules)}

    def reach_the_floor(_: Any, r: str, group: str, window: str, s: str) -> Any:
        return at_most_nothing(*held[r, group, window, s].excess)

    block.reach_the_floor = pyo.Constraint(list(held), rule=reach_the_floor)
