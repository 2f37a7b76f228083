"""Conditions: what a negotiation asks of a plan beyond the scenario's own rules (decision 0024)."""

from dataclasses import dataclass
from enum import StrEnum


class Measured(StrEnum):
    """What of an offer a condition limits."""

    ORDER = "order"
    """Whether anything is ordered, rented or used under it: 0 or 1."""
    SPEND = "spend"
    """Its share of the expected effective cost of the horizon."""
    TOKENS = "tokens"
    """The share of a workload's accepted tokens that its offering serves in base pools."""


@dataclass(frozen=True)
class Condition:
    """At least or at most so much of what an offer can take."""

    contract: str
    measured: Measured
    workload: str | None = None
    """For TOKENS only."""
    at_least: float | None = None
    at_most: float | None = None
