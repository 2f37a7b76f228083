"""How much of a node may be used, from the bursts of a workload and the size of its pool (docs/decisions/0031).

A cell is a workload on an offering in a month, block and outlook, or there after an event. One server is one replica.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from catalog.serving import Serving
from optimizer.asked import Asked
from optimizer.eligibility import Eligibility
from optimizer.keys import Cell, ClassKey
from optimizer.queueing import Pools

MS_PER_S = 1000.0


@dataclass(frozen=True)
class Curve:
    """The usable share of a cell by the size of its pool."""

    pools: Pools
    burst_ratio: float
    cap_share: float

    def derived(self, replicas: float) -> float:
        """The largest usable share of a pool; below one replica as at one."""
        whole = max(1.0, replicas)
        return min(self.cap_share, self.pools.most_erlangs(whole) / whole / self.burst_ratio)

    def consistent(self, erlangs: float) -> float:
        """The usable share of the smallest pool that may carry a load."""
        if erlangs <= 0:
            return self.derived(1.0)
        return self.derived(self.pools.servers_for(self.burst_ratio * erlangs))


class DerivedHeadroom:
    """The curves of all cells of a problem, and what they allow without any plan."""

    def __init__(
        self, asked: Asked, eligibility: Eligibility, goodput_factor: Mapping[tuple[str, int, str], float]
    ) -> None:
        self._asked = asked
        self._eligibility = eligibility
        self._goodput_factor = goodput_factor
        self._pools: dict[tuple[float | None, float], Pools] = {}
        self._curves: dict[tuple[str, str, str, float], Curve] = {}
        self._service_s: dict[tuple[str, str, str], float] = {}
        self._widest: dict[Cell, float] = {}

    def curve(self, cell: Cell) -> Curve:
        """What pools of every size allow in a cell."""
        factor = self._goodput_factor[cell.offering, cell.month, cell.outlook]
        key = cell.contingency, cell.workload, cell.offering, factor
        if key not in self._curves:
            wait_s, service_s = self.wait_limit_s(cell.workload), self.service_s(cell)
            workload = self._asked.workload[cell.workload]
            late = 1.0 - workload.slo_percentile / 100.0
            waits = None if wait_s is None else wait_s / service_s
            self._curves[key] = Curve(
                self._pools.setdefault((waits, late), Pools(waits, late)),
                self.burst_ratio(cell.workload),
                self._asked.scenario.run.usable_share,
            )
        return self._curves[key]

    def burst_ratio(self, workload: str) -> float:
        """Peak minute over block mean; 1 where it is unknown."""
        return self._asked.workload[workload].burst_ratio or 1.0

    def wait_limit_s(self, workload: str) -> float | None:
        """Longest wait for a replica at the SLO's percentile; None for no limit."""
        settings, limit_ms = self._asked.scenario.run.headroom, self._asked.workload[workload].ttft_limit_ms
        if settings.wait_limit_ms is not None:
            return settings.wait_limit_ms / MS_PER_S
        return None if limit_ms is None else settings.wait_limit_share * limit_ms / MS_PER_S

    def service_s(self, cell: Cell) -> float:
        """Mean replica-seconds of an attempt over all classes of the workload that the offering may serve."""
        key = cell.contingency, cell.workload, cell.offering
        if key not in self._service_s:
            servings = self._eligibility.servings_after(cell.contingency)
            weighed = [
                (row.request_share, self.replica_seconds(servings[*size, cell.offering], cell.offering))
                for size, row in self._asked.size_class.items()
                if size.workload == cell.workload and (*size, cell.offering) in servings
            ]
            self._service_s[key] = sum(share * s for share, s in weighed) / sum(share for share, _ in weighed)
        return self._service_s[key] / self._goodput_factor[cell.offering, cell.month, cell.outlook]

    def replicas_per_node(self, serving: Serving, offering: str) -> int:
        """Whole replicas on a node."""
        node = self._asked.scenario.catalog.offering[offering].accelerators_per_node
        return node // serving.accelerators_per_replica

    def replica_seconds(self, serving: Serving, offering: str) -> float:
        """Time of an attempt on a replica, haircut included, as measured."""
        return serving.node_seconds_per_attempt * self.replicas_per_node(serving, offering)

    def erlangs(self, cell: Cell, size_class: str, tok_per_s: float) -> float:
        """Replicas that accepted tokens of a class keep busy in a cell, without headroom."""
        key = ClassKey(cell.workload, size_class)
        serving = self._eligibility.servings_after(cell.contingency)[*key, cell.offering]
        outcomes = self._asked.scenario.outcomes(cell.workload, cell.offering)
        tokens_per_attempt = self._asked.size_class[key].output_tokens * outcomes.yield_share
        seconds = self.replica_seconds(serving, cell.offering)
        return tok_per_s / tokens_per_attempt * seconds / self._goodput_factor[cell.offering, cell.month, cell.outlook]

    def single(self, cell: Cell) -> float:
        """What one replica allows: less than any larger pool."""
        return self.curve(cell).derived(1.0)

    def widest(self, cell: Cell) -> float:
        """What the pool for all demand of the workload in the block would allow: more than any smaller pool."""
        if cell not in self._widest:
            self._widest[cell] = self.curve(cell).consistent(self._whole_load(cell))
        return self._widest[cell]

    def _whole_load(self, cell: Cell) -> float:
        """Erlangs of all demand of the workload that the offering may serve, in the block of the cell."""
        servings = self._eligibility.servings_after(cell.contingency)
        moment = cell.month, cell.block, cell.outlook
        return sum(
            self.erlangs(cell, key.size_class, self._asked.tok_per_s[key, *moment])
            for key in self._classes_of.get(cell.workload, ())
            if (*key, cell.offering) in servings and (key, *moment) in self._asked.tok_per_s
        )

    @cached_property
    def _classes_of(self) -> dict[str, list[ClassKey]]:
        """Classes with any demand."""
        classes: dict[str, list[ClassKey]] = {}
        for key in self._asked.classes:
            classes.setdefault(key.workload, []).append(key)
        return classes
