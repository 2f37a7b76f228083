"""What it is worth to plan for all outlooks rather than for their mean, and to know the outlook beforehand.

    value of the stochastic solution
        =  sum over s of p[s] * cost of s with the first-stage orders of the plan for the mean
           -  expected cost of this plan
    value of perfect information
        =  expected cost of this plan  -  sum over s of p[s] * cost of s planned alone

Birge, "The value of the stochastic solution in stochastic linear programs with fixed recourse", Mathematical
Programming 24 (1982). Every cost is known between its bound and its plan, so both values are brackets.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimizer.approved import first_stage_places
from optimizer.arrays import Arrays
from optimizer.extract import extract
from optimizer.faults import Infeasible, NoPlan, SolverFault
from optimizer.mean_outlook import at_the_mean, foreseen
from optimizer.model import Model, build_model
from optimizer.order_calendar import ALL_FUTURES
from optimizer.plan import Bracketed, Order, OutlookKnowledge, Plan, ValueOfKnowing
from optimizer.problem import Problem
from optimizer.solve import solve_whole
from optimizer.solve_arrays import Compiled, compile_model
from optimizer.solve_protocol import SolveOptions

MEAN_GAP_SHARE_OF_ASKED = 0.1
"""The orders of the plan for the mean are costed so much more tightly: what they cost less than its gap is no proof."""

Told = Callable[[str], None]


@dataclass(frozen=True)
class _Held:
    """What the plan for the mean decides ahead: lots, blocks, steps, units, migrations, tiers, and credits."""

    lots: dict[tuple[str, int], int]
    blocks: frozenset[tuple[str, int]]
    """Capacity blocks with their sizes."""
    steps: dict[tuple[str, int], int]
    units: dict[tuple[str, int], int]
    begun: dict[tuple[str, int], int]
    tiers: frozenset[tuple[str, str]]
    credits: dict[str, int]
    orders: tuple[Order, ...]


@dataclass(frozen=True)
class _Cost:
    """A cost in dollars between its bound and a plan that has it."""

    usd: float
    bound_usd: float


@dataclass(frozen=True)
class _Known:
    """One outlook with what plans cost in it; `mean` is None where the orders of the plan for the mean fail."""

    outlook: str
    foreseen: _Cost
    mean: _Cost | None
    note: str


class NotCompared(RuntimeError):
    """A plan to compare with was not found; the message says which."""


def value_of_knowing(problem: Problem, plan: Plan, options: SolveOptions, tell: Told) -> ValueOfKnowing:
    """The two values with their brackets; raises NotCompared where a plan to compare with is not found.

    `options` holds the gap in dollars. `tell` hears of each plan before it is sought.
    """
    what = "the mean of the outlooks"
    try:
        tell(what)
        held = _mean_plan(problem, options)
        known = []
        for outlook in problem.outlooks:
            what = f"outlook {outlook}"
            known.append(_known(problem, outlook, held, options, tell))
    except Infeasible:
        raise NotCompared(f"no plan exists for {what} alone") from None
    except (NoPlan, SolverFault) as stopped:
        raise NotCompared(f"no plan was found for {what} alone: {stopped}") from None
    return _compared(problem, plan, held, tuple(known))


def _solved(problem: Problem, options: SolveOptions) -> tuple[Model, Compiled, NDArray[np.float64], _Cost]:
    model = build_model(problem)
    compiled = compile_model(model)
    values, cost = _solved_arrays(model, compiled, options)
    return model, compiled, values, cost


def _solved_arrays(model: Model, compiled: Compiled, options: SolveOptions) -> tuple[NDArray[np.float64], _Cost]:
    scaled = replace(options, gap_absolute=options.gap_absolute / model.money_scale_usd)
    solved = solve_whole(compiled.arrays, scaled)
    scale = model.money_scale_usd
    return solved.values, _Cost(solved.objective * scale, min(solved.bound, solved.objective) * scale)


def _mean_plan(problem: Problem, options: SolveOptions) -> _Held:
    """The first-stage decisions of the plan for the mean; first-stage is what the real problem decides for all."""
    mean = Problem(at_the_mean(problem), problem.eligibility, compared=first_stage_places(problem))
    model, compiled, values, _ = _solved(mean, options)
    decided = extract(mean, model, compiled, values)
    index = problem.scenario.horizon.index
    first = {(k.contract, k.start) for k in problem.calendar.keys if k.future == ALL_FUTURES}
    blocks = {k.contract: problem.dated.terms[k.contract] for k in problem.dated.keys if k.future == ALL_FUTURES}
    first |= {(contract, index(terms.start)) for contract, terms in blocks.items()}
    orders = tuple(o for o in decided.orders if (o.contract, index(o.start)) in first)
    return _Held(
        lots={
            (o.contract, index(o.start)): o.nodes // problem.ordered[o.contract].lot_nodes
            for o in orders
            if o.contract in problem.ordered
        },
        blocks=frozenset((o.contract, o.nodes) for o in orders if o.contract in blocks),
        steps={
            (row.contract, index(row.start)): int(row.usd_per_hour / mean.spend.terms[row.contract].step_usd_per_hour)
            for row in decided.committed_spend
        },
        units={(o.contract, index(o.start)): o.units for o in decided.provisioned},
        begun={(m.migration, index(m.start)): 1 for m in decided.migrations},
        tiers=frozenset((row.agreement, row.tier) for row in decided.agreements),
        credits={row.credit: row.lots for row in decided.credits},
        orders=orders,
    )


def _known(problem: Problem, outlook: str, held: _Held, options: SolveOptions, tell: Told) -> _Known:
    tell(f"outlook {outlook}, foreseen")
    alone = Problem(foreseen(problem.scenario, outlook), problem.eligibility, compared=first_stage_places(problem))
    model, compiled, _, cost = _solved(alone, options)
    tell(f"outlook {outlook}, planned for the mean")
    fixed = replace(compiled, arrays=_with_held(problem, model, compiled, held))
    try:
        tight = replace(options, gap_share=MEAN_GAP_SHARE_OF_ASKED * options.gap_share)
        _, with_mean = _solved_arrays(model, fixed, tight)
    except Infeasible:
        return _Known(outlook, cost, None, "the orders of the plan for the mean cannot serve it within its rules")
    except (NoPlan, SolverFault) as stopped:
        return _Known(outlook, cost, None, f"with the orders of the plan for the mean: {stopped}")
    return _Known(outlook, cost, with_mean, "")


def _with_held(problem: Problem, model: Model, compiled: Compiled, held: _Held) -> Arrays:
    """The arrays of one outlook with everything first-stage fixed as the plan for the mean has it."""
    place = {id(variable): column for column, variable in enumerate(compiled.columns)}
    lower, upper = compiled.arrays.lower.copy(), compiled.arrays.upper.copy()

    def fix(variable: object, value: float) -> None:
        column = place.get(id(variable))
        if column is not None:
            lower[column] = upper[column] = value

    for order in problem.calendar.keys:
        if order.future == ALL_FUTURES:
            fix(model.decide.order_lots[order], held.lots.get((order.contract, order.start), 0))
            if order in model.decide.sign:
                fix(model.decide.sign[order], 1.0 if (order.contract, order.start) in held.lots else 0.0)
    for bought in problem.dated.keys:
        if bought.future == ALL_FUTURES:
            fix(model.decide.bought[bought], 1.0 if bought[:2] in held.blocks else 0.0)
    spend = model.pyomo.spend_commitment
    for key in problem.spend.keys:
        if key.future == ALL_FUTURES:
            fix(spend.steps[key], held.steps.get((key.contract, key.start), 0))
            if key in spend.sign:
                fix(spend.sign[key], 1.0 if (key.contract, key.start) in held.steps else 0.0)
    provisioned = model.pyomo.provisioned
    for order in problem.token_offers.orders.keys:
        if order.future == ALL_FUTURES:
            units = held.units.get((order.contract, order.start), 0)
            fix(provisioned.steps[order], units / problem.token_offers.provisioned[order.contract].step_units)
            if order in provisioned.sign:
                fix(provisioned.sign[order], 1.0 if units else 0.0)
    for begin in problem.migrations.keys:
        if begin.future == ALL_FUTURES:
            fix(model.decide.begin[begin], held.begun.get((begin.migration, begin.start), 0))
    for tier, signed in model.decide.tier.items():
        fix(signed, 1.0 if tier in held.tiers else 0.0)
    for credit, lots in model.pyomo.credit.lots.items():
        fix(lots, held.credits.get(credit, 0))
    return replace(compiled.arrays, lower=lower, upper=upper)


def _compared(problem: Problem, plan: Plan, held: _Held, known: tuple[_Known, ...]) -> ValueOfKnowing:
    chance = problem.probability
    ahead = sum(chance[k.outlook] * k.foreseen.usd for k in known)
    ahead_bound = sum(chance[k.outlook] * k.foreseen.bound_usd for k in known)
    here = _Cost(plan.incumbent_usd, plan.bound_usd)
    costs = {row.outlook: row.totals.objective_usd for row in plan.by_outlook}
    return ValueOfKnowing(
        stochastic_solution=_stochastic_solution(problem, here, known),
        perfect_information=Bracketed(
            at_least_usd=here.bound_usd - ahead,
            usd=here.usd - ahead,
            at_most_usd=here.usd - ahead_bound,
        ),
        mean_orders=held.orders,
        outlooks=tuple(
            OutlookKnowledge(
                outlook=k.outlook,
                plan_usd=costs[k.outlook],
                foreseen_usd=k.foreseen.usd,
                foreseen_bound_usd=k.foreseen.bound_usd,
                mean_plan_usd=k.mean.usd if k.mean else None,
                mean_plan_bound_usd=k.mean.bound_usd if k.mean else None,
                note=k.note,
            )
            for k in known
        ),
        note="; ".join(f"{k.outlook}: {k.note}" for k in known if k.note),
    )


def _stochastic_solution(problem: Problem, here: _Cost, known: tuple[_Known, ...]) -> Bracketed | None:
    costs = [(problem.probability[k.outlook], k.mean) for k in known]
    if any(mean is None for _, mean in costs):
        return None
    mean_usd = sum(p * mean.usd for p, mean in costs if mean)
    mean_bound = sum(p * mean.bound_usd for p, mean in costs if mean)
    return Bracketed(
        at_least_usd=mean_bound - here.usd,
        usd=mean_usd - here.usd,
        at_most_usd=mean_usd - here.bound_usd,
    )
