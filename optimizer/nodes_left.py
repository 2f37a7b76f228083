"""Nodes that an event leaves of what is committed, and that can be rented beside them (decisions 0004 and 0036)."""

from dataclasses import dataclass
from typing import NamedTuple

from optimizer.decisions import Decisions
from optimizer.linear import Term, scaled
from optimizer.problem import Problem
from optimizer.supply import Commitment, Supply
from scenarios.policy import Contingency


class Place(NamedTuple):
    """An offering in a month and outlook."""

    offering: str
    month: int
    outlook: str


@dataclass(frozen=True)
class NodesLeft:
    """Reads off the supply what is left after events."""

    problem: Problem
    decide: Decisions
    supply: Supply

    def firm(self, event: Contingency, place: Place) -> tuple[list[Term], float]:
        """Firm nodes that are left: terms and constant."""
        return self._added(event, place, [c for c in self._left(event, place) if c.firm])

    def not_firm(self, event: Contingency, place: Place) -> tuple[list[Term], float]:
        """The same of commitments that are not firm."""
        return self._added(event, place, self._not_firm(event, place))

    def has_not_firm(self, event: Contingency, place: Place) -> bool:
        """Whether there could be any."""
        return bool(self._not_firm(event, place))

    def _not_firm(self, event: Contingency, place: Place) -> list[Commitment]:
        return [c for c in self._left(event, place) if not c.firm]

    def _left(self, event: Contingency, place: Place) -> list[Commitment]:
        if not self.problem.events.survives(event, place.offering):
            return []
        return [c for c in self.supply.commitments(*place) if self.problem.events.keeps(event, c.contract)]

    def _added(self, event: Contingency, place: Place, left: list[Commitment]) -> tuple[list[Term], float]:
        terms = [term for c in left for term in (*c.terms, *self._not_delivered(event, c, place))]
        return terms, sum(c.constant_nodes for c in left)

    def _not_delivered(self, event: Contingency, commitment: Commitment, place: Place) -> list[Term]:
        """Less the part that is late, of the nodes that no right has taken away by then."""
        if not commitment.ordered:
            return []
        problem, contract = self.problem, commitment.contract
        late = problem.events.late_orders(event, contract, place.month, place.outlook)
        nodes = [(1.0, self.decide.order_lots[key]) for key in late]
        nodes += [
            (-1.0, self.decide.course[key])
            for sign, key in problem.courses.changes(contract, place.month, place.outlook)
            if sign < 0 and problem.courses.order(key.source) in late
        ]
        return scaled(-(1.0 - event.delivered_share) * problem.ordered[contract].lot_nodes, nodes)


def emergency_nodes(problem: Problem, offering: str) -> float:
    """On-demand nodes of an offering that can be counted on in an emergency."""
    return problem.quota_nodes(offering) * problem.offering[offering].on_demand_confidence


def rentable(problem: Problem, event: Contingency) -> tuple[str, ...]:
    """Offerings that still have on-demand terms after the event, sorted."""
    left = {terms.offering for k, terms in problem.on_demand.items() if problem.events.keeps(event, k)}
    return tuple(sorted(o for o in left if problem.events.survives(event, o)))
