"""Policy: the rules that keep a plan safe, as records."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from catalog.records import ByEvidence, Count, Evidence, Id, NonNegative, Record, Share, Usd, Whole
from catalog.serving import MemoryCheck
from contracts.calendar import Month


class ShareMeasure(StrEnum):
    """What a share is a share of (docs/decisions/0005)."""

    TOKENS = "tokens"
    """Served accepted output tokens."""
    SPEND = "spend"
    """Undiscounted effective cost (cash lines only: no penalties, no expected emergency cost)."""
    CAPACITY = "capacity"
    """Node-hours held or used, times the list price of the node-hour."""


class Grouping(StrEnum):
    """By which property offerings are grouped."""

    PROVIDER = "provider"
    CHIP_VENDOR = "chip_vendor"
    STACK = "stack"
    FAMILY = "family"
    GEOGRAPHY = "geography"


class Window(StrEnum):
    """Over which months a share is taken."""

    MONTH = "month"
    HORIZON = "horizon"


class ConcentrationCap(Record):
    """No group may hold more than a share."""

    rule: Id
    measure: ShareMeasure
    by: Grouping
    group: str = "*"
    """A group's name, or * for every group."""
    cap_share: Share
    window: Window = Window.MONTH


class Lost(StrEnum):
    """What a contingency takes away."""

    PROVIDER = "provider"
    GEOGRAPHY = "geography"
    FAMILY = "family"
    CHIP_VENDOR = "chip_vendor"
    STACK = "stack"
    OFFERING = "offering"
    CONTRACT = "contract"
    """One contract or held contract, by its id."""
    SPOT = "spot"
    """All spot capacity; `name` is then *."""


class BlockChoice(StrEnum):
    """In which load blocks a contingency must be survived."""

    PEAK = "peak"
    """In every block that is the peak of at least one workload."""
    ALL = "all"


class Contingency(Record):
    """An event after which what is left must still serve a floor of every workload at once."""

    contingency: Id
    lost: Lost
    name: str
    """The provider, geography, family, chip vendor, stack, offering or contract that is lost."""
    floor_share: Share
    """Share of each workload's demand that must still be served."""
    ttft_factor: float = Field(default=1.0, ge=1.0, allow_inf_nan=False)
    """The TTFT limit may be longer by this factor while the event lasts."""
    tpot_factor: float = Field(default=1.0, ge=1.0, allow_inf_nan=False)
    probability_per_year: Share
    duration_hours: NonNegative
    blocks: BlockChoice = BlockChoice.PEAK
    outlooks: tuple[Id, ...] = ()
    """Outlooks in which the event must be survived; blank for all."""

    @property
    def expected_hours_per_month(self) -> float:
        """Probability in a month x duration."""
        return self.probability_per_year / 12.0 * self.duration_hours


class Spending(StrEnum):
    """Which payments a budget is for."""

    ALL = "all"
    OPEX = "opex"
    """Everything that is paid but capital expenditure."""
    CAPEX = "capex"
    """Capital expenditure: engineering that is capitalised."""


class BudgetWindow(StrEnum):
    """Over which months a budget is added up; quarters and years are those of the calendar."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    HORIZON = "horizon"


class Budget(Record):
    """Most cash that may leave in each window: undiscounted, when it is paid, held contracts included."""

    budget: Id
    spending: Spending = Spending.ALL
    window: BudgetWindow
    limit_usd: Usd
    """For a whole window; one that is cut by the horizon or by the months below has its part of it, by months."""
    first_month: Month | None = None
    """First month that counts; blank for the first of the horizon."""
    last_month: Month | None = None
    """Last month that counts; blank for the last of the horizon."""

    @model_validator(mode="after")
    def _months_are_in_order(self) -> Self:
        if self.first_month and self.last_month and self.last_month < self.first_month:
            raise ValueError("last_month is before first_month")
        return self


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
    contingencies: tuple[Contingency, ...] = ()
    budgets: tuple[Budget, ...] = ()
    migrations_at_once: Count | None = None
    """Most migrations between their start and their gate in any month; blank for no limit."""

    @model_validator(mode="after")
    def _ids_are_unique_and_haircuts_are_shares(self) -> Self:
        for ids in (
            [cap.rule for cap in self.concentration],
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


