"""The same demand served another way: what the plan is compared with.

Baselines keep SLOs, held contracts, start windows and order sizes; they leave out contingencies, share caps,
stock and quota (each is stated in its note), so they are cheaper than what could really be done that way.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil

from catalog.offerings import Offering
from contracts.options import Terms
from contracts.terms.on_demand import OnDemand
from optimizer.costing import cost_lines, totals
from optimizer.extract import extract
from optimizer.faults import Infeasible, NoPlan, SolverFault
from optimizer.model import build_model
from optimizer.plan import Baseline
from optimizer.problem import Problem
from optimizer.solve import solve_whole
from optimizer.solve_arrays import compile_model
from optimizer.solve_protocol import SolveOptions

BASELINE_GAP_SHARE = 0.01
BASELINE_TIME_LIMIT_S = 60.0
LIFTED = "without contingencies, share caps, stock and quota limits"

Keep = Callable[[Terms], bool]


def baselines(problem: Problem) -> tuple[Baseline, ...]:
    """All on demand; the cheapest single provider; and, where there are made-up quotes, the plan without them."""
    found = [_all_on_demand(problem), _cheapest_single_provider(problem)]
    if any(_is_fictitious(problem, terms) for terms in problem.scenario.contracts):
        found.append(_without_quotes(problem))
    return tuple(found)


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


def _without_quotes(problem: Problem) -> Baseline:
    """The full problem, all rules kept, on public prices only."""
    contracts = tuple(t for t in problem.scenario.contracts if not _is_fictitious(problem, t))
    public = Problem(problem.scenario.model_copy(update={"contracts": contracts}), problem.eligibility)
    return _solved("without fictitious quotes", public, "public prices only; all rules of the plan kept")


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
    busiest: dict[tuple[int, str], float] = {}
    for (key, t, b), rate in problem.tok_per_s.items():
        seconds = problem.node_seconds.get((key, row.offering))
        if seconds is not None:
            busiest[t, b] = busiest.get((t, b), 0.0) + rate * seconds
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
        answer = _answer(problem)
    except Infeasible:
        return Baseline(name=name, outcome="impossible", note=f"no such plan exists; {note}")
    except (NoPlan, SolverFault) as error:
        return Baseline(name=name, outcome="not_solved", note=f"{error}; {note}")
    return Baseline(
        name=name,
        outcome="solved",
        objective_usd=answer.objective_usd,
        effective_usd=answer.effective_usd,
        usd_per_mtok=answer.usd_per_mtok,
        bound_usd=answer.bound_usd,
        note=note,
    )


def _answer(problem: Problem) -> _Answer:
    model = build_model(problem)
    compiled = compile_model(model)
    options = SolveOptions(
        gap_share=max(BASELINE_GAP_SHARE, problem.scenario.run.gap_share),
        gap_absolute=problem.scenario.run.gap_usd / model.money_scale_usd,
        time_limit_s=BASELINE_TIME_LIMIT_S,
        seed=problem.scenario.run.seed,
    )
    solved = solve_whole(compiled.arrays, options)
    decided = extract(problem, model, compiled, solved.values)
    summed = totals(problem, decided, cost_lines(problem, decided))
    return _Answer(
        objective_usd=summed.objective_usd,
        effective_usd=summed.effective_usd,
        usd_per_mtok=summed.usd_per_mtok,
        bound_usd=min(solved.bound * model.money_scale_usd, float(summed.objective_usd)),
    )
