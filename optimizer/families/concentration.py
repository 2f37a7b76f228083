"""Concentration: no provider, chip vendor, stack, family, place or contract holds more than a share.

For rule r, group g, window v (a month, or the months of the rule) and outlook s:

    hold_the_cap[r,g,v,s]:  amount of the group  <=  cap_share[r] * amount of all

    amount, tokens:    sum over w,c,pools,t in v,b of tokens[w,c,t,b,s] * route[w,c,o,pool,t,b,s]; by_token and by_unit
                       of an API offer are in the total, and in the groups that the offer is in;
                       by_split is in the total once, and once in every group that either of its offerings is in
    amount, spend:     undiscounted effective cost of the months in v, as charged in the ledger; what a provider is
                       paid for no single offering or API is in the total, and in its group where groups are providers
    amount, capacity:  node-hours held or used in v, as charged in the ledger, * list_price_usd_per_node_hour[o]
    amount, power:     the same node-hours * site_kw[o]

By contract, spend and node-hours are those of the charges that carry its id. Rows are divided by the window's token
demand, or by its hours * the mean list price or power.

symbol           | V or P | explanation
route            | V      | share of the class's demand in the block that the pool serves
by_token, by_unit| V      | shares of it that are served by the token
by_split         | V      | shares of it that are served by a split
tokens[w,c,t,b,s]| P      | accepted output tokens of the class in the block
site_kw[o]       | P      | power that the site draws for a node of offering o
cap_share[r]     | P      | the cap; a rule with group * is one row for every group
"""

from typing import Any

import pyomo.environ as pyo

from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import at_most_nothing
from optimizer.problem import Problem
from optimizer.shares import holdings
from optimizer.supply import Supply

SENTENCES = {"hold_the_cap": "{0}: {1} at its cap"}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Add a row for every rule, group, window and outlook."""
    rules = problem.scenario.policy.concentration
    held = {row.place: row for row in holdings(problem, decide, ledger, rules)}

    def hold_the_cap(_: Any, r: str, group: str, window: str, s: str) -> Any:
        return at_most_nothing(*held[r, group, window, s].excess)

    block.hold_the_cap = pyo.Constraint(list(held), rule=hold_the_cap)
