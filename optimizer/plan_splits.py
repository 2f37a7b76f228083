"""The part of a plan that splits play: prefill on one offering, decode on another (docs/decisions/0030)."""

from catalog.goodput import Role
from catalog.records import Id, Record, Text
from catalog.serving import RefusalReason, Serving
from contracts.calendar import Month
from optimizer.pool import Pool


class SplitPlacement(Record):
    """Where a size class is served by a split in a block."""

    outlook: Id
    month: Month
    block: Id
    workload: Id
    size_class: Id
    split: Id
    prefill_pool: Pool
    decode_pool: Pool
    accepted_tok_per_s: float
    prefill_nodes: float
    """Nodes of the prefill offering that it keeps busy, headroom included."""
    decode_nodes: float
    """Nodes of the decode offering that it keeps busy, headroom included."""

    @property
    def is_on_spot(self) -> bool:
        """Whether either role is."""
        return Pool.SPOT in (self.prefill_pool, self.decode_pool)


class ContingencySplit(Record):
    """Where a size class would be served by a split after the event; base pools only."""

    workload: Id
    size_class: Id
    split: Id
    accepted_tok_per_s: float
    prefill_nodes: float
    decode_nodes: float


class SplitServing(Record):
    """How a split serves one request size inside an SLO."""

    prefill: Serving
    decode: Serving
    kv_gb_per_attempt: float
    """Key-value cache of the whole prompt: it moves for every attempt."""
    transfer_ms: float
    """Time that moving it takes."""
    ttft_left_ms: float | None
    """TTFT limit less the transfer: what prefill must keep; None without a limit."""


class SplitGoodput(Record):
    """The serving figures that split placements rest on, for one SLO."""

    workload: Id
    size_class: Id
    split: Id
    contingency: Id | None = None
    """None for normal operation; else the contingency with its relaxed limits."""
    serving: SplitServing


class SplitRefusal(Record):
    """A size class that a split of its model may not serve, in normal operation."""

    workload: Id
    size_class: Id
    split: Id
    role: Role | None
    """The role that cannot be done; None where it is the split as a whole."""
    reason: RefusalReason
    text: Text
