"""How long nodes are busy: what is asked, on offerings that may serve it, with the headroom that is kept free."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from catalog.serving import Serving
from optimizer.asked import Asked
from optimizer.eligibility import Eligibility
from optimizer.headroom import DerivedHeadroom
from optimizer.keys import Bundle, Cell, ClassKey
from scenarios.outlooks import Effect
from scenarios.scenario import HeadroomMethod


@dataclass(frozen=True)
class NodeTime(Asked):
    """Node-seconds of tokens and busy nodes of demand, in normal operation and after events."""

    eligibility: Eligibility
    usable_shares: Mapping[Cell, float] | None = None
    """With derived headroom: what may be used of a node in the cells of the last round, elsewhere what a single
    replica allows. None: the widest pools (docs/decisions/0031)."""

    @cached_property
    def goodput_factor(self) -> dict[tuple[str, int, str], float]:
        """What a node of an offering turns out to carry in month t and outlook s, as a share of what was measured."""
        return {
            (o, t, s): float(self.offering_factor(Effect.GOODPUT, o, t, s))
            for o in self.scenario.catalog.offering
            for t in self.month_indices
            for s in self.outlooks
        }

    def offering_factor(self, effect: Effect, offering: str, t: int, s: str) -> Decimal:
        """By what an effect on an offering multiplies in month t and outlook s."""
        return self.futures.factor(effect, s, self.months[t], self.futures.offering_names[offering])

    def node_seconds_per_token(
        self, key: ClassKey, serving: Serving, usable_share: float, *, offering: str | None = None
    ) -> float:
        """Node-seconds, headroom included, for one accepted output token of the class.

        `offering`: where all of the request is served, with the yield that it has there; None: the workload's.
        """
        workload = self.workload[key.workload]
        outcomes = workload if offering is None else self.scenario.outcomes(key.workload, offering)
        attempts_per_token = 1.0 / (self.size_class[key].output_tokens * outcomes.yield_share)
        return serving.node_seconds_per_attempt * attempts_per_token / usable_share

    def least_node_seconds(self, key: ClassKey, offering: str) -> float:
        """Node-seconds for one accepted output token of a class at the normal SLO and the largest usable share."""
        serving = self.eligibility.servings[*key, offering]
        return self.node_seconds_per_token(key, serving, self.scenario.run.usable_share, offering=offering)

    @cached_property
    def headroom(self) -> DerivedHeadroom | None:
        """What pools allow; None where the usable share is stated."""
        if self.scenario.run.headroom.method is HeadroomMethod.STATED:
            return None
        return DerivedHeadroom(self, self.eligibility, self.goodput_factor)

    def usable_share(self, cell: Cell) -> float:
        """Share of a node's goodput that may be used."""
        if self.headroom is None:
            return self.scenario.run.usable_share
        if self.usable_shares is None:
            return self.headroom.widest(cell)
        known = self.usable_shares.get(cell)
        return self.headroom.single(cell) if known is None else known

    def node_seconds_in(self, cell: Cell, size_class: str) -> float:
        """Node-seconds, headroom included, for one accepted output token of a class in a cell, as they turn out."""
        key = ClassKey(cell.workload, size_class)
        servings = self.eligibility.servings_after(cell.contingency)
        serving, usable_share = servings[*key, cell.offering], self.usable_share(cell)
        seconds = self.node_seconds_per_token(key, serving, usable_share, offering=cell.offering)
        return seconds / self.goodput_factor[cell.offering, cell.month, cell.outlook]

    def busy_nodes(self, key: ClassKey, offering: str, t: int, b: str, s: str) -> float:
        """Nodes that the whole demand of a class keeps busy on an offering, in normal operation."""
        seconds = self.node_seconds_in(Cell("", key.workload, offering, t, b, s), key.size_class)
        return self.tok_per_s.get((key, t, b, s), 0.0) * seconds

    def bundle_nodes(self, contingency: str, bundle: Bundle, offering: str, t: int, b: str, s: str) -> float:
        """Nodes that the whole demand of a bundle would keep busy on an offering after an event."""
        cell = Cell(contingency, bundle.workload, offering, t, b, s)
        classes = [(key, self.tok_per_s.get((key, t, b, s), 0.0)) for key in bundle.classes]
        return sum(rate * self.node_seconds_in(cell, key.size_class) for key, rate in classes)
