"""Three ways to write the same two families in Pyomo: templates, rules with sum(), flat lists. Ratios in one run."""

import random
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pyomo.core.base.constraint as constraints
import pyomo.environ as pyo
from pyomo.common.gc_manager import PauseGC
from pyomo.core.expr.numeric_expr import LinearExpression
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

CLASSES = [(f"w{i}", f"c{j}") for i in range(10) for j in range(3)]
POOLS = [f"pool{i}" for i in range(35)]
MONTHS = range(24)
BLOCKS = [f"b{i}" for i in range(12)]
OUTLOOKS = ["base"]
_DRAW = random.Random(1)
LANES = [(*key, pool) for key in CLASSES for pool in POOLS if _DRAW.random() < 0.35]
NODES = {lane: _DRAW.random() for lane in LANES}


def _variables(model: Any) -> None:
    model.route = pyo.Var(LANES, MONTHS, BLOCKS, OUTLOOKS, within=pyo.NonNegativeReals)
    model.missed = pyo.Var(CLASSES, MONTHS, BLOCKS, OUTLOOKS, within=pyo.NonNegativeReals)
    model.bought = pyo.Var(POOLS, MONTHS, BLOCKS, OUTLOOKS, within=pyo.NonNegativeReals)
    variables = [*model.bought.values(), *model.missed.values()]
    costs = [1.0] * len(model.bought) + [100.0] * len(model.missed)
    model.cost = pyo.Objective(expr=LinearExpression(constant=0, linear_coefs=costs, linear_vars=variables))


def with_rules() -> Any:
    """Rules with sum() over indexed sets; with templates switched on these become templates."""
    model = pyo.ConcreteModel()
    _variables(model)
    classes = pyo.Set(initialize=CLASSES, dimen=2)
    model.classes, model.pools = classes, pyo.Set(initialize=POOLS)
    pools_of: dict[Any, list[str]] = defaultdict(list)
    users_of: dict[Any, list[tuple[str, str]]] = defaultdict(list)
    for w, c, pool in LANES:
        pools_of[w, c].append(pool)
        users_of[pool].append((w, c))
    model.pools_of = pyo.Set(model.classes, initialize=dict(pools_of))
    model.users_of = pyo.Set(model.pools, dimen=2, initialize=dict(users_of))
    model.nodes = pyo.Param(LANES, initialize=NODES)

    def serve(m: Any, w: str, c: str, t: int, b: str, s: str) -> Any:
        return sum(m.route[w, c, p, t, b, s] for p in m.pools_of[w, c]) + m.missed[w, c, t, b, s] == 1

    def fit(m: Any, p: str, t: int, b: str, s: str) -> Any:
        return sum(m.nodes[w, c, p] * m.route[w, c, p, t, b, s] for w, c in m.users_of[p]) <= m.bought[p, t, b, s]

    model.serve = pyo.Constraint(model.classes, MONTHS, BLOCKS, OUTLOOKS, rule=serve)
    model.fit = pyo.Constraint(model.pools, MONTHS, BLOCKS, OUTLOOKS, rule=fit)
    return model


def with_templates() -> Any:
    """The same rules, templatized by Pyomo's module switch."""
    constraints.TEMPLATIZE_CONSTRAINTS = True
    try:
        return with_rules()
    finally:
        constraints.TEMPLATIZE_CONSTRAINTS = False


def with_lists() -> Any:
    """Flat lists of coefficients and variables, as optimizer.linear writes them."""
    model = pyo.ConcreteModel()
    _variables(model)
    pools_of: dict[Any, list[str]] = defaultdict(list)
    users_of: dict[Any, list[tuple[str, str]]] = defaultdict(list)
    for w, c, pool in LANES:
        pools_of[w, c].append(pool)
        users_of[pool].append((w, c))

    def serve(m: Any, w: str, c: str, t: int, b: str, s: str) -> Any:
        found = [m.route[w, c, p, t, b, s] for p in pools_of[w, c]] + [m.missed[w, c, t, b, s]]
        return LinearExpression(constant=0, linear_coefs=[1.0] * len(found), linear_vars=found) == 1

    def fit(m: Any, p: str, t: int, b: str, s: str) -> Any:
        found = [m.route[w, c, p, t, b, s] for w, c in users_of[p]] + [m.bought[p, t, b, s]]
        coefficients = [NODES[w, c, p] for w, c in users_of[p]] + [-1.0]
        return LinearExpression(constant=0, linear_coefs=coefficients, linear_vars=found) <= 0

    model.serve = pyo.Constraint(CLASSES, MONTHS, BLOCKS, OUTLOOKS, rule=serve)
    model.fit = pyo.Constraint(POOLS, MONTHS, BLOCKS, OUTLOOKS, rule=fit)
    return model


def _seconds(build: Callable[[], Any]) -> tuple[float, int]:
    started = time.process_time()
    with PauseGC():
        form = LinearStandardFormCompiler().write(build(), mixed_form=True, set_sense=pyo.minimize)
    return time.process_time() - started, form.A.shape[1]


def main() -> None:
    """Print CPU seconds and the ratio to flat lists."""
    styles = (with_lists, with_rules, with_templates)
    for build in styles:  # the first of all pays for what Pyomo loads late
        _seconds(build)
    spent = {build.__name__: _seconds(build) for build in styles}
    base = spent["with_lists"][0]
    for name, (seconds, columns) in spent.items():
        print(f"{name:15} {columns:8,} columns {seconds:6.2f} s  {seconds / base:5.2f} x flat lists")


if __name__ == "__main__":
    main()
