"""Derived headroom as the plan publishes it (docs/decisions/0031)."""

from catalog.records import Id, Record
from contracts.calendar import Month

AT_THE_WIDEST = "headroom as of the widest pools"
"""What a baseline says that was not given pools of its own."""


class PoolShare(Record):
    """Usable shares of one workload on one offering, over all cells in which it is served there."""

    workload: Id
    offering: Id
    contingency: Id | None = None
    """None for normal operation; else the event after which it is served there."""
    cells: int
    """Months x blocks x outlooks."""
    burst_ratio: float
    """Peak minute over block mean that was counted with."""
    wait_limit_s: float | None
    """Longest wait for a replica at the SLO's percentile; None: no limit."""
    shortest_service_s: float
    """Replica-seconds of a mean attempt, least and most over months and outlooks."""
    longest_service_s: float
    smallest_replicas: float
    """Replicas of the smallest and of the largest pool, headroom included."""
    largest_replicas: float
    lowest_usable_share: float
    highest_usable_share: float
    usable_share: float
    """Erlang-hours over replica-hours of all cells, expected over outlooks."""


class RestsOnTooMuch(Record):
    """A cell whose usable share asks for a larger pool than the plan has there."""

    outlook: Id
    month: Month
    block: Id
    workload: Id
    offering: Id
    contingency: Id | None = None
    replicas: float
    """What the plan has."""
    usable_share: float
    """What it uses."""
    derived_share: float
    """What its pool allows."""


class HeadroomFound(Record):
    """How the fixed point of shares and pools went."""

    rounds: int
    settled: bool
    """Whether no cell rests on a larger pool than it has; the cells that do are in `left`."""
    widest_usd: float
    """Objective of the first round, in which every pool is as large as all demand of its workload would make it."""
    shares_bound_usd: float
    """No plan with the usable shares of the last round costs less."""
    pools: tuple[PoolShare, ...]
    left: tuple[RestsOnTooMuch, ...] = ()
