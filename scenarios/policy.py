"""Policy: the rules that keep a plan safe, as one record."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from catalog.records import ByEvidence, Count, Evidence, Record, Share, Whole
from catalog.serving import MemoryCheck
from scenarios.policy_budgets import Budget, BudgetWindow, Spending
from scenarios.policy_events import BlockChoice, Contingency, Lost, WorkloadFloor
from scenarios.policy_footprint import (
    AuditMinimum,
    CarbonCap,
    PowerCap,
    SovereigntyFloor,
    SovereigntyWeights,
    UnknownFigures,
)
from scenarios.policy_shares import (
    ConcentrationCap,
    ExpiryCap,
    Grouping,
    OutstandingCap,
    RemainingTermCap,
    ShareFloor,
    ShareMeasure,
    SourcingRule,
    Window,
)
from scenarios.policy_stability import Stability

__all__ = [
    "AuditMinimum",
    "BlockChoice",
    "Budget",
    "BudgetWindow",
    "CarbonCap",
    "ConcentrationCap",
    "Contingency",
    "ExpiryCap",
    "Grouping",
    "Lost",
    "OutstandingCap",
    "Policy",
    "PowerCap",
    "RemainingTermCap",
    "ShareFloor",
    "ShareMeasure",
    "SourcingRule",
    "SovereigntyFloor",
    "SovereigntyWeights",
    "Spending",
    "Stability",
    "UnknownFigures",
    "Window",
    "WorkloadFloor",
]


NamedRule = (
    ConcentrationCap
    | ShareFloor
    | OutstandingCap
    | RemainingTermCap
    | ExpiryCap
    | SourcingRule
    | SovereigntyFloor
    | AuditMinimum
    | PowerCap
    | CarbonCap
)


class Policy(Record):
    """All rules of a run."""

    haircut_share: ByEvidence
    """Taken off goodput once, by the final grade of its evidence."""
    percentile_factor: ByEvidence
    """Multiplies a latency known only at a lower percentile than the SLO asks for, by the source's grade."""
    memory_usable_share: Share = 0.9
    """Share of accelerator memory that weights and cache may fill."""
    memory_check: MemoryCheck = MemoryCheck.ONE_REQUEST
    """Whose cache must fit beside the weights: one request's, or that of as many as a point has in flight."""
    roofline_prior: bool = False
    """Take peak compute and bandwidth as the lowest grade where nothing is known of a model on a chip."""
    unknown_stock_nodes: Whole | None = None
    """Bound for offerings whose stock is blank; without it such rows are refused."""
    unknown_quota_nodes: Whole | None = None
    """Bound for offerings whose quota is blank; without it such rows are refused."""
    spot_share_cap: Share = 1.0
    """Most of a month's served tokens of a workload on spot, unless the workload says otherwise."""
    emergency_share: Share = 1.0
    """Most of the capacity in use in a contingency (node-hours x list price) that may be on demand or not firm."""
    concentration: tuple[ConcentrationCap, ...] = ()
    share_floors: tuple[ShareFloor, ...] = ()
    outstanding: tuple[OutstandingCap, ...] = ()
    remaining_terms: tuple[RemainingTermCap, ...] = ()
    expiries: tuple[ExpiryCap, ...] = ()
    sourcing: tuple[SourcingRule, ...] = ()
    contingencies: tuple[Contingency, ...] = ()
    budgets: tuple[Budget, ...] = ()
    sovereignty_weights: SovereigntyWeights = SovereigntyWeights()
    """What the parts of the sovereignty index weigh."""
    sovereignty: tuple[SovereigntyFloor, ...] = ()
    """Floors of the sovereignty index, below."""
    audit_answers: tuple[AuditMinimum, ...] = ()
    """What must be answered with yes of what serves a workload, below."""
    power: tuple[PowerCap, ...] = ()
    """Most power that groups may draw, below."""
    carbon: tuple[CarbonCap, ...] = ()
    """Most that the fleet may emit, below."""
    carbon_price_usd_per_t: Annotated[Decimal, Field(ge=0, allow_inf_nan=False)] = Decimal(0)
    """Counted as cost for every tonne of CO2e; nobody bills it."""
    unknown_figures: UnknownFigures = UnknownFigures()
    """What stands in for power, PUE and grid where the catalog has none."""
    stability: Stability | None = None
    """Changes against approved_orders, capped or priced; blank: free."""
    migrations_at_once: Count | None = None
    """Most migrations between their start and their gate in any month; blank for no limit."""

    @model_validator(mode="after")
    def _ids_are_unique_and_haircuts_are_shares(self) -> Self:
        for ids in (
            [rule.rule for rule in self.ruled],
            [event.contingency for event in self.contingencies],
            [budget.budget for budget in self.budgets],
        ):
            repeated = sorted({i for i in ids if ids.count(i) > 1})
            if repeated:
                raise ValueError(f"the id {repeated[0]!r} is used more than once")
        for grade in Evidence:
            if self.haircut_share.of(grade) >= 1:
                raise ValueError(f"haircut_share.{grade} must be below 1")
            if self.percentile_factor.of(grade) < 1:
                raise ValueError(f"percentile_factor.{grade} must be at least 1")
        return self

    @property
    def ruled(self) -> tuple[NamedRule, ...]:
        """All rules that carry an id of the kind `rule`."""
        return (
            *self.concentration,
            *self.share_floors,
            *self.outstanding,
            *self.remaining_terms,
            *self.expiries,
            *self.sourcing,
            *self.sovereignty,
            *self.audit_answers,
            *self.power,
            *self.carbon,
        )
