"""Yields by column: where it is known that nodes of a stack, or of one offering, have attempts made again or rejected.

A chip that needs a heavier quantisation can raise retries: what counts is the cost of an accepted token.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field

from catalog.records import Id, Share, Sourced
from scenarios.workloads import Workload


class YieldScope(StrEnum):
    """What a row holds for; an offering's own row stands before that of its stack."""

    STACK = "stack"
    OFFERING = "offering"


class ColumnYield(Sourced):
    """How attempts of a workload turn out on a column, in place of what the workload states."""

    workload: Id
    scope: YieldScope
    """Whether `name` is a stack or an offering."""
    name: Id
    """Name of the stack or the offering."""
    retry_share: Share = Field(lt=1.0)
    """Share of attempts that must be made again there."""
    accepted_share: Share | None = Field(default=None, gt=0.0)
    """Share of answers that are accepted there; blank: as the workload states."""


class Outcomes(NamedTuple):
    """How attempts turn out."""

    accepted_share: float
    retry_share: float

    @property
    def yield_share(self) -> float:
        """Accepted answers per attempt."""
        return self.accepted_share * (1.0 - self.retry_share)


def outcomes_on(workload: Workload, offering: str, stack: str, rows: Iterable[ColumnYield]) -> Outcomes:
    """What is known of a workload on an offering: by its own row, else by that of its stack, else by the workload."""
    known = {(row.scope, row.name): row for row in rows if row.workload == workload.workload}
    row = known.get((YieldScope.OFFERING, offering)) or known.get((YieldScope.STACK, stack))
    if row is None:
        return Outcomes(workload.accepted_share, workload.retry_share)
    accepted = workload.accepted_share if row.accepted_share is None else row.accepted_share
    return Outcomes(accepted, row.retry_share)
