"""Migrations: no model is served on a new stack before the work is done and its eval gate is passed.

    begin_once[m,s]:                  sum over (u,f) that are there in s of begin[m,u,f]  <=  1
    few_at_once[t,s]:                 sum over m, (u,f) in s with u <= t < u + lead_months[m] of begin[m,u,f]
                                          <=  migrations_at_once
    wait_for_the_gate[m,w,c,t,b,s]:   sum over o of the stack of m, pools of route[w,c,o,pool,t,b,s]
                                          +  sum over x with a role on the stack of m, p, d of by_split[w,c,x,p,d,t,b,s]
                                          <=  sum over (u,f) in s with u + lead_months[m] <= t, gate passed in s
                                              of ramp_share[m,t - u - lead_months[m]] * begin[m,u,f]

    charged:  begin[m,u,f] * (engineering in equal parts from u on; upkeep from the gate to the end of the horizon
              in the outlooks in which it is passed)

Routes before the earliest gate do not exist. The rows stay per month and block: added up they would be easier to
solve, but the bound would be looser. After an event the family fallback holds the same gate.

symbol                   | V or P | explanation
begin[m,u,f]             | V      | 1 if the work of migration m begins in month u, in future f
route[w,c,o,pool,t,b,s]  | V      | share of the class's demand in the block that the pool serves
by_split[w,...,b,s]      | V      | share of it that a split serves
ramp_share[m,i]          | P      | most of a class that the stack may serve i months after the gate
lead_months[m]           | P      | months from the start of the work to the gate
migrations_at_once       | P      | most migrations between start and gate in a month; no row where it is blank
"""

from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from optimizer.decisions import Decisions, opened
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear
from optimizer.migration_calendar import BeginKey
from optimizer.problem import Problem
from optimizer.split_routes import migrations_needed
from optimizer.supply import Supply
from scenarios.migrations import engineering_bill, upkeep_bill

SENTENCES = {
    "few_at_once": "migrations at once at their limit",
    "wait_for_the_gate": "{0}: all that the stack may serve by then of {1}",
}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Hold the gates, the limit of parallel work, and charge what a migration costs."""
    keys = problem.migrations.keys

    def begin_once(_: Any, m: str, s: str) -> Any:
        there = [key for key in keys if key.migration == m and s in problem.migrations.outlooks_of(key)]
        return linear([(1.0, decide.begin[key]) for key in there]) <= 1.0

    block.begin_once = pyo.Constraint(
        sorted({(key.migration, s) for key in keys for s in problem.migrations.outlooks_of(key)}), rule=begin_once
    )
    _few_at_once(block, problem, decide)
    _wait_for_the_gate(block, problem, decide)
    for key in keys:
        _charge(problem, decide, ledger, key)


def _few_at_once(block: Any, problem: Problem, decide: Decisions) -> None:
    limit = problem.scenario.policy.migrations_at_once
    busy: dict[tuple[int, str], list[Term]] = defaultdict(list)
    for key in problem.migrations.keys if limit is not None else ():
        for t in range(key.start, problem.migrations.gate(key)):
            for s in problem.migrations.outlooks_of(key):
                busy[t, s].append((1.0, decide.begin[key]))

    def few_at_once(_: Any, t: int, s: str) -> Any:
        return linear(busy[t, s]) <= limit

    block.few_at_once = pyo.Constraint(sorted(busy), rule=few_at_once)


def _wait_for_the_gate(block: Any, problem: Problem, decide: Decisions) -> None:
    waiting: dict[tuple[str, str, str, int, str, str], list[Term]] = defaultdict(list)
    if problem.migrations.migration:
        for (w, c, o, _, t, b, s), route in decide.route.items():
            migration = problem.migration_needed(w, o)
            if migration is not None:
                waiting[migration, w, c, t, b, s].append((1.0, route))
        for index, share in decide.split_routes:
            for migration in migrations_needed(problem, index.workload, index.split):
                waiting[migration, *index.key, index.month, index.block, index.outlook].append((1.0, share))

    def wait_for_the_gate(_: Any, m: str, w: str, c: str, t: int, b: str, s: str) -> Any:
        through = [(-share, begin) for share, begin in opened(problem, decide, m, t, s)]
        return linear([*waiting[m, w, c, t, b, s], *through]) <= 0.0

    block.wait_for_the_gate = pyo.Constraint(list(waiting), rule=wait_for_the_gate)


def _charge(problem: Problem, decide: Decisions, ledger: Ledger, key: BeginKey) -> None:
    migration = problem.migrations.migration[key.migration]
    variable = decide.begin[key]
    chance = problem.probability[key.future] if key.future else 1.0
    ledger.charge_bill(
        engineering_bill(migration, problem.months[key.start]),
        offering=None,
        variable=variable,
        outlook=key.future or None,
        probability=chance,
    )
    gate = problem.months[problem.migrations.gate(key)]
    for outlook in problem.migrations.upkeep_outlooks(key):
        ledger.charge_bill(
            upkeep_bill(migration, gate, problem.scenario.horizon.end),
            offering=None,
            variable=variable,
            outlook=outlook,
            probability=problem.probability[outlook] if outlook else 1.0,
        )
