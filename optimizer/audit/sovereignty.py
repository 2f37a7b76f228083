"""Sovereignty once more: the index of the fleet in every window, and nothing placed where an answer is wanting."""

from collections import defaultdict
from collections.abc import Iterator

from contracts.calendar import Month
from optimizer.audit.checks import ROUNDING, Checks, Place
from optimizer.audit.figures import Inputs
from optimizer.audit.holdings import Holdings, capacity_held
from optimizer.audit.ratings import Ratings
from optimizer.audit.shares import windows, words_of
from optimizer.audit.statements import Statements, case_place

FULL_INDEX = 100.0


class FleetIndex:
    """Index of the fleet, weighed with node-hours at list price; what is served by the token weighs nothing."""

    def __init__(self, inputs: Inputs, stated: Statements) -> None:
        ratings = Ratings(inputs)
        self._index = {name: ratings.index(name) for name in inputs.offerings}
        self._held: Holdings = capacity_held(inputs, stated)

    def weighed(self, outlook: str, window: tuple[Month, ...]) -> tuple[float, float]:
        """Sum of capacity x index, and sum of capacity."""
        total: dict[bool, float] = defaultdict(float)
        for holder, usd in self._held.of(outlook, window).items():
            total[True] += usd * self._index[holder.offerings[0]]
            total[False] += usd
        return total[True], total[False]

    def error(self, outlook: str, window: tuple[Month, ...]) -> float:
        """How far rounding may have moved the sum of capacity."""
        return self._held.error(outlook, window)


def check_sovereignty(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Floors of the index, and the answers of everything that serves."""
    _check_floors(inputs, stated, checks)
    if inputs.policy.audit_answers:
        ratings = Ratings(inputs)
        for place, workload, offerings, api in _serving(inputs, stated):
            if any(rule.workload in ("*", workload) for rule in inputs.policy.audit_answers):
                fault = ratings.fault(workload, *offerings)
                if api is not None:
                    fault = ratings.fault_of_api(workload, inputs.api_offers[api])
                checks.true("policy.audit_answers", place, fault is None, left="placed", operator="but", right=fault)


def _check_floors(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    floors = inputs.policy.sovereignty
    if not floors:
        return
    fleet = FleetIndex(inputs, stated)
    for floor in floors:
        for outlook in inputs.probability:
            for window in windows(inputs, floor, floor.window):
                weighed, capacity = fleet.weighed(outlook, window)
                if capacity > 0:
                    checks.at_most(
                        "policy.sovereignty",
                        (floor.rule, outlook, words_of(window)),
                        floor.index_at_least * capacity,
                        weighed,
                        "usd list x index",
                        rounded=FULL_INDEX * fleet.error(outlook, window) / ROUNDING,
                    )


Served = tuple[Place, str, tuple[str, ...], str | None]
"""Where, which workload, by which offerings or by which API."""


def _serving(inputs: Inputs, stated: Statements) -> Iterator[Served]:
    """Everything that is placed: on nodes, by the token, on splits, in normal operation and after events."""
    for row in stated.placements:
        at: Place = (row.outlook, row.month, row.block, row.workload, row.offering)
        yield at, row.workload, (row.offering,), None
    for token in stated.bought.api_placements:
        at = (token.outlook, token.month, token.block, token.workload, token.api)
        yield at, token.workload, (), token.api
    for split in stated.bought.split_placements:
        at = (split.outlook, split.month, split.block, split.workload, split.split)
        yield at, split.workload, _roles(inputs, split.split), None
    for case in stated.cases:
        for left in case.placements:
            yield (*case_place(case), left.workload, left.offering), left.workload, (left.offering,), None
        for both in case.split_placements:
            yield (*case_place(case), both.workload, both.split), both.workload, _roles(inputs, both.split), None
        for fallback in case.api_placements:
            yield (*case_place(case), fallback.workload, fallback.api), fallback.workload, (), fallback.api


def _roles(inputs: Inputs, split: str) -> tuple[str, str]:
    row = inputs.splits[split]
    return row.prefill_offering, row.decode_offering
