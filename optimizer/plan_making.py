"""What was found, as the plan that is published: with bills, with proof, audited."""

import platform
from dataclasses import replace
from importlib.metadata import version

from optimizer.audit import audit_plan
from optimizer.binding import binding_rules
from optimizer.costing import cost_lines
from optimizer.crediting import agreement_years, credit_uses
from optimizer.extract import Extracted
from optimizer.extract_changes import with_true_changes
from optimizer.extract_footprint import footprint_months, sovereignty_months
from optimizer.extract_splits import split_goodput
from optimizer.faults import SolverFault
from optimizer.finding import Found, options_of
from optimizer.net_cost.splitting import unit_cost
from optimizer.notes import notes
from optimizer.opinion import SecondOpinion, contradicts
from optimizer.plan import (
    AuditVerdict,
    CostLine,
    Goodput,
    Plan,
    Status,
    StopReason,
)
from optimizer.plan_solver import SolverRecord, Versions
from optimizer.problem import Problem
from optimizer.rounds import headroom_found, unsettled_notes
from optimizer.settling import settled_windows
from optimizer.solve import Solved
from optimizer.solve_protocol import SolveStatus
from optimizer.tolerances import SOLVER_TOLERANCE, rounding_usd
from optimizer.totals import expected_totals, totals_by_outlook


class AuditFailed(RuntimeError):
    """The plan did not pass its audit; it is not published."""

    def __init__(self, verdict: AuditVerdict) -> None:
        super().__init__(f"{len(verdict.findings)} findings")
        self.verdict = verdict


def audited(plan: Plan) -> Plan:
    """The plan with the auditor's verdict; raises AuditFailed."""
    verdict = audit_plan(plan)
    if verdict.verdict != "PASS":
        raise AuditFailed(verdict)
    return plan.model_copy(update={"audit": verdict})


def plan_of(found: Found) -> Plan:
    """The plan with its bills, not yet audited; raises SolverFault where bills and ledger disagree."""
    problem, model, compiled = found.stated.problem, found.stated.model, found.stated.compiled
    solved, decided = found.solved, found.decided
    lines = cost_lines(problem, decided)
    summed = expected_totals(problem, decided, lines)
    incumbent = float(summed.objective_usd)
    _agree(incumbent, solved.objective * model.money_scale_usd, lines)
    if contradicts(solved.bound, solved.objective):
        raise SolverFault(f"the proven bound {solved.bound:,.9g} lies above the plan {solved.objective:,.9g}")
    proven = solved.bound * model.money_scale_usd
    if found.widest is not None:
        proven = found.widest.bound_usd
        if contradicts(proven / model.money_scale_usd, solved.objective):
            raise SolverFault(f"the bound {proven:,.2f} of the widest pools lies above the plan {incumbent:,.2f}")
    bound = min(proven, incumbent)
    run = problem.scenario.run
    asked = max(run.gap_share * incumbent, run.gap_usd)
    within = incumbent - bound <= asked + SOLVER_TOLERANCE * incumbent + rounding_usd(lines)
    headroom = headroom_found(found)
    plan = Plan(
        status=Status.WITHIN_GAP if within else Status.FEASIBLE,
        stop_reason=_stop_reason(found, is_within=within),
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
        changes_of_orders=decided.changes_of_orders,
        split_placements=decided.split_placements,
        split_goodput=split_goodput(problem, decided.split_placements, decided.contingencies),
        split_refusals=problem.splits.refusals,
        cost_lines=lines,
        goodput=_goodput(problem, decided),
        refusals=problem.eligibility.refusals,
        contingencies=decided.contingencies,
        by_outlook=totals_by_outlook(problem, decided, lines),
        headroom=headroom,
        binding=binding_rules(
            compiled, with_true_changes(problem, model, compiled, decided.changes_of_orders, solved.values)
        ),
        footprint=footprint_months(problem, decided),
        sovereignty=sovereignty_months(problem, decided),
        notes=(*notes(problem, compiled, decided), *_overruled_notes(solved), *unsettled_notes(headroom)),
        input_hashes=problem.scenario.input_files,
        fingerprint=problem.scenario.fingerprint(),
        versions=versions_here(),
        solver=_solver_record(found),
        scenario=problem.scenario,
    )
    return plan.model_copy(update={"unit_cost": unit_cost(plan)})


def _agree(bills_usd: float, ledger_usd: float, lines: tuple[CostLine, ...]) -> None:
    allowed = SOLVER_TOLERANCE * max(abs(ledger_usd), 1.0) + rounding_usd(lines)
    if abs(bills_usd - ledger_usd) > allowed:
        raise SolverFault(
            f"the bills add up to {bills_usd:,.2f} USD, the solver's ledger to {ledger_usd:,.2f} USD:"
            f" more than {allowed:,.2f} USD apart"
        )


def _stop_reason(found: Found, *, is_within: bool) -> StopReason:
    stopped = {SolveStatus.TIME_LIMIT: StopReason.TIME_LIMIT, SolveStatus.INTERRUPTED: StopReason.STOPPED_BY_USER}
    if found.widest is None or found.solved.status in stopped:
        return stopped.get(found.solved.status, StopReason.GAP_REACHED)
    reached = StopReason.GAP_REACHED if is_within else StopReason.HEADROOM_ROUNDS
    return stopped.get(found.widest.status, reached)


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


def versions_here() -> Versions:
    """What computes plans in this process."""
    return Versions(
        siliconmix=version("siliconmix"),
        python=platform.python_version(),
        pyomo=version("pyomo"),
        highspy=version("highspy"),
    )


def _overruled_notes(solved: Solved) -> tuple[str, ...]:
    if solved.opinion is not SecondOpinion.OVERRULED:
        return ()
    return (
        f"highspy {version('highspy')} proved a bound that a plan lies below; the model was solved again without"
        " presolve, and plan and bound are those of that",
    )


def _solver_record(found: Found) -> SolverRecord:
    given, opinion = found.stated, found.solved.opinion
    arrays, options = given.compiled.arrays, options_of(given)
    options = replace(options, presolve=opinion is not SecondOpinion.OVERRULED)
    smallest, largest = arrays.coefficient_range
    return SolverRecord(
        options=tuple((name, str(value)) for name, value in options.highs()),
        seed=options.seed,
        columns=len(arrays.cost),
        rows=len(arrays.row_lower),
        nonzeros=len(arrays.values),
        integers=int(arrays.integer.sum()),
        money_scale_usd=given.model.money_scale_usd,
        smallest_coefficient=smallest,
        largest_coefficient=largest,
        second_opinion=opinion,
    )
