"""The same demand served another way: what the plan is compared with.

Baselines keep SLOs, held contracts, start windows and order sizes; they leave out contingencies, share caps,
stock and quota (each is stated in its note), so they are cheaper than what could really be done that way.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.offerings import Offering
from contracts.options import Terms
from contracts.terms.on_demand import OnDemand
from optimizer.costing import cost_lines
from optimizer.extract import extract
from optimizer.faults import Infeasible, NoPlan, SolverFault
from optimizer.model import Model, build_model
from optimizer.plan import Baseline
from optimizer.problem import Problem
from optimizer.solve import Session, Solved, solve_closed, solve_whole
from optimizer.solve_arrays import Compiled, compile_model
from optimizer.solve_protocol import SolveOptions
from optimizer.totals import expected_totals

BASELINE_GAP_SHARE = 0.01
BASELINE_TIME_LIMIT_S = 60.0
LIFTED = "without contingencies, share caps, stock and quota limits"

Keep = Callable[[Terms], bool]


def baselines(problem: Problem) -> tuple[Baseline, ...]:
    """All on demand, and the cheapest single provider."""
    return _all_on_demand(problem), _cheapest_single_provider(problem)


def _all_on_demand(problem: Problem) -> Baseline:
    without = _restricted(problem, lambda terms: isinstance(terms, OnDemand))
    return _solved("all on demand", without, f"no reservations, no spot; {LIFTED}")


def _cheapest_single_provider(problem: Problem) -> Baseline:
    providers = sorted({row.provider for row in problem.offering.values()})
    tried = []
    reasons = []
    for provider in providers:
        only = _restricted(problem, lambda t, p=provider: problem.offering[t.offering].provider == p)  # type: ignore[misc]
        missing = sorted({key.workload for key in only.classes if not _served(only, key)})
        if missing:
            reasons.append(f"{provider} cannot serve {', '.join(missing)}")
            continue
        tried.append(_solved(f"single provider: {provider}", only, f"new contracts with {provider} only; {LIFTED}"))
    solved = [b for b in tried if b.outcome == "solved"]
    if solved:
        best = min(solved, key=lambda b: b.objective_usd or Decimal(0))
        note = "; ".join([best.note, *reasons])
        return best.model_copy(update={"name": f"cheapest {best.name}", "note": note[:1000]})
    return Baseline(
        name="cheapest single provider", outcome="impossible", note="; ".join(reasons or ["no provider"])[:1000]
    )


def _served(problem: Problem, key: tuple[str, str]) -> bool:
    bought = {terms.offering for terms in problem.scenario.contracts}
    return any((*key, o) in problem.eligibility.servings for o in bought)


def _is_fictitious(problem: Problem, terms: Terms) -> bool:
    return terms.fictitious or problem.scenario.catalog.offering[terms.offering].fictitious


def without_quotes(
    session: Session, problem: Problem, model: Model, compiled: Compiled
) -> tuple[Baseline, ...]:
    """The plan on public prices only, all rules kept; none where there are no fictitious quotes.

    `session` holds the model just solved; what rests on a quote is closed in it.
    """
    closed = _quoted_columns(problem, compiled)
    if not closed.size:
        return ()
    name, note = "without fictitious quotes", "public prices only; all rules of the plan kept"
    try:
        options = _options(problem, model)
        solved = solve_closed(session, compiled.arrays, closed, options)
    except (Infeasible, NoPlan, SolverFault) as stopped:
        return (_unsolved(name, note, stopped),)
    return (_as_baseline(name, note, _answer(problem, model, compiled, solved)),)


def _quoted_columns(problem: Problem, compiled: Compiled) -> NDArray[np.int32]:
    """Columns through which something is bought on a fictitious quote."""
    quoted = {t.contract for t in problem.scenario.contracts if _is_fictitious(problem, t)}
    public = {t.offering for k, t in problem.on_demand.items() if k not in quoted}
    rests_on_quote: dict[str, Callable[[Any], bool]] = {
        "order_lots": lambda index: index[0] in quoted,
        "on_demand.nodes": lambda index: index[0] in quoted,
        "spot.nodes": lambda index: index[0] in quoted,
        "fallback.rent": lambda index: index[1] not in public,
    }
    found = [
        i
        for i, variable in enumerate(compiled.columns)
        if (rule := rests_on_quote.get(variable.parent_component().name)) and rule(variable.index())
    ]
    return np.array(found, dtype=np.int32)


def _restricted(problem: Problem, keep: Keep) -> Problem:
    scenario = problem.scenario
    catalog = scenario.catalog.model_copy(
        update={"offerings": tuple(_lifted(problem, row) for row in scenario.catalog.offerings)}
    )
    policy = scenario.policy.model_copy(update={"concentration": (), "contingencies": ()})
    return Problem(
        scenario.model_copy(
            update={
                "catalog": catalog,
                "policy": policy,
                "contracts": tuple(t for t in scenario.contracts if keep(t)),
            }
        ),
        replace(problem.eligibility, contingency_servings={}),
    )


def _lifted(problem: Problem, row: Offering) -> Offering:
    """The offering with stock and quota for all that could ever be placed on it."""
    busiest: dict[tuple[int, str, str], float] = {}
    for key, t, b, s in problem.tok_per_s:
        if (key, row.offering) in problem.node_seconds:
            nodes = problem.busy_nodes(key, row.offering, t, b, s)
            busiest[t, b, s] = busiest.get((t, b, s), 0.0) + nodes
    most = ceil(max(busiest.values(), default=0.0))
    return row.model_copy(
        update={
            "stock_nodes": max(most, row.stock_nodes or 0),
            "quota_nodes": max(most, row.quota_nodes or 0),
        }
    )


@dataclass(frozen=True)
class _Answer:
    objective_usd: Decimal
    effective_usd: Decimal
    usd_per_mtok: Decimal | None
    bound_usd: float


def _solved(name: str, problem: Problem, note: str) -> Baseline:
    try:
        model = build_model(problem)
        compiled = compile_model(model)
        solved = solve_whole(compiled.arrays, _options(problem, model))
    except (Infeasible, NoPlan, SolverFault) as stopped:
        return _unsolved(name, note, stopped)
    return _as_baseline(name, note, _answer(problem, model, compiled, solved))


def _options(problem: Problem, model: Model) -> SolveOptions:
    return SolveOptions(
        gap_share=max(BASELINE_GAP_SHARE, problem.scenario.run.gap_share),
        gap_absolute=problem.scenario.run.gap_usd / model.money_scale_usd,
        time_limit_s=BASELINE_TIME_LIMIT_S,
        seed=problem.scenario.run.seed,
    )


def _unsolved(name: str, note: str, stopped: RuntimeError) -> Baseline:
    if isinstance(stopped, Infeasible):
        return Baseline(name=name, outcome="impossible", note=f"no such plan exists; {note}")
    return Baseline(name=name, outcome="not_solved", note=f"{stopped}; {note}")


def _as_baseline(name: str, note: str, answer: _Answer) -> Baseline:
    return Baseline(
        name=name,
        outcome="solved",
        objective_usd=answer.objective_usd,
        effective_usd=answer.effective_usd,
        usd_per_mtok=answer.usd_per_mtok,
        bound_usd=answer.bound_usd,
        note=note,
    )


def _answer(problem: Problem, model: Model, compiled: Compiled, solved: Solved) -> _Answer:
    decided = extract(problem, model, compiled, solved.values)
    summed = expected_totals(problem, decided, cost_lines(problem, decided))
    return _Answer(
        objective_usd=summed.objective_usd,
        effective_usd=summed.effective_usd,
        usd_per_mtok=summed.usd_per_mtok,
        bound_usd=min(solved.bound * model.money_scale_usd, float(summed.objective_usd)),
    )
