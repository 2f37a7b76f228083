"""Replay: what a trace does with the fleet of a plan, as plain frozen data; replay.json in and out.

Tokens are accepted output tokens, in millions (Mtok). Meanings: docs/decisions/0033.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from catalog.records import Id, Record, Text
from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan import Pool

KEPT_MISSED_SHARE = 1e-3
"""Most of a workload's tokens that may be missed beyond planned shortfall."""
REPLAY_FORMAT: Literal["siliconmix-replay-1"] = "siliconmix-replay-1"


class HoursFrom(StrEnum):
    """Where the hours of a workload are taken from."""

    PROFILE = "profile"
    """The scenario's hourly profile."""
    TRACE = "trace"
    """Whole weeks of its trace."""
    SERIES = "series"
    """An hourly series given beside the trace."""


class TracedWorkload(Record):
    """What a workload takes from its trace."""

    workload: Id
    trace: Text
    """Name of the file; blank where no row of a trace is its own."""
    requests: int
    hours_from: HoursFrom
    weeks: int
    """Weeks of hours that are repeated over the horizon; 1 for the profile."""


class TracedClass(Record):
    """A size class as planned and as traced."""

    workload: Id
    size_class: Id
    planned_request_share: float
    traced_request_share: float
    planned_input_tokens: float
    traced_input_tokens: float
    planned_output_tokens: float
    traced_output_tokens: float


class Step(StrEnum):
    """Steps from the plan to the replay; each has all of the former."""

    PLAN = "plan"
    BILLING_ORDER = "billing order"
    HOURS = "hours"
    TRACE_HOURS = "trace hours"
    SIZES = "sizes"

    @property
    def meaning(self) -> str:
        """What the step adds, in words."""
        return _MEANINGS[self]


_MEANINGS = {
    Step.PLAN: "the plan as published",
    Step.BILLING_ORDER: "every hour as its block; commitments cover use in the provider's order",
    Step.HOURS: "every hour with its own load of the weekly profile",
    Step.TRACE_HOURS: "hours of the trace or of the series in place of the profile",
    Step.SIZES: "request sizes of the trace in place of the plan's classes",
}


class StepOutcome(Record):
    """The bill and the misses up to a step."""

    step: Step
    effective_usd: Decimal
    """Effective cost of the horizon; penalties and expected emergencies apart."""
    penalty_usd: Decimal
    """Shortfall penalties: of what is missed and of what the plan leaves out."""
    asked_mtok: float
    missed_mtok: float
    """Beyond planned shortfall."""
    squeezed_mtok: float
    """Served above the usable share."""


class WorkloadOutcome(Record):
    """A workload over the horizon."""

    workload: Id
    asked_mtok: float
    as_planned_mtok: float
    moved_mtok: float
    """Served by paid nodes that had nothing to do."""
    rented_more_mtok: float
    """Served by nodes rented beyond the plan."""
    squeezed_mtok: float
    """Served above the usable share: no headroom is left."""
    planned_shortfall_mtok: float
    missed_mtok: float
    missed_hours: int
    """Hours in which more than a millionth is missed."""
    worst_hour: Text
    """YYYY-MM-DDTHH (UTC) with the largest missed share; blank where nothing is missed."""
    worst_hour_missed_share: float
    kept: bool
    """At most a thousandth of its tokens is missed beyond planned shortfall."""


class PoolOutcome(Record):
    """A pool over the horizon, in productive node-hours."""

    offering: Id
    pool: Pool
    paid_node_hours: float
    """Of nodes that are paid used or not."""
    rented_node_hours: float
    planned_rented_node_hours: float
    busy_node_hours: float
    """Headroom included."""
    idle_node_hours: float
    """Paid and not busy."""
    full_hours: int
    """Hours in which tokens are served above the usable share."""


class NatureBilled(Record):
    """Effective cost of the horizon of one nature of charge."""

    nature: Nature
    planned_usd: Decimal
    replayed_usd: Decimal


class MonthBilled(Record):
    """Cash of one month."""

    month: Month
    planned_usd: Decimal
    replayed_usd: Decimal
    asked_mtok: float
    missed_mtok: float


class Spread(Record):
    """Percentiles of a latency, nearest rank, in milliseconds."""

    p50_ms: float
    p95_ms: float
    p99_ms: float


class WorkloadLatency(Record):
    """What the simulated hour did to the requests of a workload. TTFT and TPOT are upper bounds."""

    workload: Id
    attempts: int
    """Simulated, warm-up apart."""
    waited_share: float
    """Attempts that found no free replica."""
    wait: Spread
    ttft: Spread | None
    """None where the SLO has no limit for it: then no TTFT is taken from the points."""
    tpot: Spread | None
    percentile: int
    """Of the SLO."""
    ttft_limit_ms: float | None
    ttft_attained_ms: float | None
    """At the SLO's percentile."""
    ttft_beyond_share: float | None
    """Attempts whose TTFT is beyond the limit."""
    tpot_limit_ms: float | None
    tpot_attained_ms: float | None
    kept: bool
    """Both attained percentiles are within their limits, and every attempt was served."""


class GroupLoad(Record):
    """Replicas of one configuration in one pool during the simulation."""

    offering: Id
    pool: Pool
    model: Id
    precision: Id
    engine: Id
    accelerators_per_replica: int
    replicas: int
    needed_replicas: float
    """At the rates of the hour, headroom included."""
    attempts: int
    busy_share: float
    """Of the replicas' time."""
    longest_queue: int


class Around(StrEnum):
    """Which minute of the hour the simulated stretch lies around."""

    BUSIEST = "busiest"
    TYPICAL = "typical"
    """The minute with the median number of attempts."""


class SimulatedHour(Record):
    """One hour request by request."""

    hour: Text
    """YYYY-MM-DDTHH, UTC."""
    fullest: bool
    """True where the hour was chosen because it is the fullest."""
    around: Around
    first_minute: int
    seconds: int
    """Simulated from the beginning of first_minute of the hour."""
    seed: int
    attempts: int
    """All that were simulated."""
    missed_share: float
    """Of the hour's tokens, by the hourly step; these requests are not simulated."""
    workloads: tuple[WorkloadLatency, ...]
    groups: tuple[GroupLoad, ...]


class Replay(Record):
    """A whole replay."""

    format: Literal["siliconmix-replay-1"] = REPLAY_FORMAT
    scenario: Id
    plan_fingerprint: str
    siliconmix: str
    """Version that made the plan."""
    order_date: date
    outlook: Id
    traces: tuple[TracedWorkload, ...]
    classes: tuple[TracedClass, ...]
    ladder: tuple[StepOutcome, ...]
    workloads: tuple[WorkloadOutcome, ...]
    pools: tuple[PoolOutcome, ...]
    natures: tuple[NatureBilled, ...]
    months: tuple[MonthBilled, ...]
    simulated: SimulatedHour | None = None
    notes: tuple[Text, ...] = ()

    @property
    def planned(self) -> StepOutcome:
        """The plan as published."""
        return self.ladder[0]

    @property
    def replayed(self) -> StepOutcome:
        """The last step: the replay."""
        return self.ladder[-1]
