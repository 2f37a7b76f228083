"""The use case: a scenario in, an audited plan out."""

import platform
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib.metadata import version

from optimizer.audit import audit_plan
from optimizer.baselines import other_ways
from optimizer.binding import binding_rules
from optimizer.costing import cost_lines
from optimizer.crediting import agreement_years, credit_uses
from optimizer.diagnose import explain_infeasible, refuse_impossible
from optimizer.extract import Extracted, extract
from optimizer.extract_agreements import paid_above
from optimizer.extract_usage import Values
from optimizer.faults import Infeasible, SolverFault
from optimizer.knowing import NotCompared, value_of_knowing
from optimizer.model import Model, build_model
from optimizer.notes import notes
from optimizer.plan import (
    AuditVerdict,
    CostLine,
    Goodput,
    Plan,
    SolverRecord,
    Status,
    StopReason,
    Versions,
)
from optimizer.preferences import preferred
from optimizer.problem import Problem, state
from optimizer.settling import Settled, settled_windows, settles_as_agreed
from optimizer.solve import Session, Solved, refuse_wrong_solver, solve_in
from optimizer.solve_arrays import Compiled, compile_model
from optimizer.solve_protocol import Progress, SolveOptions, SolveStatus
from optimizer.totals import expected_totals, totals_by_outlook
from scenarios.scenario import Scenario

SOLVER_TOLERANCE = 1e-6
"""What an objective or a bound of the solver may be off, as a share of it."""

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


class AuditFailed(RuntimeError):
    """The plan did not pass its audit; it is not published."""

    def __init__(self, verdict: AuditVerdict) -> None:
        super().__init__(f"{len(verdict.findings)} findings")
        self.verdict = verdict


def plan_fleet(scenario: Scenario, options: PlanOptions | None = None) -> Plan:
    """Plan, audit and return; raises Impossible, NoPlan, SolverFault or AuditFailed instead of a doubtful plan."""
    options = options or PlanOptions()
    refuse_wrong_solver(version("highspy"))
    options.on_phase("goodput")
    problem = state(scenario)
    refuse_impossible(problem)
    options.on_phase("build")
    model = build_model(problem)
    with Session() as session:
        found = _found(session, problem, model, options)
        plan = _plan(found)
        if options.with_baselines:
            options.on_phase("baselines")
            ways = other_ways(session, found.problem, found.model, found.compiled)
            plan = _with_knowing(problem, plan.model_copy(update={"baselines": ways}), options)
    options.on_phase("audit")
    verdict = audit_plan(plan)
    if verdict.verdict != "PASS":
        raise AuditFailed(verdict)
    return plan.model_copy(update={"audit": verdict})


@dataclass(frozen=True)
class _Found:
    """What the solver found, and in which model."""

    problem: Problem
    model: Model
    compiled: Compiled
    solved: Solved
    decided: Extracted


def _found(session: Session, problem: Problem, model: Model, options: PlanOptions) -> _Found:
    """Solve and extract; once more held to what is agreed where the plan pays otherwise."""
    try:
        compiled = compile_model(model)
        options.on_size(len(compiled.arrays.values))
        options.on_phase("solve")
        solved = _solve(session, problem, model, compiled, options)
    except Infeasible:
        options.on_phase("explain")
        raise explain_infeasible(problem) from None
    options.on_phase("extract")
    decided = extract(problem, model, compiled, solved.values)
    if problem.settles_as_agreed or _settles_as_agreed(problem, model, compiled, solved, decided):
        return _Found(problem, model, compiled, solved, decided)
    options.on_phase("build")
    held = replace(problem, settles_as_agreed=True)
    return _found(session, held, build_model(held), options)


def _settles_as_agreed(
    problem: Problem, model: Model, compiled: Compiled, solved: Solved, decided: Extracted
) -> bool:
    """Whether the model pays in every window of take-or-pay and year of an agreement what is agreed."""
    value = Values(compiled, solved.values)
    if paid_above(problem, model, value):
        return False
    return settles_as_agreed(problem, decided, _settled(model, compiled, solved))


def _settled(model: Model, compiled: Compiled, solved: Solved) -> dict[Settled, float]:
    """True-up less make-up of every window, in node-hours, as the model has them."""
    value = Values(compiled, solved.values)
    block = model.pyomo.take_or_pay
    net = {Settled(*index): value(variable) for index, variable in block.true_up.items()}
    for index, variable in block.make_up.items():
        net[Settled(*index)] -= value(variable)
    return net


def _with_knowing(problem: Problem, plan: Plan, options: PlanOptions) -> Plan:
    """The plan with what knowing is worth, where there is more than one outlook; a note where it was not found."""
    if len(problem.outlooks) == 1:
        return plan

    def tell(what: str) -> None:
        options.on_phase(f"knowing: {what}")

    try:
        knowing = value_of_knowing(problem, plan, solve_options(problem, 1.0), tell)
    except NotCompared as reason:
        return plan.model_copy(update={"notes": (*plan.notes, f"what knowing is worth is not stated: {reason}")})
    return plan.model_copy(update={"knowing": knowing})


def solve_options(problem: Problem, money_scale_usd: float) -> SolveOptions:
    """The scenario's run settings in the units of the model."""
    run = problem.scenario.run
    return SolveOptions(
        gap_share=run.gap_share,
        gap_absolute=run.gap_usd / money_scale_usd,
        time_limit_s=run.time_limit_s,
        seed=run.seed,
    )


def _solve(session: Session, problem: Problem, model: Model, compiled: Compiled, options: PlanOptions) -> Solved:
    scale = model.money_scale_usd

    def listen(progress: Progress) -> None:
        options.on_progress(progress, scale)

    solved = solve_in(session, compiled.arrays, solve_options(problem, scale), listen)
    options.on_phase("ties")
    return preferred(session, problem, model, compiled, solved)


def _plan(found: _Found) -> Plan:
    problem, model, compiled = found.problem, found.model, found.compiled
    solved, decided = found.solved, found.decided
    lines = cost_lines(problem, decided)
    summed = expected_totals(problem, decided, lines)
    incumbent = float(summed.objective_usd)
    _agree(incumbent, solved.objective * model.money_scale_usd, lines)
    bound = min(solved.bound * model.money_scale_usd, incumbent)
    run = problem.scenario.run
    asked = max(run.gap_share * incumbent, run.gap_usd)
    within = incumbent - bound <= asked + SOLVER_TOLERANCE * incumbent + _rounding(lines)
    return Plan(
        status=Status.WITHIN_GAP if within else Status.FEASIBLE,
        stop_reason=_stop_reason(solved.status),
        incumbent_usd=incumbent,
        bound_usd=bound,
        gap=(incumbent - bound) / incumbent if incumbent else 0.0,
        asked_gap_share=run.gap_share,
        asked_gap_usd=run.gap_usd,
        totals=summed,
        orders=decided.orders,
        rights=decided.rights,
        usages=decided.usages,
        placements=decided.placements,
        shortfalls=decided.shortfalls,
        migrations=decided.migrations,
        take_or_pay=settled_windows(problem, decided),
        committed_spend=decided.committed_spend,
        coverage=decided.coverage,
        volume=decided.volume,
        agreements=decided.agreements,
        agreement_years=agreement_years(problem, decided, lines),
        credits=decided.credits,
        credit_uses=credit_uses(lines),
        api_placements=decided.api_placements,
        api_refusals=problem.token_offers.refusals,
        provisioned=decided.provisioned,
        cost_lines=lines,
        goodput=_goodput(problem, decided),
        refusals=problem.eligibility.refusals,
        contingencies=decided.contingencies,
        by_outlook=totals_by_outlook(problem, decided, lines),
        binding=binding_rules(compiled, solved.values),
        notes=notes(problem, compiled, decided),
        input_hashes=problem.scenario.input_files,
        fingerprint=problem.scenario.fingerprint(),
        versions=_versions(),
        solver=_solver_record(problem, model, compiled),
        scenario=problem.scenario,
    )


def _rounding(lines: tuple[CostLine, ...]) -> float:
    """What rounding each line to the cent can add up to, in dollars."""
    return 0.005 * len(lines)


def _agree(bills_usd: float, ledger_usd: float, lines: tuple[CostLine, ...]) -> None:
    allowed = SOLVER_TOLERANCE * max(abs(ledger_usd), 1.0) + _rounding(lines)
    if abs(bills_usd - ledger_usd) > allowed:
        raise SolverFault(
            f"the bills add up to {bills_usd:,.2f} USD, the solver's ledger to {ledger_usd:,.2f} USD:"
            f" more than {allowed:,.2f} USD apart"
        )


def _stop_reason(status: SolveStatus) -> StopReason:
    return {
        SolveStatus.TIME_LIMIT: StopReason.TIME_LIMIT,
        SolveStatus.INTERRUPTED: StopReason.STOPPED_BY_USER,
    }.get(status, StopReason.GAP_REACHED)


def _goodput(problem: Problem, decided: Extracted) -> tuple[Goodput, ...]:
    """The serving figures that any placement, in normal operation or after an event, rests on."""
    normal = {(p.workload, p.size_class, p.offering) for p in decided.placements}
    rows = [
        Goodput(workload=w, size_class=c, offering=o, serving=problem.eligibility.servings[w, c, o])
        for w, c, o in sorted(normal)
    ]
    after = {
        (case.contingency, p.workload, p.size_class, p.offering)
        for case in decided.contingencies
        for p in case.placements
    }
    rows.extend(
        Goodput(
            workload=w,
            size_class=c,
            offering=o,
            contingency=q,
            serving=problem.eligibility.contingency_servings[q][w, c, o],
        )
        for q, w, c, o in sorted(after)
    )
    return tuple(rows)


def _versions() -> Versions:
    return Versions(
        siliconmix=version("siliconmix"),
        python=platform.python_version(),
        pyomo=version("pyomo"),
        highspy=version("highspy"),
    )


def _solver_record(problem: Problem, model: Model, compiled: Compiled) -> SolverRecord:
    arrays = compiled.arrays
    options = solve_options(problem, model.money_scale_usd)
    smallest, largest = arrays.coefficient_range
    return SolverRecord(
        options=tuple((name, str(value)) for name, value in options.highs()),
        seed=options.seed,
        columns=len(arrays.cost),
        rows=len(arrays.row_lower),
        nonzeros=len(arrays.values),
        integers=int(arrays.integer.sum()),
        money_scale_usd=model.money_scale_usd,
        smallest_coefficient=smallest,
        largest_coefficient=largest,
    )
