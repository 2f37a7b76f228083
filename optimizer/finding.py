"""From a problem to decisions: the model built, compiled, solved, its values read; once more where bills disagree."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic as clock_s

import numpy as np

from optimizer.diagnosing.effort import RULES_ONLY, Effort
from optimizer.extract import Extracted, extract
from optimizer.extract_agreements import paid_above
from optimizer.extract_usage import Values
from optimizer.model import Model, build_model
from optimizer.preferences import preferred
from optimizer.problem import Problem
from optimizer.settling import Settled, settles_as_agreed, sides
from optimizer.solve import Session, Solved, solve_held_in, solve_in
from optimizer.solve_arrays import Compiled, compile_model
from optimizer.solve_keys import name_of
from optimizer.solve_protocol import FixRequest, Progress, SolveOptions, SolveStatus

SEARCHED_COLUMNS = 20_000
"""Up to here a model that pays as agreed is searched from nothing: that is quick."""
AGAIN_SHARE = 0.5
"""So much of the time limit a model that is made again has at least: less would lose a plan that is nearly there."""
Phase = Callable[[str], None]
"""Told the name of each phase as it begins."""


@dataclass(frozen=True)
class PlanOptions:
    """What a caller may add to the scenario's own run settings."""

    with_baselines: bool = True
    explain: Effort = RULES_ONLY
    """How much may be spent on saying why there is no plan."""
    on_phase: Phase = field(default=lambda name: None)
    on_size: Callable[[int], None] = field(default=lambda nonzeros: None)
    """Told how many coefficients of the model are not 0, before it is solved."""
    on_progress: Callable[[Progress, float], None] = field(default=lambda progress, money_scale: None)
    """Told of the solver's progress and of the dollars in one unit of its objective."""
    on_found: Callable[[Session, "Found"], None] = field(default=lambda session, found: None)
    """Told by plan_fleet what was found, while the session still knows its model: of two, the one to learn from."""


@dataclass(frozen=True)
class Stated:
    """A problem with its model and the arrays of that."""

    problem: Problem
    model: Model
    compiled: Compiled
    spent_s: float = 0.0
    """Of the time limit, on the model that it follows."""


@dataclass(frozen=True)
class Widest:
    """With derived headroom: what the first of so many rounds found, whose pools were the widest."""

    rounds: int
    objective_usd: float
    bound_usd: float
    """Holds for every plan."""
    status: SolveStatus


@dataclass(frozen=True)
class Found:
    """What the solver found, and in which model."""

    stated: Stated
    solved: Solved
    decided: Extracted
    widest: Widest | None = None
    """None where the usable share is stated."""


Stating = Callable[[Problem], Stated]
"""Builds and compiles; raises Infeasible where a row cannot hold."""
Solving = Callable[[Stated, PlanOptions], Solved]
"""Solves what was stated; raises Infeasible, NoPlan or SolverFault."""
Telling = Callable[[Found], None]
"""Told of what was found in a model that was solved to its bound, while the session still knows it."""


@dataclass(frozen=True)
class Ways:
    """How `find` states and solves, in which session, and whom it tells."""

    session: Session
    stating: Stating
    solving: Solving
    telling: Telling


def stated(problem: Problem, kept_scale_usd: float | None = None) -> Stated:
    """Build and compile; raises Infeasible where a row cannot hold, NotFinite."""
    model = build_model(problem, kept_scale_usd)
    return Stated(problem, model, compile_model(model))


def solving_in(session: Session) -> Solving:
    """Solve from nothing in a session, ties and all."""

    def solve(given: Stated, options: PlanOptions) -> Solved:
        solved = solve_in(session, given.compiled.arrays, options_of(given), listening(given, options))
        return with_ties_broken(session, given, options, solved)

    return solve


def with_ties_broken(session: Session, given: Stated, options: PlanOptions, solved: Solved) -> Solved:
    """The plan of the same cost that is to be had (docs/decisions/0013)."""
    options.on_phase("ties")
    return preferred(session, given.problem, given.model, given.compiled, solved)


def find(problem: Problem, options: PlanOptions, ways: Ways) -> Found:
    """State, solve and extract; once more held to what is agreed where the plan pays otherwise.

    Raises Infeasible, NoPlan or SolverFault.
    """
    begun_s = clock_s()
    given = _begun(problem, options, ways.stating)
    found = _solved(given, options, ways)
    if problem.settles_as_agreed or _settles_as_agreed(found):
        return found
    agreed = _begun(replace(problem, settles_as_agreed=True), options, ways.stating)
    kept = _with_orders_kept(found, replace(agreed, spent_s=clock_s() - begun_s), options, ways)
    return kept or _solved(replace(agreed, spent_s=clock_s() - begun_s), options, ways)


def _begun(problem: Problem, options: PlanOptions, stating: Stating) -> Stated:
    options.on_phase("build")
    given = stating(problem)
    options.on_size(len(given.compiled.arrays.values))
    options.on_phase("solve")
    return given


def _solved(given: Stated, options: PlanOptions, ways: Ways) -> Found:
    found = _extracted(given, ways.solving(given, options), options)
    ways.telling(found)
    return found


def _extracted(given: Stated, solved: Solved, options: PlanOptions) -> Found:
    options.on_phase("extract")
    return Found(given, solved, extract(given.problem, given.model, given.compiled, solved.values))


def _with_orders_kept(found: Found, agreed: Stated, options: PlanOptions, ways: Ways) -> Found | None:
    """The orders of a plan in the model that pays as agreed; None where that costs more than the asked gap.

    That model has rows and columns more than the one of the plan, whose bound therefore holds for it, too. To search it
    from nothing took minutes where this took seconds (docs/performance.md).
    """
    arrays = agreed.compiled.arrays
    if len(arrays.cost) <= SEARCHED_COLUMNS:
        return None
    bound = found.solved.bound * found.stated.model.money_scale_usd / agreed.model.money_scale_usd
    held = _held(found, agreed)
    solved = solve_held_in(ways.session, arrays, options_of(agreed), held, bound, listening(agreed, options))
    if solved is None:
        return None
    kept = _extracted(agreed, with_ties_broken(ways.session, agreed, options, solved), options)
    return kept if _settles_as_agreed(kept) else None


def _held(found: Found, agreed: Stated) -> FixRequest:
    """The whole columns of a plan, and on which side of its minimum each window of take-or-pay lies in it."""
    compiled = found.stated.compiled
    chosen = sides(agreed.problem, found.decided)
    block = agreed.model.pyomo.take_or_pay
    choices = (*block.above.items(), *block.all_of.items())
    wanted = {name_of(variable): float(tuple(index) in chosen) for index, variable in choices}
    for column in np.flatnonzero(compiled.arrays.integer).tolist():
        wanted[name_of(compiled.columns[column])] = float(round(found.solved.values[column]))
    names = {i: name_of(agreed.compiled.columns[i]) for i in np.flatnonzero(agreed.compiled.arrays.integer).tolist()}
    held = {column: wanted[name] for column, name in names.items() if name in wanted}
    return FixRequest(np.array(list(held), dtype=np.int32), np.array(list(held.values()), dtype=float))


def _settles_as_agreed(found: Found) -> bool:
    """Whether the model pays in every window of take-or-pay and year of an agreement what is agreed."""
    given = found.stated
    if paid_above(given.problem, given.model, Values(given.compiled, found.solved.values)):
        return False
    return settles_as_agreed(given.problem, found.decided, _settled(given, found.solved))


def _settled(given: Stated, solved: Solved) -> dict[Settled, float]:
    """True-up less make-up of every window, in node-hours, as the model has them."""
    value = Values(given.compiled, solved.values)
    block = given.model.pyomo.take_or_pay
    net = {Settled(*index): value(variable) for index, variable in block.true_up.items()}
    for index, variable in block.make_up.items():
        net[Settled(*index)] -= value(variable)
    return net


def options_of(given: Stated) -> SolveOptions:
    """The scenario's run settings in the units of its model, with the time that is left."""
    options = solve_options(given.problem, given.model.money_scale_usd)
    left_s = max(AGAIN_SHARE * options.time_limit_s, options.time_limit_s - given.spent_s)
    return replace(options, time_limit_s=left_s)


def listening(given: Stated, options: PlanOptions) -> Callable[[Progress], None]:
    """Passes the solver's progress on, with the dollars in one unit of its objective."""
    return lambda progress: options.on_progress(progress, given.model.money_scale_usd)


def solve_options(problem: Problem, money_scale_usd: float) -> SolveOptions:
    """The scenario's run settings in the units of the model."""
    run = problem.scenario.run
    return SolveOptions(
        gap_share=run.gap_share,
        gap_absolute=run.gap_usd / money_scale_usd,
        time_limit_s=run.time_limit_s,
        seed=run.seed,
    )
