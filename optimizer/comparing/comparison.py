"""A base and its variants: what was tried, what came of it, and every figure that a reader compares."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from catalog.records import Record
from optimizer.comparing.bridge import Alone, Bridge, bridge_by_change, bridge_by_part
from optimizer.comparing.buying import BuyChange, buy_difference, to_sign_differs
from optimizer.comparing.differences import Difference, difference, tolerance_usd
from optimizer.comparing.frontier import Frontier, Solved, frontiers
from optimizer.comparing.measures import Measure, measures
from optimizer.plan import Plan, Status, StopReason
from optimizer.plan_solver import Versions
from scenarios.changes import ChangeMade


class Outcome(StrEnum):
    """What came of a variant."""

    SOLVED = "solved"
    IMPOSSIBLE = "impossible"
    """No plan can keep all its rules."""
    REJECTED = "rejected"
    """Its inputs, or its plan file, are wrong."""
    NOT_SOLVED = "not solved"
    """Stopped, or the solver failed."""


@dataclass(frozen=True)
class Tried:
    """A variant and what came of it."""

    name: str
    changes: tuple[ChangeMade, ...]
    """All inputs in which it differs from the base."""
    outcome: Outcome
    plan: Plan | None = None
    reasons: tuple[str, ...] = ()
    """Why there is no plan."""
    alone: tuple[Alone, ...] = ()
    """Each of its changes alone; empty: no bridge by change."""
    note: str = ""
    """What its author says of it."""


class Proof(Record):
    """Which plan it is, and what is proven of it."""

    fingerprint: str
    status: Status
    stop_reason: StopReason
    incumbent_usd: float
    bound_usd: float
    gap_share: float
    asked_gap_share: float
    asked_gap_usd: float
    audit_checks: int
    """Checks that the audit has passed."""

    @property
    def run_id(self) -> str:
        """The first twelve digits of the fingerprint."""
        return self.fingerprint[:12]


class Against(Record):
    """A solved variant against the base."""

    proof: Proof
    difference: Difference
    tolerance_usd: float
    """What the two bounds can be off: nearer to 0 nothing is told apart."""
    measures: tuple[Measure, ...]
    by_change: Bridge | None
    by_part: Bridge
    buy: tuple[BuyChange, ...]
    to_sign_differs: bool


class Compared(Record):
    """One variant: what differs from the base, and what came of it."""

    name: str
    note: str
    changes: tuple[ChangeMade, ...]
    outcome: Outcome
    reasons: tuple[str, ...]
    against: Against | None
    """None unless it is solved."""


class Comparison(Record):
    """A base and all its variants."""

    format: Literal["siliconmix-comparison-1"] = "siliconmix-comparison-1"
    scenario: str
    order_date: date
    versions: Versions
    base_name: str
    base: Proof
    base_measures: tuple[Measure, ...]
    variants: tuple[Compared, ...]
    frontiers: tuple[Frontier, ...]

    def solved(self) -> tuple[tuple[Compared, Against], ...]:
        """The variants that have a plan, with what it is against the base."""
        return tuple((one, one.against) for one in self.variants if one.against is not None)


def compare(base_name: str, base: Plan, tried: Sequence[Tried]) -> Comparison:
    """Every variant against the base."""
    solved = [Solved(one.name, one.plan, one.changes) for one in tried if one.plan is not None]
    return Comparison(
        scenario=base.scenario.scenario,
        order_date=base.scenario.run.order_date,
        versions=base.versions,
        base_name=base_name,
        base=_proof(base),
        base_measures=measures(base),
        variants=tuple(_compared(base, one) for one in tried),
        frontiers=frontiers(Solved(base_name, base, ()), solved),
    )


def _compared(base: Plan, one: Tried) -> Compared:
    return Compared(
        name=one.name,
        note=one.note,
        changes=one.changes,
        outcome=one.outcome,
        reasons=one.reasons,
        against=None if one.plan is None else _against(base, one.plan, one.alone),
    )


def _against(base: Plan, plan: Plan, alone: Sequence[Alone]) -> Against:
    buy = buy_difference(base, plan)
    return Against(
        proof=_proof(plan),
        difference=difference(base, plan),
        tolerance_usd=tolerance_usd(base, plan),
        measures=measures(plan),
        by_change=bridge_by_change(base, alone, plan) if alone else None,
        by_part=bridge_by_part(base, plan),
        buy=buy,
        to_sign_differs=to_sign_differs(buy),
    )


def _proof(plan: Plan) -> Proof:
    return Proof(
        fingerprint=plan.fingerprint,
        status=plan.status,
        stop_reason=plan.stop_reason,
        incumbent_usd=plan.incumbent_usd,
        bound_usd=plan.bound_usd,
        gap_share=plan.gap,
        asked_gap_share=plan.asked_gap_share,
        asked_gap_usd=plan.asked_gap_usd,
        audit_checks=sum(rule.checks for rule in plan.audit.rules) if plan.audit else 0,
    )
