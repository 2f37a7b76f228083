"""What `--json` prints: one document for each run, a plan's answer or the reason why there is none.

Amounts of money are strings with their cents, so that none is lost; bound and gap are numbers. Nothing else is in these
documents that plan.json does not hold, but for the files written, the seconds of each phase and the words.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from catalog.findings import Finding
from catalog.records import Id, Record, Text
from contracts.calendar import Month
from optimizer.diagnosing.records import WhyImpossible
from optimizer.plan import AuditFinding, Order, Plan, Status, StopReason, Totals
from optimizer.plan_binding import BindingRule
from optimizer.plan_sensitivity import Sensitivity
from optimizer.plan_why import Why
from reports.console_plan import commitments
from reports.exits import Exit
from reports.savings import Saving, savings
from reports.unit_costs import UnitCostOf, unit_costs


class ExitCode(Record):
    """How the command ended."""

    code: int
    name: str
    meaning: str


class OrderToSign(Record):
    """One contract to be signed."""

    order: str
    contract: Id
    offering: Id
    provider: Id
    accelerator: Id
    nodes: int
    start: Month
    end: Month
    """First month that is no longer served."""
    sign_by: date
    price_usd_per_node_hour: Decimal
    commitment_usd: Decimal
    """All payments over the whole term, also after the horizon."""
    fictitious: bool
    """True where the offer or its price is made up."""


class AuditSummary(Record):
    """What the independent recomputation said."""

    verdict: Literal["PASS", "FAIL"]
    rules: int
    checks: int


class PhaseSeconds(Record):
    """What a phase of the run took."""

    phase: str
    seconds: float


class PlanAnswer(Record):
    """A plan is published: what it costs, what is proven, what to sign, what binds, what it saves."""

    format: Literal["siliconmix-answer-1"] = "siliconmix-answer-1"
    command: Literal["plan", "report"]
    exit: ExitCode
    scenario: Id
    first_month: Month
    months: int
    status: Status
    stop_reason: StopReason
    incumbent_usd: float
    """What this plan costs: the objective."""
    bound_usd: float
    """No plan for these inputs costs less, as far as the solver can prove."""
    gap_usd: float
    """incumbent_usd less bound_usd: what any other plan could save at most."""
    gap_share: float
    """The same as a share of incumbent_usd."""
    asked_gap_share: float
    asked_gap_usd: float
    totals: Totals
    orders: tuple[OrderToSign, ...]
    """In the order in which they must be signed."""
    not_served: tuple[Id, ...]
    """Workloads of which a part is not served."""
    binding: tuple[BindingRule, ...]
    savings: tuple[Saving, ...]
    """The plan against other ways of serving the same demand; none with --no-baselines."""
    sensitivity: Sensitivity | None
    """The inputs that move the cost most; null without --sensitivity."""
    why: Why | None
    """Insurance, payback, worth of rules, and offers not taken; null in a report on a plan that has none."""
    unit_cost: tuple[UnitCostOf, ...]
    """What a million accepted tokens cost in nine parts: the plan, its workloads, its columns."""
    notes: tuple[Text, ...]
    audit: AuditSummary | None
    files: tuple[str, ...]
    """Files written."""
    seconds: tuple[PhaseSeconds, ...]
    """Of this run, the only part that differs from run to run; empty where nothing was solved."""


class InputFinding(Record):
    """One thing that is wrong with the inputs."""

    code: str
    meaning: str
    warning: bool
    file: str
    row: int | None = None
    """As a spreadsheet counts: the header is row 1."""
    column: str | None = None
    subject: str | None = None
    """Key of the row."""
    line: int | None = None
    key_path: str | None = None
    sheet: str | None = None
    found: str
    expected: str
    hint: str
    change: str = ""
    """The change of a what-if that put the value there; blank if it was typed in the file."""


class Failure(Record):
    """There is no answer, and why."""

    format: Literal["siliconmix-failure-1"] = "siliconmix-failure-1"
    command: Literal["plan", "report", "audit", "whatif", "compare", "sweep", "negotiate", "explain", "replay", "diff"]
    exit: ExitCode
    kind: Literal[
        "inputs_rejected",
        "plan_rejected",
        "impossible",
        "no_plan",
        "interrupted",
        "audit_failed",
        "solver_fault",
        "not_writable",
        "sweep_refused",
        "cannot_negotiate",
        "cannot_replay",
    ]
    message: str
    """What stands on stderr."""
    findings: tuple[InputFinding, ...] = ()
    """Of inputs_rejected."""
    reasons: tuple[str, ...] = ()
    """Of impossible: what inputs alone show, or the rules that collide, a sentence each."""
    why: WhyImpossible | None = None
    """Of impossible: the same as records, with places, and with the least changes where they were looked for."""
    model_file: str | None = None
    """Of solver_fault: the model about which the solver contradicts itself, kept to be looked at."""
    audit_findings: tuple[AuditFinding, ...] = ()
    """Of audit_failed."""


def exit_code(code: Exit) -> ExitCode:
    """An exit code with its name and meaning."""
    return ExitCode(code=int(code), name=code.name.lower(), meaning=code.meaning)


def plan_answer(
    plan: Plan,
    *,
    command: Literal["plan", "report"],
    code: Exit,
    files: Sequence[Path],
    seconds: Mapping[str, float],
) -> PlanAnswer:
    """The answer that a plan is."""
    run = plan.scenario.run
    return PlanAnswer(
        command=command,
        exit=exit_code(code),
        scenario=plan.scenario.scenario,
        first_month=run.first_month,
        months=run.months,
        status=plan.status,
        stop_reason=plan.stop_reason,
        incumbent_usd=plan.incumbent_usd,
        bound_usd=plan.bound_usd,
        gap_usd=plan.incumbent_usd - plan.bound_usd,
        gap_share=plan.gap,
        asked_gap_share=plan.asked_gap_share,
        asked_gap_usd=plan.asked_gap_usd,
        totals=plan.totals,
        orders=_orders(plan),
        not_served=tuple(sorted({row.workload for row in plan.shortfalls})),
        binding=plan.binding,
        savings=savings(plan),
        sensitivity=plan.sensitivity,
        why=plan.why,
        unit_cost=unit_costs(plan),
        notes=plan.notes,
        audit=_audit(plan),
        files=tuple(str(path) for path in files),
        seconds=tuple(PhaseSeconds(phase=name, seconds=round(spent, 1)) for name, spent in seconds.items()),
    )


def input_findings(findings: Sequence[Finding]) -> tuple[InputFinding, ...]:
    """Findings as records."""
    return tuple(
        InputFinding(
            code=finding.code.value,
            meaning=finding.code.meaning,
            warning=finding.code.is_warning,
            file=finding.where.file,
            row=finding.where.row,
            column=finding.where.column,
            subject=finding.where.subject,
            line=finding.where.line,
            key_path=finding.where.key_path,
            sheet=finding.where.sheet,
            found=finding.found,
            expected=finding.expected,
            hint=finding.hint,
            change=finding.change,
        )
        for finding in findings
    )


def _orders(plan: Plan) -> tuple[OrderToSign, ...]:
    amounts = commitments(plan)
    in_time = sorted(plan.orders, key=lambda order: (order.order_by, order.order))
    return tuple(_to_sign(plan, order, amounts[order.order]) for order in in_time)


def _to_sign(plan: Plan, order: Order, commitment_usd: Decimal) -> OrderToSign:
    offering = plan.scenario.catalog.offering[order.offering]
    terms = next(terms for terms in plan.scenario.contracts if terms.contract == order.contract)
    return OrderToSign(
        order=order.order,
        contract=order.contract,
        offering=order.offering,
        provider=offering.provider,
        accelerator=offering.accelerator,
        nodes=order.nodes,
        start=order.start,
        end=order.end,
        sign_by=order.order_by,
        price_usd_per_node_hour=terms.price_usd_per_node_hour,
        commitment_usd=commitment_usd,
        fictitious=terms.fictitious or offering.fictitious,
    )


def _audit(plan: Plan) -> AuditSummary | None:
    if plan.audit is None:
        return None
    rules = plan.audit.rules
    return AuditSummary(verdict=plan.audit.verdict, rules=len(rules), checks=sum(rule.checks for rule in rules))
