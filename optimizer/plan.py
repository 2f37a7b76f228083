"""Plan: the answer as plain frozen data; plan.json in and out.

Quantities are floats rounded to nine decimals, money is Decimal in whole cents, node-hours and
Mtok of cost lines are Decimal. Rates of tokens are accepted output tokens.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from catalog.records import Id, Record, Text
from catalog.serving import Refusal, Serving
from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan_binding import BindingRule
from optimizer.plan_changes import OrderChange
from optimizer.plan_contingencies import ContingencyApi as ContingencyApi
from optimizer.plan_contingencies import ContingencyCase as ContingencyCase
from optimizer.plan_contingencies import ContingencyPlacement as ContingencyPlacement
from optimizer.plan_contingencies import EmergencyUse as EmergencyUse
from optimizer.plan_contracts import (
    AgreementYear,
    ApiPlacement,
    ApiRefusal,
    CommittedSpend,
    Coverage,
    CreditBought,
    CreditUse,
    ProvisionedOrder,
    RightUsed,
    SignedAgreement,
    TakeOrPayWindow,
    VolumeWindow,
)
from optimizer.plan_footprint import FootprintMonth, SovereigntyMonth
from optimizer.plan_headroom import HeadroomFound
from optimizer.plan_sensitivity import Sensitivity
from optimizer.plan_solver import SolverRecord, Versions
from optimizer.plan_splits import SplitGoodput, SplitPlacement, SplitRefusal
from optimizer.plan_unit_cost import UnitCost
from optimizer.plan_why import Why
from optimizer.pool import Pool as Pool
from scenarios.scenario import InputFile, Scenario

PLAN_FORMAT: Literal["siliconmix-plan-1"] = "siliconmix-plan-1"
QUANTITY_DECIMALS = 9


class Status(StrEnum):
    """What is known about the plan."""

    WITHIN_GAP = "within_gap"
    """Feasible, and the proven gap is at most the one that was asked for."""
    FEASIBLE = "feasible"
    """Feasible, but stopped before the asked gap was proven."""


class StopReason(StrEnum):
    """Why the solver stopped."""

    GAP_REACHED = "gap_reached"
    TIME_LIMIT = "time_limit"
    STOPPED_BY_USER = "stopped_by_user"
    HEADROOM_ROUNDS = "headroom_rounds"
    """Every round of derived headroom reached the gap; the bound is for pools wider than those of the plan."""


class Order(Record):
    """A contract to sign: nodes under reserved, take-or-pay, capacity block or owned terms."""

    order: Text
    """Contract and first month of service, and the outlook where it is ordered only in that one."""
    contract: Id
    offering: Id
    nodes: int
    start: Month
    """First month of service as promised; an outlook may deliver later."""
    end: Month
    """First month that is no longer served, as promised."""
    order_by: date
    """Last day to sign: first day of service less the lead time, and no later than the quote allows."""
    outlook: Id | None = None
    """None: signed before the outlook is known. Else the order is signed later, and only if this outlook comes."""


class MigrationStart(Record):
    """Engineering work to begin: a model is brought to a stack."""

    migration: Id
    model: Id
    stack: Id
    start: Month
    gate: Month
    """First month in which the stack may serve, if the eval gate is passed."""
    outlook: Id | None = None
    """None: begun before the outlook is known. Else only if this outlook comes."""


class Usage(Record):
    """Nodes paid by the hour in a block: on demand, spot (running nodes, productive or not), or under take-or-pay."""

    outlook: Id
    contract: Id
    order: Text | None = None
    """The take-or-pay order whose nodes are used; None on demand and spot."""
    offering: Id
    month: Month
    block: Id
    nodes: float
    """Average nodes over the hours of the block."""


class Placement(Record):
    """Where a size class is served in a block."""

    outlook: Id
    month: Month
    block: Id
    workload: Id
    size_class: Id
    offering: Id
    pool: Pool
    accepted_tok_per_s: float
    nodes: float
    """Nodes it keeps busy, headroom included: attempts/s x node-seconds per attempt / usable share."""


class Shortfall(Record):
    """What is not served in a block."""

    outlook: Id
    month: Month
    block: Id
    workload: Id
    size_class: Id
    accepted_tok_per_s: float


class Goodput(Record):
    """The serving figures that a placement rests on, for one SLO."""

    workload: Id
    size_class: Id
    offering: Id
    contingency: Id | None = None
    """None for normal operation; else the contingency with its relaxed limits."""
    serving: Serving


class CostLine(Record):
    """One line of cost: quantity x unit price, rounded half-even to the cent once."""

    line: Id
    nature: Nature
    outlook: Id | None
    """None for what is decided before the outlook is known."""
    payee: Text
    """Provider; for a shortfall the workload; for a migration `in-house`."""
    offering: Id | None
    source: Id
    """What the line comes from: contract, held contract, contingency, migration, workload, offering (carbon price)."""
    order: Text | None
    paid_month: Month
    service_first: Month
    service_end: Month
    quantity: Decimal
    unit: Literal["node_hour", "mtok", "usd", "month", "lot", "node", "node_month", "kwh", "unit_hour", "gb", "t_co2e"]
    unit_price_usd: Decimal
    amount_usd: Decimal


class Totals(Record):
    """Expected sums over the lines (weights: outlook probabilities); horizon only unless named."""

    objective_usd: Decimal
    """What was minimised: present value of cost, penalties, expected emergencies and policy prices, tail weighted."""
    effective_usd: Decimal
    """Undiscounted effective cost of service inside the horizon; no penalties, no expected emergencies."""
    cash_usd: Decimal
    """Undiscounted cash paid in the months of the horizon."""
    capex_usd: Decimal
    """The part of cash_usd that is capital expenditure."""
    beyond_horizon_usd: Decimal
    """Undiscounted part of all payments that serves months after the horizon."""
    shortfall_penalty_usd: Decimal
    emergency_expected_usd: Decimal
    carbon_price_usd: Decimal = Decimal(0)
    """What the policy counts for emissions; nobody bills it."""
    stability_price_usd: Decimal = Decimal(0)
    """What the policy counts for changes against the approved orders; nobody bills it."""
    list_usd: Decimal
    """The nodes in use (needed, not idle) at list price."""
    served_mtok: Decimal
    usd_per_mtok: Decimal | None
    """effective_usd / served_mtok; None when nothing is served."""


class OutlookTotals(Record):
    """The totals of one outlook, not weighted by its probability."""

    outlook: Id
    probability: float
    totals: Totals


class Bracketed(Record):
    """An amount of money that lies between two proven bounds."""

    at_least_usd: float
    usd: float
    """As computed from the plans found."""
    at_most_usd: float


class OutlookKnowledge(Record):
    """One outlook: what this plan costs in it, and what plans cost that knew more or less."""

    outlook: Id
    plan_usd: Decimal
    """Objective of this plan in this outlook."""
    foreseen_usd: float
    """Objective of the best plan found for this outlook alone."""
    foreseen_bound_usd: float
    mean_plan_usd: float | None
    """Objective in this outlook with the orders of the plan for the mean; None where it cannot be served with them."""
    mean_plan_bound_usd: float | None
    note: Text = ""


class ValueOfKnowing(Record):
    """What it is worth to plan for all outlooks rather than for their mean, and to know the outlook beforehand."""

    stochastic_solution: Bracketed | None
    """Expected cost with the orders of the plan for the mean, less that of this plan; None where those orders fail."""
    perfect_information: Bracketed
    """Expected cost of this plan, less that of plans that know the outlook."""
    mean_orders: tuple[Order, ...]
    """What the plan for the mean would order before the outlook is known."""
    outlooks: tuple[OutlookKnowledge, ...]
    note: Text = ""


class Baseline(Record):
    """The same demand served another way, for comparison."""

    name: Text
    outcome: Literal["solved", "impossible", "not_solved"]
    objective_usd: Decimal | None = None
    effective_usd: Decimal | None = None
    usd_per_mtok: Decimal | None = None
    bound_usd: float | None = None
    note: Text = ""
    """What the baseline leaves out."""
    breaks: tuple[Text, ...] = ()
    """Rules of the scenario that it breaks, each at its worst place; a solved baseline without any is a real choice."""


class AuditFinding(Record):
    """One rule that a plan breaks, or one figure that does not agree."""

    rule: Id
    place: Text
    left: Text
    operator: Text
    right: Text
    excess: Text
    unit: Text


class AuditRule(Record):
    """One rule of the audit: how often it was checked and how tight it was."""

    rule: Id
    checks: int
    smallest_slack: float | None = None
    """Smallest relative slack of inequality checks; None where there is none."""


class AuditVerdict(Record):
    """PASS or FAIL, with what was and was not checked."""

    verdict: Literal["PASS", "FAIL"]
    findings: tuple[AuditFinding, ...] = ()
    rules: tuple[AuditRule, ...] = ()
    nothing_to_check: tuple[Id, ...] = ()
    """Rules for which this plan has no case: silence is not a pass."""


class Plan(Record):
    """A whole answer with its inputs, its proof and its audit."""

    format: Literal["siliconmix-plan-1"] = PLAN_FORMAT
    status: Status
    stop_reason: StopReason
    incumbent_usd: float
    """Objective of this plan, from its cost lines."""
    bound_usd: float
    """No plan for these inputs costs less, as far as the solver can prove."""
    gap: float
    """(incumbent - bound) / incumbent; a fraction."""
    asked_gap_share: float
    asked_gap_usd: float
    totals: Totals
    orders: tuple[Order, ...]
    usages: tuple[Usage, ...]
    placements: tuple[Placement, ...]
    shortfalls: tuple[Shortfall, ...]
    migrations: tuple[MigrationStart, ...] = ()
    take_or_pay: tuple[TakeOrPayWindow, ...] = ()
    rights: tuple[RightUsed, ...] = ()
    committed_spend: tuple[CommittedSpend, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    volume: tuple[VolumeWindow, ...] = ()
    agreements: tuple[SignedAgreement, ...] = ()
    agreement_years: tuple[AgreementYear, ...] = ()
    credits: tuple[CreditBought, ...] = ()
    credit_uses: tuple[CreditUse, ...] = ()
    api_placements: tuple[ApiPlacement, ...] = ()
    api_refusals: tuple[ApiRefusal, ...] = ()
    provisioned: tuple[ProvisionedOrder, ...] = ()
    changes_of_orders: tuple[OrderChange, ...] = ()
    """Orders beside the approved ones; empty where nothing was approved and no policy counts changes."""
    split_placements: tuple[SplitPlacement, ...] = ()
    split_goodput: tuple[SplitGoodput, ...] = ()
    split_refusals: tuple[SplitRefusal, ...] = ()
    footprint: tuple[FootprintMonth, ...] = ()
    sovereignty: tuple[SovereigntyMonth, ...] = ()
    cost_lines: tuple[CostLine, ...]
    goodput: tuple[Goodput, ...]
    refusals: tuple[Refusal, ...]
    contingencies: tuple[ContingencyCase, ...]
    binding: tuple[BindingRule, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    by_outlook: tuple[OutlookTotals, ...] = ()
    """Totals of each outlook; empty with a single one."""
    knowing: ValueOfKnowing | None = None
    """None with a single outlook, where it was not asked for, or where a note says why it was not found."""
    headroom: HeadroomFound | None = None
    """None where the usable share is stated."""
    sensitivity: Sensitivity | None = None
    """None where it was not asked for."""
    why: Why | None = None
    """Insurance, payback, worth of rules, offers not taken; None where it was not asked for."""
    unit_cost: UnitCost | None = None
    """The effective cost in nine parts, by workload, size class and column; None only before it is split."""
    notes: tuple[Text, ...] = ()
    """Warnings of the run: assumed bounds, held contracts that ended, coefficients out of scale."""
    audit: AuditVerdict | None = None
    """None only between extraction and audit; a published plan has it."""
    input_hashes: tuple[InputFile, ...]
    fingerprint: str
    """sha256 of the canonical inputs."""
    versions: Versions
    solver: SolverRecord
    scenario: Scenario
    """The inputs themselves, so that reports and audits need no other file."""
