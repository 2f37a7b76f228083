"""What the plan alone lets expect of an input: its cost lines laid to what they are for, and what binds.

    price of a contract in use    a tenth of what is paid under it: what the plan would cost more or less as it stands
    price of an idle contract     what it would save, a tenth cheaper, on the node-hours that other contracts of its
                                  offering (or of those it covers) are paid for, and a tenth of its price at most
    demand of a workload          a tenth of the cost of what serves it, by the time it keeps that busy
    goodput, usable share         a ninth of the cost of the nodes: as many more are needed with a tenth less
    discount, weight of the tail  the cost lines valued once more
    a price that nobody bills     a tenth of what it counts for (carbon, changes of orders)
    a rule that binds             a tenth of what it limits goes elsewhere, dearer by a quarter; other rules: nothing

These figures say where to look first and nothing else: what is shown is solved.
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from contracts.calendar import HOURS_PER_WEEK
from contracts.money import Valuation
from contracts.terms.common import Nature
from optimizer.comparing.weighing import chances, objective_parts, payment_of
from optimizer.plan import CostLine, Plan
from optimizer.sensitivity.levers import STEP

Part = TypeVar("Part")

TENTH = float(STEP)
NINTH = 1.0 / (1.0 - TENTH) - 1.0
"""What ten per cent less goodput asks for more of nodes."""
ELSEWHERE = 0.25 * TENTH
"""Of the cost at stake: what a tenth of it costs more, where another place is dearer by a quarter."""
_BY_THE_HOUR = {
    Nature.ON_DEMAND_USAGE: Nature.ON_DEMAND_USAGE,
    Nature.SPEND_COMMITMENT_COVERED: Nature.ON_DEMAND_USAGE,
    Nature.SPOT_USAGE: Nature.SPOT_USAGE,
}
"""Use by the hour; what a commitment to spend covers is taken off."""


class Estimates:
    """Objective of the plan's cost lines by what they are for."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.total_usd = plan.incumbent_usd

    @cached_property
    def _by_source(self) -> dict[str, float]:
        return _floats(objective_parts(self._plan, lambda line: line.source))

    @cached_property
    def _by_offering(self) -> dict[str | None, float]:
        return _floats(objective_parts(self._plan, lambda line: line.offering))

    @cached_property
    def _by_the_hour(self) -> dict[tuple[Nature | None, str], float]:
        return _floats(objective_parts(self._plan, lambda line: (_BY_THE_HOUR.get(line.nature), line.payee)))

    def of_contract(self, contract: str) -> float:
        """What is paid under a contract."""
        return abs(self._by_source.get(contract, 0.0))

    def of_offerings(self, offerings: Iterable[str]) -> float:
        """What is paid for nodes of some offerings, under whatever contract."""
        return sum(self._by_offering.get(offering, 0.0) for offering in offerings)

    def of_nodes(self) -> float:
        """What is paid for nodes of any offering."""
        return self.total_usd - self._by_offering.get(None, 0.0)

    def by_the_hour(self, nature: Nature, provider: str) -> float:
        """What is paid to a provider on demand, or for spot."""
        return abs(self._by_the_hour.get((nature, provider), 0.0))

    def price(self, contract: str, usd_per_node_hour: Decimal, instead_of: Iterable[tuple[str, Decimal]]) -> float:
        """Of a price: by what is paid under it, or by what others are paid where nothing is.

        `instead_of`: contracts whose node-hours this one could take over, with their prices per node-hour.
        """
        own = self.of_contract(contract)
        if own:
            return TENTH * own
        price = float(usd_per_node_hour)
        saved = 0.0
        for other, usd in instead_of:
            if usd and other != contract:
                less = min(float(usd) - (1.0 - TENTH) * price, TENTH * price)
                saved += max(0.0, less) * self.of_contract(other) / float(usd)
        return saved

    def demand(self, workload: str) -> float:
        """Of the demand of a workload."""
        return TENTH * self._by_workload.get(workload, 0.0)

    @cached_property
    def _by_workload(self) -> dict[str, float]:
        """Cost by workload; what serves nobody in particular is divided as the rest is."""
        busy = self._busy()
        direct: dict[str, float] = defaultdict(float)
        for server, usd in _floats(objective_parts(self._plan, lambda line: _server(line, busy))).items():
            if server is None:
                continue
            whole = sum(busy[server].values())
            for workload, time in busy[server].items():
                direct[workload] += usd * time / whole
        laid = sum(direct.values())
        return {workload: usd * self.total_usd / laid for workload, usd in direct.items()} if laid else {}

    def _busy(self) -> dict[str, dict[str, float]]:
        """By offering, API or provisioned contract, how long each workload keeps it busy; a shortfall is its own."""
        busy: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        chance = chances(self._plan)
        week = {block.block: len(block.hours_of_week) / HOURS_PER_WEEK for block in self._plan.scenario.blocks.blocks}
        for row in self._plan.placements:
            hours = float(chance[row.outlook]) * week[row.block] * row.month.hours
            busy[row.offering][row.workload] += row.nodes * hours
        split = {row.split: row for row in self._plan.scenario.splits}
        for both in self._plan.split_placements:
            hours = float(chance[both.outlook]) * week[both.block] * both.month.hours
            busy[split[both.split].prefill_offering][both.workload] += both.prefill_nodes * hours
            busy[split[both.split].decode_offering][both.workload] += both.decode_nodes * hours
        for served in self._plan.api_placements:
            hours = float(chance[served.outlook]) * week[served.block] * served.month.hours
            busy[served.contract or served.api][served.workload] += served.accepted_tok_per_s * hours
        for missed in self._plan.shortfalls:
            busy[missed.workload][missed.workload] = 1.0
        return {server: rows for server, rows in busy.items() if sum(rows.values()) > 0}

    def revalued(self, changed: Valuation) -> float:
        """How much the objective of the plan as it stands changes under another valuation."""
        before, chance = self._plan.scenario.valuation, chances(self._plan)
        moved = Decimal(0)
        for line in self._plan.cost_lines:
            payment = payment_of(line)
            moved += chance[line.outlook] * (changed.objective_usd(payment) - before.objective_usd(payment))
        return abs(float(moved))

    def of_nature(self, nature: Nature) -> float:
        """What all cost lines of a nature come to."""
        return abs(self._by_nature.get(nature, 0.0))

    @cached_property
    def _by_nature(self) -> dict[Nature, float]:
        return _floats(objective_parts(self._plan, lambda line: line.nature))

    def leans_on_after(self, contingency: str) -> bool:
        """Whether anything is rented or leaned on after an event, so that its floors are what asks for it."""
        return any(case.contingency == contingency and case.emergency for case in self._plan.contingencies)

    def of_contracts(self, contracts: Iterable[str]) -> float:
        """What is paid under some contracts together."""
        return sum(map(self.of_contract, contracts))

    def if_binding(self, rule: str, begins: str) -> float:
        """The whole cost where a rule of a family binds at some place whose words begin so; else 0."""
        binds = any(row.rule == rule and row.place.startswith(begins) for row in self._plan.binding)
        return self.total_usd if binds else 0.0


def _server(line: CostLine, busy: dict[str, dict[str, float]]) -> str | None:
    """What serves for the money of a line, if that serves anybody."""
    return next((name for name in (line.offering, line.source) if name is not None and name in busy), None)


def _floats(parts: dict[Part, Decimal]) -> dict[Part, float]:
    return {part: float(usd) for part, usd in parts.items()}
