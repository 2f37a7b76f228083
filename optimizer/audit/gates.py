"""Gates: from when on, and for how much of a size class, a model may be served on a stack in each outlook."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.calendar import Month
from optimizer.audit.checks import ROUNDING, Checks, Place
from optimizer.audit.deliveries import outlooks_of
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import Statements
from scenarios.migrations import Migration

Routed = dict[tuple[str, str, str], list[float]]
"""Accepted tok/s by workload, size class and stack."""


@dataclass(frozen=True)
class Opening:
    """What a model may do on a stack in a month: the largest share of each size class."""

    share: float
    is_open: bool
    words: str


NEEDS_NOTHING = Opening(1.0, True, "no migration is needed")


class Gates:
    """The gate of every migration in every outlook, worked out from its start."""

    def __init__(self, inputs: Inputs, stated: Statements) -> None:
        self._inputs = inputs
        self._needed = {(m.model, m.stack): m for m in inputs.migrations.values()}
        self._gate: dict[tuple[str, str], Month] = {}
        for begun in stated.migrations:
            gate = begun.start + inputs.migrations[begun.migration].lead_months
            for outlook in outlooks_of(inputs, begun.outlook):
                key = (outlook, begun.migration)
                self._gate[key] = min(gate, self._gate.get(key, gate))

    def opening(self, outlook: str, model: str, stack: str, month: Month, *, months_in_production: int = 0) -> Opening:
        """The share of a size class that the stack may serve, where a model must have been there for some months."""
        migration = self._needed.get((model, stack))
        if migration is None:
            return NEEDS_NOTHING
        gate = self._gate.get((outlook, migration.migration))
        if gate is None:
            return Opening(0.0, False, f"{migration.migration} is not begun")
        if not self._inputs.effects.gate_passed(outlook, migration.migration, month):
            return Opening(0.0, False, f"{migration.migration} fails its gate")
        if month < gate:
            return Opening(0.0, False, f"the gate of {migration.migration} is {gate}")
        if month < gate + months_in_production:
            words = f"{migration.model} must be on {stack} for {months_in_production} months, from {gate} on"
            return Opening(0.0, False, words)
        return Opening(_ramp(migration, month - gate), True, f"share after the gate {gate}")

    def check(
        self,
        moment: tuple[str, Month, str],
        routed: Mapping[tuple[str, str, str], list[float]],
        rules: tuple[str, str],
        where: Place,
        checks: Checks,
        *,
        months_in_production: int = 0,
    ) -> None:
        """No token where a gate is closed, and no more than the share of the ramp where it is open."""
        outlook, month, block = moment
        for (workload, size_class, stack), rates in routed.items():
            model = self._inputs.workloads[workload].model
            opening = self.opening(outlook, model, stack, month, months_in_production=months_in_production)
            if opening is NEEDS_NOTHING:
                continue
            place: Place = (*where, workload, size_class, stack)
            tokens = sum(rates)
            is_served = tokens > ROUNDING * len(rates)
            may_serve = opening.is_open or not is_served
            checks.true(rules[0], place, may_serve, left=tokens, operator="but", right=opening.words, unit="tok/s")
            if opening.is_open:
                limit = opening.share * self._inputs.class_rates[outlook, workload, size_class, month, block]
                checks.at_most(rules[1], place, tokens, limit, "tok/s", rounded=len(rates))


def _ramp(migration: Migration, months_open: int) -> float:
    """The stated share of the month after the gate; all when none is stated for it."""
    shares = dict(enumerate(migration.ramp_shares))
    return shares.get(months_open, 1.0)
