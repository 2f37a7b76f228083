"""What a plan says of unit cost: nine parts of cost, by workload, size class, column and tag (docs/decisions/0032).

Every amount is in whole cents; the cells of all rows add up to `totals.effective_usd` exactly.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from catalog.records import Id, Record
from scenarios.token_tags import TagKind


class Part(StrEnum):
    """The parts of cost, in the order in which they are shown."""

    ACCELERATOR = "accelerator"
    HOST = "host"
    NETWORK = "network"
    STORAGE_AND_CACHE = "storage_and_cache"
    POWER_OR_OVERHEAD = "power_or_overhead"
    """Power and upkeep of owned hardware, or a cloud's overhead."""
    ORCHESTRATION = "orchestration"
    ENGINEERING = "engineering"
    FAILED_REQUESTS = "failed_requests"
    """Attempts that are retried or not accepted."""
    IDLE_CAPACITY = "idle_capacity"
    """Paid and not in use, headroom for bursts included."""

    @property
    def words(self) -> str:
        """As people read it."""
        return self.value.replace("_", " ").capitalize()


class CostParts(Record):
    """An amount in its nine parts, in dollars and whole cents."""

    accelerator_usd: Decimal
    host_usd: Decimal
    network_usd: Decimal
    storage_and_cache_usd: Decimal
    power_or_overhead_usd: Decimal
    orchestration_usd: Decimal
    engineering_usd: Decimal
    failed_requests_usd: Decimal
    idle_capacity_usd: Decimal

    @staticmethod
    def made_of(usd: Mapping[Part, Decimal]) -> "CostParts":
        """The nine parts as a record."""
        return CostParts.model_validate({f"{part.value}_usd": usd[part] for part in Part})

    def of(self, part: Part) -> Decimal:
        """The amount of one part."""
        return dict(self.by_part)[part]

    @property
    def by_part(self) -> tuple[tuple[Part, Decimal], ...]:
        """Every part with its amount, in order."""
        return (
            (Part.ACCELERATOR, self.accelerator_usd),
            (Part.HOST, self.host_usd),
            (Part.NETWORK, self.network_usd),
            (Part.STORAGE_AND_CACHE, self.storage_and_cache_usd),
            (Part.POWER_OR_OVERHEAD, self.power_or_overhead_usd),
            (Part.ORCHESTRATION, self.orchestration_usd),
            (Part.ENGINEERING, self.engineering_usd),
            (Part.FAILED_REQUESTS, self.failed_requests_usd),
            (Part.IDLE_CAPACITY, self.idle_capacity_usd),
        )

    @property
    def all_parts_usd(self) -> Decimal:
        """All nine parts."""
        return sum((usd for _, usd in self.by_part), Decimal(0))


class UnitCostRow(CostParts):
    """What it costs to serve a size class of a workload on a column, over the horizon, expected over the outlooks."""

    workload: Id | None
    """None: paid for, and used by no workload."""
    size_class: Id | None
    offering: Id | None = None
    """The column, where nodes serve; with `api` None, too, the cost belongs to no column."""
    api: Id | None = None
    """The column, where tokens are bought from an API, or by units of provisioned throughput."""
    split: Id | None = None
    """The column, where prefill is on one offering and decode on another."""
    headroom_usd: Decimal
    """The part of idle_capacity_usd that is kept free for bursts."""
    accepted_mtok: Decimal
    """Accepted output tokens."""
    accepted_requests: Decimal


class ColumnParts(Record):
    """Which parts the price of a column includes, and which nobody has stated."""

    offering: Id | None = None
    api: Id | None = None
    split: Id | None = None
    included: tuple[Part, ...]
    """In the price of the node or the token, and not told apart there."""
    not_stated: tuple[Part, ...]
    """Neither included nor given as a line of cost: unknown, not free."""


class TaggedCost(CostParts):
    """What a feature's or customer's share of a workload's tokens costs: that share of every part of the workload."""

    kind: TagKind
    tag: Id | None
    """None: the tokens that no tag of the kind claims."""
    workload: Id
    token_share: float
    headroom_usd: Decimal
    accepted_mtok: Decimal
    accepted_requests: Decimal


class UnitCost(Record):
    """The plan's effective cost, split."""

    rows: tuple[UnitCostRow, ...]
    columns: tuple[ColumnParts, ...]
    tags: tuple[TaggedCost, ...] = ()
    """Those of a workload and kind add up to the workload, part by part."""
