"""Nodes paid by the hour of use, and the spend commitments that cover them: to the blocks in which they are used."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.spot import Spot
from optimizer.audit.cost_ledger import ACCELERATOR, Booked
from optimizer.audit.cost_lines import BY_USE
from optimizer.audit.cost_pools import Pool, Pools, When
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import Statements
from optimizer.plan import CostLine, Usage
from optimizer.plan_contracts import Coverage

Alike = tuple[Nature, str, str | None, str | None, str | None, Month]


def _alike(line: CostLine) -> Alike:
    return line.nature, line.source, line.order, line.outlook, line.offering, line.service_first


class CostsByHour:
    """Fills the pools with what is paid by use."""

    def __init__(self, inputs: Inputs, stated: Statements, pools: Pools) -> None:
        self._inputs = inputs
        self._stated = stated
        self._pools = pools

    @cached_property
    def _used(self) -> dict[tuple[str, str, str | None], list[Usage]]:
        """Use by outlook, contract and order."""
        rows: dict[tuple[str, str, str | None], list[Usage]] = defaultdict(list)
        for row in self._stated.usages:
            rows[row.outlook, row.contract, row.order].append(row)
        return rows

    @cached_property
    def _covered(self) -> dict[tuple[str, str, str], list[Coverage]]:
        """Covered use by outlook, commitment and offering."""
        rows: dict[tuple[str, str, str], list[Coverage]] = defaultdict(list)
        for row in self._stated.bought.coverage:
            rows[row.outlook, row.contract, self._inputs.terms[row.covers].offering].append(row)
        return rows

    @cached_property
    def _quantities(self) -> dict[Alike, float]:
        """Quantities of lines by the hour that are told apart by nothing but their price."""
        sums: dict[Alike, float] = defaultdict(float)
        for line in self._stated.lines:
            if line.nature in BY_USE:
                sums[_alike(line)] += float(line.quantity)
        return sums

    def _rows_of(self, line: CostLine, outlook: str) -> dict[Month, dict[str, float]]:
        """Node-hours that a line is for, by month and block."""
        hours: dict[Month, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        rows: Sequence[Usage | Coverage]
        if line.nature is Nature.SPEND_COMMITMENT_COVERED:
            rows = self._covered.get((outlook, line.source, line.offering or ""), ())
        else:
            rows = self._used.get((outlook, line.source, line.order), ())
        for row in rows:
            if line.service_first <= row.month < line.service_end:
                hours[row.month][row.block] += row.nodes * self._inputs.block_hours[row.month][row.block]
        return hours

    def book_use(self, line: CostLine, when: When, booked: Booked, usd: float) -> None:
        """Put what is paid by use into the blocks in which nodes are used, and what is not used apart."""
        assert line.offering is not None
        rows = self._rows_of(line, when.outlook)
        quantity = self._quantities[_alike(line)]
        used = sum(sum(blocks.values()) for blocks in rows.values())
        apart = 1.0 - used / quantity if quantity else 0.0
        is_spot = isinstance(self._inputs.terms.get(line.source), Spot)
        pool = Pool("spot" if is_spot else "base", line.offering)
        self._pools.at(pool, when).apart[booked, ACCELERATOR] += usd * apart
        self._to_blocks(pool, when, booked, usd * (1.0 - apart), rows.get(when.month, {}))

    def _to_blocks(self, pool: Pool, when: When, booked: Booked, usd: float, hours: Mapping[str, float]) -> None:
        total = sum(hours.values())
        if not total:
            self._pools.spread(pool, when, (booked, ACCELERATOR), usd)
        for block, of_block in hours.items():
            if total:
                self._pools.at(pool, when).cost[block][booked, ACCELERATOR] += usd * of_block / total

    def _covered_usd(self, contract: str, when: When) -> dict[str, dict[str, float]]:
        """Dollars an on-demand contract takes of a commitment in a month, start-up uplift included, by block."""
        usd: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for row in self._stated.bought.coverage:
            if (row.contract, row.outlook, row.month) == (contract, when.outlook, when.month):
                hours = self._inputs.block_hours[row.month][row.block]
                rate = float(self._inputs.covered_rates[contract, row.covers]) * (1.0 + self._uplift(row.covers))
                usd[row.covers][row.block] += row.nodes * hours * rate
        return usd

    def _uplift(self, contract: str) -> float:
        return float(getattr(self._inputs.terms[contract], "startup_uplift_share", 0.0))

    def book_commitment(self, line: CostLine, when: When, booked: Booked, usd: float) -> None:
        """Put committed dollars to the contracts that they cover, and what covers nothing apart."""
        there = sum(
            float(row.usd_per_hour) * self._inputs.hours[when.month]
            for row in self._stated.bought.committed
            if row.contract == line.source and row.outlook in (None, when.outlook) and row.start <= when.month < row.end
        )
        taken = self._covered_usd(line.source, when) if there else {}
        rest = usd
        for contract, blocks in taken.items():
            pool = Pool("base", self._inputs.terms[contract].offering)
            own = usd * sum(blocks.values()) / there
            served = own / (1.0 + self._uplift(contract))
            self._to_blocks(pool, when, booked, served, blocks)
            self._pools.at(pool, when).apart[booked, ACCELERATOR] += own - served
            rest -= own
        weights = {name: sum(blocks.values()) for name, blocks in taken.items()} or self._ever_covered(line.source)
        total = sum(weights.values())
        for contract, weight in weights.items():
            pool = Pool("base", self._inputs.terms[contract].offering)
            if total:
                self._pools.at(pool, when).apart[booked, ACCELERATOR] += rest * weight / total

    def _ever_covered(self, contract: str) -> dict[str, float]:
        sums: dict[str, float] = defaultdict(float)
        for outlook, weight in self._inputs.probability.items():
            for month in self._inputs.months:
                for name, blocks in self._covered_usd(contract, When(outlook, month)).items():
                    sums[name] += float(weight) * sum(blocks.values())
        return sums
