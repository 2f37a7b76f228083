"""From a problem to decisions: the model built, compiled, solved, its values read; once more where bills disagree."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from optimizer.extract import Extracted, extract
from optimizer.extract_agreements import paid_above
from optimizer.extract_usage import Values
from optimizer.model import Model, build_model
from optimizer.preferences import preferred
from optimizer.problem import Problem
from optimizer.settling import Settled, settles_as_agreed
from optimizer.solve import Session, Solved, solve_in
from optimizer.solve_arrays import Compiled, compile_model
from optimizer.solve_protocol import Progress, SolveOptions, SolveStatus

Phase = Callable[[str], None]
"""Told the name of each phase as it begins."""


@dataclass(frozen=True)
class PlanOptions:
    """What a caller may add to the scenario's own run settings."""

    with_baselines: bool = True
    on_phase: Phase = field(default=lambda name: None)
    on_size: Callable[[int], None] = field(default=lambda nonzeros: None)
    """Told how many coefficients of the model are not 0, before it is solved."""
    on_progress: Callable[[Progress, float], None] = field(default=lambda progress, money_scale: None)
    """Told of the solver's progress and of the dollars in one unit of its objective."""
    on_found: Callable[[Session, "Found"], None] = field(default=lambda session, found: None)
    """Told by plan_fleet what was found, while the session still knows its model."""


@dataclass(frozen=True)
class Stated:
    """A problem with its model and the arrays of that."""

    problem: Problem
    model: Model
    compiled: Compiled


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


def find(problem: Problem, options: PlanOptions, stating: Stating, solving: Solving) -> Found:
    """State, solve and extract; once more held to what is agreed where the plan pays otherwise.

    Raises Infeasible, NoPlan or SolverFault.
    """
    options.on_phase("build")
    given = stating(problem)
    options.on_size(len(given.compiled.arrays.values))
    options.on_phase("solve")
    solved = solving(given, options)
    options.on_phase("extract")
    found = Found(given, solved, extract(problem, given.model, given.compiled, solved.values))
    if problem.settles_as_agreed or _settles_as_agreed(found):
        return found
    return find(replace(problem, settles_as_agreed=True), options, stating, solving)


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
    """The scenario's run settings in the units of its model."""
    return solve_options(given.problem, given.model.money_scale_usd)


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
